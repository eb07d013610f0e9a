import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ApiFailure } from '../api/client.ts';
import { readDraft, writeDraft } from '../state/drafts.ts';
import { instance, me } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { FieldError } from '../ui/field.tsx';
import { VisuallyHidden } from '../ui/page.tsx';
import styles from './composer.module.css';
import { charactersLeft, completed, lengthOf, type Word, wordAt } from './mentions.ts';
import { say } from './say.ts';
import { optionId, type Suggestion, Suggestions, useSuggestions } from './suggestions.tsx';

interface ComposerProps {
  /** By what the text is found again. */
  readonly draft: string;
  readonly initial?: string;
  readonly label: string;
  readonly action: string;
  /** Said once it has arrived. */
  readonly doneWords: string;
  /** Gets the focus as soon as it appears: somebody asked for it. */
  readonly isNext?: boolean;
  readonly onSend: (text: string) => Promise<ApiFailure | null>;
  /** Called once it has arrived, for a field that goes away then; whether somebody was still in it. */
  readonly onDone?: (wasThere: boolean) => void;
  readonly onCancel?: () => void;
}

/** Until the server has said how long a comment may be. */
const USUAL_MAX = 500;

/**
 * A field for a comment: suggests people and tags, counts down to the limit, and sends. What did not arrive is in the field again,
 * together with what was written meanwhile.
 */
export function Composer(props: ComposerProps) {
  const { draft, label, action, isNext = false, onSend, onDone, onCancel } = props;
  const id = useId();
  const author = me.value?.id ?? '';
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => readDraft(author, draft) || (props.initial ?? ''));
  const [problem, setProblem] = useState('');
  const [told, setTold] = useState('');
  const [sending, setSending] = useState(false);
  const [word, setWord] = useState<Word | null>(null);
  const suggested = useSuggestions(word);
  const [active, setActive] = useState(-1);
  const max = instance.value?.configuration.statuses.max_comment_characters ?? USUAL_MAX;
  const left = charactersLeft(text, max);
  const isOpen = suggested.length > 0;
  const latest = useRef(text);
  latest.current = text;

  const write = (next: string) => {
    setText(next);
    writeDraft(author, draft, next);
  };
  // At once: what somebody types next belongs here.
  useLayoutEffect(() => {
    const element = box.current;
    if (!isNext || !element) return;
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
  }, []);
  // With them, not after: a key may be pressed as soon as they are seen.
  useLayoutEffect(() => setActive(-1), [suggested]);

  const look = () => {
    const element = box.current;
    if (!element) return;
    const isOneCaret = element.selectionStart === element.selectionEnd;
    setWord(isOneCaret ? wordAt(element.value, element.selectionStart) : null);
  };
  const take = (chosen: Suggestion) => {
    if (!word) return;
    const done = completed(text, word, chosen.value);
    write(done.text);
    setWord(null);
    requestAnimationFrame(() => {
      box.current?.focus();
      box.current?.setSelectionRange(done.caret, done.caret);
    });
  };
  const send = async () => {
    const said = text.trim();
    if (said === '' || sending || lengthOf(said) > max) return;
    setProblem('');
    setTold('');
    setSending(true);
    // One that stays is free for the next comment at once.
    if (!onDone) write('');
    const failure = await onSend(said);
    setSending(false);
    if (failure) {
      if (!onDone) write([said, latest.current].filter((part) => part !== '').join('\n'));
      setProblem(failure.sentence);
      box.current?.focus();
      return;
    }
    writeDraft(author, draft, '');
    setTold(props.doneWords);
    const { activeElement } = document;
    onDone?.(activeElement === document.body || box.current?.form?.contains(activeElement) === true);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void send();
    } else if (isOpen) onListKey(event);
    else if (event.key === 'Escape' && onCancel) {
      event.preventDefault();
      onCancel();
    }
  };
  const onListKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = suggested[active];
    if (step !== undefined) {
      // Before the first and after the last one is the text itself.
      const places = suggested.length + 1;
      setActive(((active + 1 + step + places) % places) - 1);
    } else if (event.key === 'Escape') setWord(null);
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) take(chosen);
    else return;
    event.preventDefault();
  };

  return (
    <form
      class={styles.composer}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Suggestions id={id} suggestions={suggested} active={active} onTake={take} />
      <div class={styles.row}>
        <textarea
          class={styles.text}
          ref={box}
          rows={1}
          value={text}
          placeholder={label}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={isOpen ? id : undefined}
          aria-activedescendant={isOpen && active >= 0 ? optionId(id, active) : undefined}
          aria-describedby={`${id}-hint`}
          aria-invalid={problem !== '' || (left ?? 0) < 0 ? 'true' : undefined}
          dir="auto"
          onInput={(event) => {
            write(event.currentTarget.value);
            look();
          }}
          onClick={look}
          onKeyUp={(event) => {
            if (event.key.startsWith('Arrow') && !isOpen) look();
          }}
          onBlur={() => setWord(null)}
          onKeyDown={onKey}
        />
        {onCancel && (
          <Button look="quiet" small onPress={onCancel}>
            {say('cancel')}
          </Button>
        )}
        <Button type="submit" small busy={sending || text.trim() === '' || (left ?? 0) < 0}>
          {action}
        </Button>
      </div>
      <p class={styles.hint} id={`${id}-hint`}>
        {left === null ? (
          <VisuallyHidden>{say('keys')}</VisuallyHidden>
        ) : (
          <span class={left < 0 ? styles.over : undefined}>
            {left < 0 ? say('over', { n: -left }) : say('left', { n: left })}
          </span>
        )}
      </p>
      {problem && <FieldError sentence={problem} alert />}
      <p role="status">
        <VisuallyHidden>{isOpen ? say('suggested', { n: suggested.length }) : told}</VisuallyHidden>
      </p>
    </form>
  );
}
