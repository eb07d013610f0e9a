import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ApiOutcome } from '../api/client.ts';
import { api, type PageCursor } from '../api/endpoints.ts';
import type { Status } from '../api/types.ts';

/** A list of clips, newest first, that grows at both ends. It outlives its page, so that coming back finds the place. */
export interface Timeline {
  readonly items: ReadonlySignal<readonly Status[]>;
  readonly phase: ReadonlySignal<'new' | 'loading' | 'ready' | 'failed' | 'ended'>;
  /** Why the last page did not come. */
  readonly problem: ReadonlySignal<string>;
  /** Clips that are newer than the list and not shown yet, newest first. */
  readonly fresh: ReadonlySignal<readonly Status[]>;
  /** The clip that was watched last. */
  readonly currentId: Signal<string | null>;
  /** Loads the next older page; does nothing while one is loading and after the end. */
  loadMore(): Promise<void>;
  /** Looks for newer clips. */
  lookForNew(): Promise<void>;
  /** Puts the newer clips on top and goes there. */
  showNew(): void;
  replace(status: Status): void;
  remove(id: string): void;
}

type Load = (cursor: PageCursor) => Promise<ApiOutcome<Status[]>>;

const hasVideo = (status: Status): boolean => status.media_attachments.length > 0;

/** Makes a list out of a call that gives one page. */
export function createTimeline(load: Load): Timeline {
  const items = signal<readonly Status[]>([]);
  const fresh = signal<readonly Status[]>([]);
  const phase = signal<'new' | 'loading' | 'ready' | 'failed' | 'ended'>('new');
  const problem = signal('');
  const currentId = signal<string | null>(null);
  const known = new Set<string>();
  let oldest: string | undefined;
  let newest: string | undefined;

  const notKnown = (page: readonly Status[]) =>
    // What somebody passed on is shown as what it is; pages go by the ids that came.
    page
      .map((status) => status.reblog ?? status)
      .filter((status) => hasVideo(status) && !known.has(status.id));
  const remember = (page: readonly Status[]) => {
    for (const status of page) known.add(status.id);
  };

  async function loadMore(): Promise<void> {
    if (phase.value === 'loading' || phase.value === 'ended') return;
    phase.value = 'loading';
    const page = await load(oldest === undefined ? {} : { maxId: oldest });
    batch(() => {
      if (!page.ok) {
        problem.value = page.sentence;
        phase.value = 'failed';
        return;
      }
      const added = notKnown(page.value);
      remember(added);
      items.value = [...items.value, ...added];
      newest ??= page.value[0]?.id;
      oldest = page.value.at(-1)?.id ?? oldest;
      phase.value = page.value.length === 0 ? 'ended' : 'ready';
    });
  }

  async function lookForNew(): Promise<void> {
    if (phase.value === 'new' || phase.value === 'loading') return;
    const page = await load(newest === undefined ? {} : { minId: newest });
    if (!page.ok || page.value.length === 0) return;
    newest = page.value[0]?.id ?? newest;
    const added = notKnown(page.value);
    remember(added);
    batch(() => {
      fresh.value = [...added, ...fresh.value];
      if (items.value.length === 0) showNew();
    });
  }

  function showNew(): void {
    batch(() => {
      items.value = [...fresh.value, ...items.value];
      fresh.value = [];
      currentId.value = items.value[0]?.id ?? null;
    });
  }

  return {
    items,
    phase,
    problem,
    fresh,
    currentId,
    loadMore,
    lookForNew,
    showNew,
    replace(status) {
      items.value = items.value.map((old) => (old.id === status.id ? status : old));
    },
    remove(id) {
      items.value = items.value.filter((status) => status.id !== id);
    },
  };
}

/** The lists of the feed page. */
export type FeedName = 'home' | 'everything';

const loaders: Record<FeedName, Load> = { home: api.home, everything: api.everything };
const feeds = new Map<FeedName, Timeline>();

/** The list of a feed, the same one at every visit until somebody signs in or out. */
export function feedTimeline(name: FeedName): Timeline {
  const known = feeds.get(name);
  if (known) return known;
  const timeline = createTimeline(loaders[name]);
  feeds.set(name, timeline);
  return timeline;
}

/** Takes a deleted clip out of every list. */
export function removeEverywhere(id: string): void {
  for (const timeline of feeds.values()) timeline.remove(id);
}

/** For when somebody else signs in. */
export function forgetTimelines(): void {
  feeds.clear();
}
