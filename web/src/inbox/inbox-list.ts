import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { ApiFailure } from '../api/client.ts';
import { unread } from '../state/inbox.ts';
import type { Pages } from '../state/pages.ts';
import { countUnread } from '../state/watch-inbox.ts';
import { inboxCalls, pageGroups } from './calls.ts';
import { type Entry, entriesOf, type Filter, isNewer, isUnread, refreshed, typesOf } from './entries.ts';

/** What of the inbox is shown, newest first. */
export interface InboxList extends Pick<Pages<Entry>, 'items' | 'phase' | 'problem' | 'loadMore'> {
  /** Up to where somebody had read before this visit; what is newer has a mark. Null until it is known. */
  readonly readId: ReadonlySignal<string | null>;
  /** Puts what is new on top. */
  refresh(): Promise<void>;
  /** Takes all marks away; null: that is done. */
  markAll(): Promise<ApiFailure | null>;
}

/** Makes the list of one filter. That of everything notes what it has shown as read, and keeps the marks for this visit. */
export function createInboxList(filter: Filter): InboxList {
  const items = signal<readonly Entry[]>([]);
  const phase = signal<ReturnType<InboxList['phase']['peek']>>('new');
  const problem = signal<ReturnType<InboxList['problem']['peek']>>(null);
  const readId = signal<string | null>(null);
  const types = typesOf[filter];
  let noted = '0';

  /** Where there is no connection, it is noted with the next visit. */
  async function note(): Promise<void> {
    const newest = items.value[0]?.group.page_max_id;
    if (newest === undefined || !isNewer(newest, noted)) return;
    const outcome = await inboxCalls.setMarker(newest);
    if (!outcome.ok) return;
    noted = newest;
    await countUnread();
  }

  async function loadMarker(): Promise<void> {
    const outcome = await inboxCalls.marker();
    if (!outcome.ok) return;
    noted = outcome.value.notifications?.last_read_id ?? '0';
    readId.value ??= noted;
  }

  async function loadMore(): Promise<void> {
    if (phase.value === 'loading' || phase.value === 'ended') return;
    phase.value = 'loading';
    const isFirst = items.value.length === 0;
    const [page] = await Promise.all([
      inboxCalls.groups({ types, maxId: items.value.at(-1)?.group.page_max_id }),
      isFirst ? loadMarker() : undefined,
    ]);
    batch(() => {
      if (!page.ok) {
        problem.value = page;
        phase.value = 'failed';
        return;
      }
      const known = new Set(items.value.map(({ key }) => key));
      items.value = [...items.value, ...entriesOf(page.value).filter(({ key }) => !known.has(key))];
      problem.value = null;
      phase.value = page.value.notification_groups.length < pageGroups ? 'ended' : 'ready';
    });
    if (page.ok && isFirst && filter === 'all') await note();
  }

  async function refresh(): Promise<void> {
    if (phase.value !== 'ready' && phase.value !== 'ended') return;
    const page = await inboxCalls.groups({ types });
    if (!page.ok) return;
    const first = entriesOf(page.value);
    batch(() => {
      const isAll = page.value.notification_groups.length < pageGroups;
      const list = isAll ? first : refreshed(items.value, first);
      items.value = list ?? first;
      if (isAll) phase.value = 'ended';
      else if (list === null) phase.value = 'ready';
    });
    if (filter === 'all' && document.visibilityState === 'visible') await note();
  }

  return {
    ...{ items, phase, problem, readId, loadMore, refresh },
    async markAll() {
      // What is newest may be of a kind that is not shown here.
      const newest = await inboxCalls.groups({ types: [] });
      if (!newest.ok) return newest;
      const id = newest.value.notification_groups[0]?.page_max_id ?? noted;
      if (isNewer(id, noted)) {
        const outcome = await inboxCalls.setMarker(id);
        if (!outcome.ok) return outcome;
      }
      noted = id;
      batch(() => {
        readId.value = id;
        unread.value = 0;
      });
      return null;
    },
  };
}

/** Whether anything of a list has a mark. */
export function hasUnread({ items, readId }: InboxList): boolean {
  const id = readId.value;
  return id !== null && items.value.some((entry) => isUnread(entry, id));
}
