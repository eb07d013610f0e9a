import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ApiFailure, ApiOutcome } from '../api/client.ts';
import type { Account, FeedStatuses, Status } from '../api/types.ts';

/** A feed of clips that grows downwards. It outlives its page, so that coming back finds the place. */
export interface Timeline {
  readonly items: ReadonlySignal<readonly Status[]>;
  readonly phase: ReadonlySignal<'new' | 'loading' | 'ready' | 'failed' | 'ended'>;
  /** Why the last page did not come. */
  readonly problem: ReadonlySignal<string>;
  /** Whether there are clips that are newer than the list and not shown yet; never in one that is not by time. */
  readonly hasNew: ReadonlySignal<boolean>;
  /** The clip that was watched last. */
  readonly currentId: Signal<string | null>;
  /** Who passed a clip on, where it is shown for that. */
  sharedBy(id: string): Account | undefined;
  /** Loads the next page; does nothing while one is loading and after the end. */
  loadMore(): Promise<void>;
  /** Looks for newer clips. */
  lookForNew(): Promise<void>;
  /** Puts the newer clips on top and goes there. */
  showNew(): void;
  /** Begins anew at the top. What is shown stays if that fails. */
  refresh(): Promise<ApiFailure | undefined>;
  replace(status: Status): void;
  /** Takes clips out; the clip after the current one becomes that. Returns what puts them back where they were. */
  remove(isUnwanted: (status: Status) => boolean): () => void;
}

/** Loads the page that a cursor leads to, or the top. */
type Load = (cursor: string | undefined) => Promise<ApiOutcome<FeedStatuses>>;

const EMPTY_PAGES = 5;

const hasVideo = (status: Status): boolean => status.media_attachments.length > 0;

/** Makes a feed out of a call that gives one page. `isByTime`: its newest clips are on top. */
export function createTimeline(load: Load, isByTime: boolean): Timeline {
  const items = signal<readonly Status[]>([]);
  const phase = signal<'new' | 'loading' | 'ready' | 'failed' | 'ended'>('new');
  const problem = signal('');
  const hasNew = signal(false);
  const currentId = signal<string | null>(null);
  const sharers = new Map<string, Account>();
  /** Clips that are in the list or were taken out of it, and what they came as. */
  let known = new Set<string>();
  let entries = new Set<string>();
  let cursor: string | undefined;
  let newer: FeedStatuses | null = null;
  /** Whether the newer clips go down to those that are shown. */
  let isJoined = false;

  /** The clips of a page that are not known yet: what somebody passed on is shown as what it is. */
  function take(page: readonly Status[]): Status[] {
    const taken: Status[] = [];
    for (const entry of page) {
      const status = entry.reblog ? { ...entry.reblog, reblog: null } : entry;
      entries.add(entry.id);
      if (!hasVideo(status) || known.has(status.id)) continue;
      known.add(status.id);
      if (entry.reblog) sharers.set(status.id, entry.account);
      taken.push(status);
    }
    return taken;
  }

  function beginWith(page: FeedStatuses): void {
    known = new Set();
    entries = new Set();
    sharers.clear();
    newer = null;
    cursor = page.next_cursor ?? undefined;
    batch(() => {
      hasNew.value = false;
      items.value = take(page.statuses);
      currentId.value = items.value[0]?.id ?? null;
      phase.value = cursor === undefined ? 'ended' : 'ready';
    });
  }

  async function loadMore(): Promise<void> {
    if (phase.value === 'loading' || phase.value === 'ended') return;
    phase.value = 'loading';
    let taken: Status[] = [];
    // Whole pages of a feed may be left out for its viewer.
    for (let round = 0; round < EMPTY_PAGES && taken.length === 0; round += 1) {
      const page = await load(cursor);
      if (!page.ok) {
        return batch(() => {
          problem.value = page.sentence;
          phase.value = 'failed';
        });
      }
      taken = take(page.value.statuses);
      cursor = page.value.next_cursor ?? undefined;
      if (cursor === undefined) break;
    }
    batch(() => {
      items.value = [...items.value, ...taken];
      phase.value = cursor === undefined ? 'ended' : 'ready';
    });
  }

  async function lookForNew(): Promise<void> {
    if (!isByTime || phase.value === 'new' || phase.value === 'loading') return;
    const page = await load(undefined);
    if (!page.ok) return;
    const { statuses, next_cursor } = page.value;
    const at = statuses.findIndex(({ id }) => entries.has(id));
    isJoined = at !== -1;
    newer = { statuses: isJoined ? statuses.slice(0, at) : statuses, next_cursor };
    hasNew.value = newer.statuses.some(
      (entry) => hasVideo(entry.reblog ?? entry) && !known.has((entry.reblog ?? entry).id),
    );
    if (items.value.length === 0) showNew();
  }

  function showNew(): void {
    if (!newer) return;
    // There is a hole between them and what is shown: the list begins anew, and goes down through it.
    if (isJoined) putOnTop(newer.statuses);
    else beginWith(newer);
  }

  function putOnTop(statuses: readonly Status[]): void {
    newer = null;
    batch(() => {
      items.value = [...take(statuses), ...items.value];
      hasNew.value = false;
      currentId.value = items.value[0]?.id ?? null;
    });
  }

  async function refresh(): Promise<ApiFailure | undefined> {
    const before = phase.value;
    if (before === 'loading') return undefined;
    phase.value = 'loading';
    const page = await load(undefined);
    if (page.ok) beginWith(page.value);
    else {
      phase.value = before;
      return page;
    }
    return undefined;
  }

  function remove(isUnwanted: (status: Status) => boolean): () => void {
    const before = items.value;
    const places = new Map(before.map((status, at) => [status.id, at] as const));
    const rest = before.filter((status) => !isUnwanted(status));
    if (rest.length === before.length) return () => undefined;
    const current = before.findIndex(({ id }) => id === currentId.value);
    const next = before.slice(Math.max(0, current)).find((status) => !isUnwanted(status)) ?? rest.at(-1);
    batch(() => {
      items.value = rest;
      currentId.value = next?.id ?? null;
    });
    return () => {
      const back = before.filter(
        (status) => isUnwanted(status) && !items.value.some((one) => one.id === status.id),
      );
      if (back.length === 0) return;
      batch(() => {
        for (const status of back) items.value = insertedInOrder(items.value, status, places);
        currentId.value = before[current]?.id ?? back[0]?.id ?? null;
      });
    };
  }

  return {
    ...{ items, phase, problem, hasNew, currentId, loadMore, lookForNew, showNew, refresh, remove },
    sharedBy: (id) => sharers.get(id),
    replace(status) {
      items.value = items.value.map((old) => (old.id === status.id ? status : old));
    },
  };
}

/** Before the first that came after it, among those that have places. */
function insertedInOrder(
  items: readonly Status[],
  status: Status,
  places: ReadonlyMap<string, number>,
): readonly Status[] {
  const own = places.get(status.id) ?? 0;
  const at = items.findIndex(({ id }) => (places.get(id) ?? -1) > own);
  return at === -1 ? [...items, status] : [...items.slice(0, at), status, ...items.slice(at)];
}
