import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';
import styles from './menu.module.css';

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  readonly danger?: boolean;
  /** Why it cannot be chosen now. */
  readonly note?: string | undefined;
  /** Where it leads; another server opens beside this page. */
  readonly href?: string;
  readonly onPress?: () => void;
}

interface MenuProps {
  /** Of the button that opens it. */
  readonly label: string;
  readonly icon: IconName;
  readonly class?: string | undefined;
  readonly items: readonly MenuItem[];
  readonly onOpen?: () => void;
}

const GAP_PX = 4;
const EDGE_PX = 8;

/**
 * A button with rare actions behind it, by the ARIA APG: arrows go through them, Esc closes and gives the focus back. A popover of the
 * browser, so that nothing cuts it off.
 */
export function Menu({ label, icon, items, class: className, onOpen }: MenuProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const focused = useRef(0);
  const entries = () => [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  const focusEntry = (position: number) => {
    const all = entries();
    all[(position + all.length) % all.length]?.focus();
  };
  const close = () => {
    box.current?.hidePopover();
    button.current?.focus();
  };

  useLayoutEffect(() => {
    if (!open || !box.current || !button.current) return;
    place(box.current, button.current.getBoundingClientRect());
    // The first entry; later the same one as before, which is another element where it says something else.
    if (!box.current.contains(document.activeElement)) focusEntry(focused.current);
  }, [open, items]);
  useLayoutEffect(() => {
    focused.current = 0;
    if (open) onOpen?.();
  }, [open]);

  const onKey = (event: KeyboardEvent) => {
    const position = entries().indexOf(document.activeElement as HTMLElement);
    const target = { ArrowDown: position + 1, ArrowUp: position - 1, Home: 0, End: -1 }[event.key];
    if (target !== undefined) focusEntry(target);
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') return box.current?.hidePopover();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        class={[styles.opener, className].filter(Boolean).join(' ')}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        popovertarget={id}
      >
        <Icon name={icon} />
      </button>
      <div
        ref={box}
        id={id}
        class={styles.menu}
        role="menu"
        aria-label={label}
        popover="auto"
        tabIndex={-1}
        onToggle={(event) => setOpen(Reflect.get(event, 'newState') === 'open')}
        onKeyDown={onKey}
        onFocusIn={({ target }) => {
          focused.current = Math.max(0, entries().indexOf(target as HTMLElement));
        }}
      >
        {open && items.map((item) => <Entry key={item.label} item={item} onDone={close} />)}
      </div>
    </>
  );
}

function Entry({ item, onDone }: { item: MenuItem; onDone: () => void }) {
  const { label, icon, danger, note, href, onPress } = item;
  const shared = {
    role: 'menuitem',
    class: [styles.item, danger && styles.danger].filter(Boolean).join(' '),
    tabIndex: -1,
  } as const;
  const words = (
    <>
      {icon && <Icon name={icon} size={20} />}
      <span>{label}</span>
    </>
  );
  if (note !== undefined) {
    // It can be reached, so that its note is heard.
    return (
      <div {...shared} role="menuitem" tabIndex={-1} aria-disabled="true">
        {icon && <Icon name={icon} size={20} />}
        <span>
          {label}
          <small class={styles.note}>{note}</small>
        </span>
      </div>
    );
  }
  if (href !== undefined) {
    const away = new URL(href, location.href).origin !== location.origin;
    return (
      <a
        {...shared}
        href={href}
        onClick={onDone}
        {...(away ? { target: '_blank', rel: 'noopener noreferrer' } : {})}
      >
        {words}
      </a>
    );
  }
  return (
    <button
      {...shared}
      type="button"
      onClick={() => {
        onDone();
        onPress?.();
      }}
    >
      {words}
    </button>
  );
}

/** Below the button, or above it where there is no room; never past an edge of the window. */
function place(box: HTMLElement, at: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = at.bottom + GAP_PX;
  const top = below + height > innerHeight - EDGE_PX ? at.top - GAP_PX - height : below;
  const left = Math.min(at.right - width, innerWidth - width - EDGE_PX);
  box.style.top = `${Math.max(EDGE_PX, top)}px`;
  box.style.left = `${Math.max(EDGE_PX, left)}px`;
}
