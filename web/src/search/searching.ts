import { useEffect, useRef, useState } from 'preact/hooks';
import type { Pack, Sound, Tag } from '../api/schema.gen.ts';
import type { Account } from '../api/types.ts';
import { type ClipPages, createClipPages } from '../posters/clip-pages.ts';
import { createPages, type Pages } from '../state/pages.ts';
import { me } from '../state/session.ts';
import { type Asking, searchCalls } from './calls.ts';
import { type Filters, searchPath } from './filters.ts';
import type { Wish } from './query.ts';

/** Long enough to write the next letter. */
const PAUSE_MS = 250;

/** What was found. */
export interface Found {
  readonly wish: Wish;
  /** Whether other servers were asked. */
  readonly resolved: boolean;
  /** What clips were searched for in place of words that none has. */
  readonly corrected: string | null;
  readonly accounts: Pages<Account>;
  readonly clips: ClipPages;
  readonly tags: Pages<Tag>;
  readonly sounds: Pages<Sound>;
  readonly packs: Pages<Pack>;
}

type Loading = Pick<Pages<unknown>, 'phase' | 'loadMore'>;

async function search(asked: Omit<Asking, 'onCorrected'>): Promise<Found> {
  const { wish, filters, resolve } = asked;
  let corrected: string | null = null;
  const onCorrected = (text: string | null) => {
    corrected = text;
  };
  const calls = searchCalls({ ...asked, onCorrected });
  const lists = {
    accounts: createPages(calls.accounts),
    clips: createClipPages(`search ${me.peek()?.id} ${searchPath(wish.text, filters)}`, calls.clips),
    tags: createPages(calls.tags),
    sounds: createPages(calls.sounds),
    packs: createPages(calls.packs),
  };
  await Promise.all(Object.values(lists).map((list) => list.loadMore()));
  const { accounts, clips, tags, sounds, packs } = lists;
  // What failed together is asked for together: without a network, that is all of it.
  const retry = (list: Loading) => ({
    loadMore: async () => {
      const failed = Object.values(lists).filter(({ phase }) => phase.peek() === 'failed');
      const wanted: readonly Loading[] = list.phase.peek() === 'failed' ? failed : [list];
      await Promise.all(wanted.map((one) => one.loadMore()));
    },
  });
  return {
    ...{ wish, resolved: resolve, corrected },
    accounts: { ...accounts, ...retry(accounts) },
    clips: { ...clips, ...retry(clips) },
    tags: { ...tags, ...retry(tags) },
    sounds: { ...sounds, ...retry(sounds) },
    packs: { ...packs, ...retry(packs) },
  };
}

/**
 * What is found for what is written, as it is written; what was found before stays until there is something new. Other servers are
 * asked by `ask` only: half a name is nobody's.
 */
export function useSearching(wish: Wish | null, filters: Filters) {
  const [found, setFound] = useState<Found | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef(new AbortController());
  /** What was asked for last by somebody who had finished writing. */
  const asked = useRef<string | null>(null);
  const viewer = me.value?.id;

  const run = (wanted: Wish, manner: { readonly resolve: boolean; readonly isUnfinished: boolean }) => {
    running.current.abort();
    const own = new AbortController();
    running.current = own;
    asked.current = manner.isUnfinished ? null : searchPath(wanted.text, filters);
    setBusy(true);
    search({ wish: wanted, filters, ...manner, signal: own.signal }).then((next) => {
      if (own.signal.aborted) return;
      setFound(next);
      setBusy(false);
    });
  };

  useEffect(() => {
    if (wish) {
      const look = () => {
        // Who presses Enter before the pause is over has asked for more already.
        if (asked.current !== searchPath(wish.text, filters))
          run(wish, { resolve: false, isUnfinished: true });
      };
      const timer = setTimeout(look, PAUSE_MS);
      return () => clearTimeout(timer);
    }
    running.current.abort();
    setFound(null);
    setBusy(false);
    return undefined;
  }, [wish?.text, viewer, filters]);
  useEffect(() => () => running.current.abort(), []);

  return {
    found,
    busy,
    ask: () => wish && run(wish, { resolve: viewer !== undefined, isUnfinished: false }),
  };
}
