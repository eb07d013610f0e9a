import { useEffect, useRef, useState } from 'preact/hooks';
import type { Tag } from '../api/schema.gen.ts';
import { trendingTags } from '../api/trends.ts';
import type { Account } from '../api/types.ts';
import { type ClipPages, createClipPages } from '../posters/clip-pages.ts';
import { createPages, type Pages } from '../state/pages.ts';
import { me } from '../state/session.ts';
import { searchCalls } from './calls.ts';
import type { Wish } from './query.ts';

/** Long enough to write the next letter. */
const PAUSE_MS = 250;

/** What was found. */
export interface Found {
  readonly wish: Wish;
  /** Whether other servers were asked. */
  readonly resolved: boolean;
  readonly accounts: Pages<Account>;
  readonly clips: ClipPages;
  readonly tags: Pages<Tag>;
}

let trends: Promise<readonly Tag[]> | undefined;

/** Asked for once in a visit; without them fewer hashtags are proposed. */
function knownTrends(): Promise<readonly Tag[]> {
  trends ??= trendingTags().then((outcome) => {
    if (!outcome.ok) trends = undefined;
    return outcome.ok ? outcome.value : [];
  });
  return trends;
}

async function search(wish: Wish, resolve: boolean, signal: AbortSignal): Promise<Found> {
  const viewer = me.peek();
  const asking = { wish, resolve, signal, signedIn: Boolean(viewer) };
  const calls = searchCalls(asking, await knownTrends());
  const found: Found = {
    wish,
    resolved: resolve,
    accounts: createPages(calls.accounts),
    clips: createClipPages(`search ${viewer?.id} ${wish.text}`, calls.clips),
    tags: createPages(calls.tags),
  };
  await Promise.all([found.accounts.loadMore(), found.clips.loadMore(), found.tags.loadMore()]);
  return found;
}

/**
 * What is found for what is written, as it is written; what was found before stays until there is something new. Other servers are
 * asked by `ask` only: half a name is nobody's.
 */
export function useSearching(wish: Wish | null) {
  const [found, setFound] = useState<Found | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef(new AbortController());
  /** What other servers were asked for last. */
  const asked = useRef<string | null>(null);
  const viewer = me.value?.id;

  const run = (wanted: Wish, resolve: boolean) => {
    running.current.abort();
    const own = new AbortController();
    running.current = own;
    asked.current = resolve ? wanted.text : null;
    setBusy(true);
    search(wanted, resolve, own.signal).then((next) => {
      if (own.signal.aborted) return;
      setFound(next);
      setBusy(false);
    });
  };

  useEffect(() => {
    if (wish) {
      const look = () => {
        // Who presses Enter before the pause is over has asked for more already.
        if (asked.current !== wish.text) run(wish, false);
      };
      const timer = setTimeout(look, PAUSE_MS);
      return () => clearTimeout(timer);
    }
    running.current.abort();
    setFound(null);
    setBusy(false);
    return undefined;
  }, [wish?.text, viewer]);
  useEffect(() => () => running.current.abort(), []);

  return { found, busy, ask: () => wish && run(wish, viewer !== undefined) };
}
