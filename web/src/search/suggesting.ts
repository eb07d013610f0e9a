import { useEffect, useState } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { profilePath, tagPath } from '../ui/links.ts';
import { suggestionsFor } from './calls.ts';
import { readWish } from './query.ts';
import { recentSearches } from './recent.ts';

/** What may be meant by what is being written, and where that is. */
export type Suggestion =
  /** What was searched for before. */
  | { readonly kind: 'search'; readonly key: string; readonly text: string }
  | { readonly kind: 'person'; readonly key: string; readonly path: string; readonly account: Account }
  | { readonly kind: 'tag'; readonly key: string; readonly path: string; readonly name: string }
  | { readonly kind: 'sound'; readonly key: string; readonly path: string; readonly name: string };

const PAUSE_MS = 120;
const MOST_SEARCHES = 3;
/** Longer texts are whole sentences, or addresses. */
const LONGEST = 60;
const NONE: readonly Suggestion[] = [];

const startsAlike = (one: string, text: string): boolean => {
  const [whole, begun] = [one.toLowerCase(), text.toLowerCase()];
  return whole.startsWith(begun) && whole !== begun;
};

function earlier(text: string): Suggestion[] {
  return recentSearches
    .peek()
    .filter((one) => startsAlike(one, text))
    .slice(0, MOST_SEARCHES)
    .map((one) => ({ kind: 'search', key: `search ${one}`, text: one }));
}

/** What the server is asked about: a name or a hashtag that is begun, or one word or two. */
function askedFor(text: string): string | null {
  const wish = readWish(text);
  if (!wish || wish.kind === 'address' || wish.kind === 'handle') return null;
  return wish.text.length <= LONGEST && !/[":]/.test(wish.text) ? wish.text : null;
}

/** Asked for after a pause; answers to earlier texts are dropped, and where none comes there are just none. */
export function useSuggestions(text: string): readonly Suggestion[] {
  const [found, setFound] = useState(NONE);
  const asked = askedFor(text);
  useEffect(() => {
    if (asked === null) return setFound(NONE);
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await suggestionsFor(asked, stop.signal);
      if (stop.signal.aborted) return;
      const { accounts, hashtags, sounds } = answer.ok
        ? answer.value
        : { accounts: [], hashtags: [], sounds: [] };
      setFound([
        ...earlier(asked),
        ...accounts.map(
          (account): Suggestion => ({
            ...{ kind: 'person', key: account.id, path: profilePath(account), account },
          }),
        ),
        ...hashtags.map((name): Suggestion => ({ kind: 'tag', key: `#${name}`, path: tagPath(name), name })),
        ...sounds.map(
          ({ id, title: name }): Suggestion => ({
            ...{ kind: 'sound', key: `sound ${id}`, path: `/sounds/${id}`, name },
          }),
        ),
      ]);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked]);
  return asked === null ? NONE : found;
}
