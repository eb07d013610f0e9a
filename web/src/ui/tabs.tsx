import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import styles from './tabs.module.css';
import { useChosenInSight } from './use-chosen-in-sight.ts';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** Of what is in it, as it is shown. */
  readonly count?: string;
}

interface TabsProps<Id extends string> {
  /** What they are tabs of. */
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly current: Id;
  readonly onChange: (id: Id) => void;
}

const tabId = (id: string) => `tab-${id}`;
const panelId = (id: string) => `tab-panel-${id}`;

/** Tabs of a page by the ARIA APG: one stop of the keyboard, arrows go on, and what is under the focus is shown. */
export function Tabs<Id extends string>({ label, tabs, current, onChange }: TabsProps<Id>) {
  const list = useRef<HTMLDivElement>(null);
  useChosenInSight(list, current);
  const goTo = (position: number) => {
    const tab = tabs[(position + tabs.length) % tabs.length];
    if (!tab) return;
    onChange(tab.id);
    list.current?.querySelector<HTMLElement>(`#${tabId(tab.id)}`)?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const position = tabs.findIndex(({ id }) => id === current);
    const forward = list.current && getComputedStyle(list.current).direction === 'rtl' ? -1 : 1;
    const target = {
      ArrowRight: position + forward,
      ArrowLeft: position - forward,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    goTo(target);
  };
  return (
    <div class={styles.tabs} role="tablist" aria-label={label} ref={list} onKeyDown={onKey}>
      {tabs.map(({ id, label: words, count }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={tabId(id)}
          class={styles.tab}
          aria-selected={id === current}
          aria-controls={id === current ? panelId(id) : undefined}
          tabIndex={id === current ? 0 : -1}
          onClick={() => onChange(id)}
        >
          {words}
          {count !== undefined && <span class={styles.count}>{count}</span>}
        </button>
      ))}
    </div>
  );
}

/** What the chosen tab shows. */
export function TabPanel({ id, children }: { id: string; children: ComponentChildren }) {
  return (
    <div role="tabpanel" id={panelId(id)} aria-labelledby={tabId(id)}>
      {children}
    </div>
  );
}
