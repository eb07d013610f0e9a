import type { RefObject } from 'preact';
import { useEffect, useId, useLayoutEffect, useState } from 'preact/hooks';
import { Avatar } from '../ui/avatar.tsx';
import { Handle } from '../ui/handle.tsx';
import { Icon } from '../ui/icon.tsx';
import { say } from './say.ts';
import styles from './search.module.css';
import { type Suggestion, useSuggestions } from './suggesting.ts';

interface SearchFieldProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onTake: (suggestion: Suggestion) => void;
  /** Down, where there is no list to go down in. */
  readonly onLeaveDown: () => void;
}

/**
 * The field with a list of what may be meant (ARIA APG, editable combobox with list autocomplete): the focus stays in the field, which names
 * the active option. Down and Up go through the list, Enter takes, Escape closes it and then empties the field.
 */
export function SearchField({ field, text, onText, onTake, onLeaveDown }: SearchFieldProps) {
  const id = useId();
  const found = useSuggestions(text);
  const [isWriting, setWriting] = useState(false);
  const [active, setActive] = useState(-1);
  const isOpen = isWriting && found.length > 0;
  // With them, not after: a key may be pressed as soon as they are seen.
  useLayoutEffect(() => setActive(-1), [found]);
  useEffect(() => {
    if (active >= 0) document.getElementById(optionId(id, active))?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const close = () => {
    setWriting(false);
    setActive(-1);
  };
  const take = (suggestion: Suggestion) => {
    close();
    onTake(suggestion);
  };
  const move = (by: 1 | -1) => {
    // One place more than options: the field itself, with nothing active.
    const places = found.length + 1;
    setActive(((active + 1 + by + places) % places) - 1);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const chosen = isOpen ? found[active] : undefined;
    if (event.key === 'ArrowDown' && !isOpen) {
      event.preventDefault();
      if (event.altKey || (found.length > 0 && !isWriting)) setWriting(true);
      else onLeaveDown();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && isOpen) {
      event.preventDefault();
      move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter') {
      if (chosen) {
        event.preventDefault();
        take(chosen);
      } else close();
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      close();
    }
  };

  return (
    <div class={styles.box}>
      <span class={styles.icon}>
        <Icon name="search" size={20} />
      </span>
      <input
        ref={field}
        class={styles.field}
        type="text"
        role="combobox"
        name="q"
        aria-label={say('label')}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-activedescendant={isOpen && active >= 0 ? optionId(id, active) : undefined}
        placeholder={say('placeholder')}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        enterkeyhint="search"
        maxLength={1_000}
        value={text}
        onInput={(event) => {
          setWriting(true);
          onText(event.currentTarget.value);
        }}
        onKeyDown={onKey}
        onBlur={close}
      />
      <div
        class={styles.options}
        id={`${id}-list`}
        role="listbox"
        aria-label={say('suggestions')}
        hidden={!isOpen}
      >
        {found.map((one, position) => (
          <div
            key={one.key}
            class={styles.option}
            id={optionId(id, position)}
            role="option"
            tabIndex={-1}
            aria-selected={position === active}
            // The field keeps the focus, or its list would close before it is taken.
            onMouseDown={(event) => event.preventDefault()}
            onPointerUp={() => take(one)}
          >
            <Meant suggestion={one} />
          </div>
        ))}
      </div>
    </div>
  );
}

const SIGNS = { tag: 'hash', sound: 'music', search: 'clock' } as const;

function nameOf(suggestion: Exclude<Suggestion, { kind: 'person' }>): string {
  if (suggestion.kind === 'search') return suggestion.text;
  return suggestion.kind === 'tag' ? `#${suggestion.name}` : suggestion.name;
}

const optionId = (id: string, position: number): string => `${id}-${position}`;

function Meant({ suggestion }: { suggestion: Suggestion }) {
  if (suggestion.kind === 'person') {
    const { account } = suggestion;
    return (
      <>
        <Avatar account={account} size={32} />
        <span class={styles.words}>
          <strong dir="auto">{account.display_name || account.username}</strong>
          <Handle account={account} />
        </span>
      </>
    );
  }
  return (
    <>
      <span class={styles.sign}>
        <Icon name={SIGNS[suggestion.kind]} size={20} />
      </span>
      <span class={styles.words}>
        <strong dir="auto">{nameOf(suggestion)}</strong>
        {suggestion.kind === 'sound' && <small>{say('sound')}</small>}
      </span>
    </>
  );
}
