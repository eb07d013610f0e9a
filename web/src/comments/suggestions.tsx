import { useEffect, useState } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Handle } from '../ui/handle.tsx';
import { calls } from './calls.ts';
import styles from './composer.module.css';
import { type KnownTag, tagsLike, type Word } from './mentions.ts';
import { say } from './say.ts';

/** Somebody or a tag that may be meant by what is being written. */
export type Suggestion =
  | { readonly kind: 'person'; readonly value: string; readonly account: Account }
  | { readonly kind: 'tag'; readonly value: string; readonly uses: number };

const PAUSE_MS = 150;
const NONE: readonly Suggestion[] = [];

/** Who or what may be meant by a word, asked for after a pause; answers to earlier words are dropped. */
export function useSuggestions(word: Word | null): readonly Suggestion[] {
  const [found, setFound] = useState(NONE);
  const asked = word && `${word.kind} ${word.query}`;
  useEffect(() => {
    if (!word) return setFound(NONE);
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const suggestions = await ask(word, stop.signal);
      if (!stop.signal.aborted) setFound(suggestions);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked]);
  return word ? found : NONE;
}

async function ask({ kind, query }: Word, signal: AbortSignal): Promise<readonly Suggestion[]> {
  if (kind === 'person') {
    const people = await calls.people(query, signal);
    return people.ok ? people.value.map((account) => ({ kind, value: account.acct, account })) : NONE;
  }
  knownTags ??= loadTags();
  return tagsLike(await knownTags, query).map(({ name, uses }) => ({ kind, value: name, uses }));
}

/** For the visit: what is in use does not change while somebody writes. */
let knownTags: Promise<readonly KnownTag[]> | null = null;

/** Tags that somebody follows, and those that are in use, the most used first. Where nothing came, the next word asks again. */
async function loadTags(): Promise<readonly KnownTag[]> {
  const answers = await Promise.all([calls.followedTags(), calls.tagsInUse()]);
  if (answers.every(({ ok }) => !ok)) knownTags = null;
  return answers.flatMap((answer) =>
    answer.ok
      ? answer.value.map(({ name, history }) => ({
          name,
          uses: history.reduce((sum, day) => sum + Number(day.uses), 0),
        }))
      : [],
  );
}

/** Of one option, for the field that says which one is active. */
export const optionId = (listId: string, position: number): string => `${listId}-${position}`;

interface SuggestionsProps {
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  /** Its position; -1: none. */
  readonly active: number;
  readonly onTake: (suggestion: Suggestion) => void;
}

/** The list above the field. The focus stays in the field, which names the active one (ARIA APG, combobox). */
export function Suggestions({ id, suggestions, active, onTake }: SuggestionsProps) {
  useEffect(() => {
    document.getElementById(optionId(id, active))?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  if (suggestions.length === 0) return null;
  return (
    <div class={styles.suggestions} id={id} role="listbox" aria-label={say('suggestions')}>
      {suggestions.map((one, position) => (
        <div
          key={one.value}
          class={styles.option}
          id={optionId(id, position)}
          role="option"
          tabIndex={-1}
          aria-selected={position === active}
          onMouseDown={(event) => event.preventDefault()}
          onPointerUp={() => onTake(one)}
        >
          {one.kind === 'person' ? (
            <Person account={one.account} />
          ) : (
            <TagOption name={one.value} uses={one.uses} />
          )}
        </div>
      ))}
    </div>
  );
}

function Person({ account }: { account: Account }) {
  return (
    <>
      <Avatar account={account} size={32} />
      <span class={styles.words}>
        <b dir="auto">{account.display_name || account.username}</b>
        <Handle account={account} />
      </span>
    </>
  );
}

function TagOption({ name, uses }: { name: string; uses: number }) {
  return (
    <span class={styles.words}>
      <b dir="auto">#{name}</b>
      {uses > 0 && <span class={styles.uses}>{say('tagUses', { n: uses })}</span>}
    </span>
  );
}
