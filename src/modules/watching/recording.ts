import type { Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, IdSource, VideoId } from '../../lib/ids.ts';
import { completionKey, dayOf, KEY_BYTES } from './keys.ts';
import { type FreshWatch, measured, type TakenEvent } from './model.ts';
import { type DurationFor, keepersOf, seenBy } from './seen.ts';

export interface RecordingDeps {
  readonly ids: IdSource;
  readonly unlistedDomains: UnlistedDomains;
  /** Adds what else follows from events that are stored now and were not before, in the same transaction. */
  readonly onFresh?: ((tx: Tx, fresh: readonly FreshWatch[]) => Promise<void>) | undefined;
}

/** What became of events. */
export interface Recorded {
  readonly fresh: readonly FreshWatch[];
  /** Of these, so many are about videos that their watcher may not see, or that never were. */
  readonly isSeen: (event: TakenEvent) => boolean;
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
/** Ids as they sort in PostgreSQL. */
const byNumber = (a: string, b: string) => a.length - b.length || byText(a, b);

/**
 * Stores events, all or none, in the transaction that it is given. Every event counts once, whatever is told again. Rows are taken in one
 * order by everybody, so that those who store at once wait for each other and never in a circle; no row is one that many videos or people
 * share. What makes the cost of an event is its share of a few statements: nothing is asked or written event by event.
 */
export function createRecording({ ids, unlistedDomains, onFresh }: RecordingDeps) {
  return async (tx: Tx, events: readonly TakenEvent[]): Promise<Recorded> => {
    const durationFor = await seenBy(tx, events, unlistedDomains);
    const isSeen = (event: TakenEvent) => durationFor(event) !== undefined;
    const keepers = await keepersOf(tx, events);
    const known = new Map<string, TakenEvent>();
    for (const event of events) if (isSeen(event) && !known.has(event.key)) known.set(event.key, event);
    const unseen = await insertKeys(
      tx,
      'watch_seen',
      new Map([...known].map(([key, one]) => [key, one.receivedAt])),
    );
    const fresh = await countedOnce(
      tx,
      [...known.values()].filter(({ key }) => unseen.has(key)),
      { durationFor, keepers },
    );
    if (fresh.length > 0) {
      await insertTallies(tx, fresh);
      await noteHistory(tx, ids, fresh);
      await onFresh?.(tx, fresh);
    }
    return { fresh, isSeen };
  };
}

/** Notes keys that are not there yet, in their order, by the moment that they are of; returns those. */
async function insertKeys(
  tx: Tx,
  table: 'watch_seen' | 'view_keys',
  keys: ReadonlyMap<string, number>,
): Promise<Set<string>> {
  if (keys.size === 0) return new Set();
  const fresh = new Set<string>();
  // All are of one day, but about midnight.
  const days = Map.groupBy([...keys.keys()].sort(byText), (key) => dayOf(keys.get(key) ?? 0));
  for (const [day, ones] of [...days].sort(([a], [b]) => byText(a, b))) {
    // One text of all keys: half the work of a list of them, on both sides.
    const { rows } = await tx.raw<{ rows: { key: string }[] }>(
      `insert into ?? (key, day)
       select substring(told.keys from 1 + ${KEY_BYTES} * n for ${KEY_BYTES}), ?::date
         from (select decode(?, 'hex') as keys offset 0) as told, generate_series(0, ?::integer) as n
       on conflict do nothing returning encode(key, 'hex') as key`,
      [table, day, ones.join(''), ones.length - 1],
    );
    for (const { key } of rows) fresh.add(key);
  }
  return fresh;
}

/** With what it would count for, had nobody told of the same view before: the history wants to know. */
interface Counted extends FreshWatch {
  readonly reachedView: boolean;
  readonly reachedEnd: boolean;
}

/** What each event counts for: whether a view, or a watching to the end, is the first of its hour. */
async function countedOnce(
  tx: Tx,
  events: readonly TakenEvent[],
  facts: { readonly durationFor: DurationFor; readonly keepers: ReadonlySet<AccountId> },
): Promise<Counted[]> {
  const facing = events.map((event) => {
    const durationMs = facts.durationFor(event) ?? null;
    return { event, durationMs, ...measured(event, durationMs) };
  });
  const moments = new Map<string, number>();
  for (const { event, isView, isComplete } of facing) {
    if (isView) moments.set(event.viewKey, event.receivedAt);
    if (isComplete) moments.set(completionKey(event.viewKey), event.receivedAt);
  }
  const first = await insertKeys(tx, 'view_keys', moments);
  return facing.map(({ event, durationMs, watchedMs, isView, isComplete }) => ({
    accountId: event.accountId !== null && facts.keepers.has(event.accountId) ? event.accountId : null,
    ...{ videoId: event.videoId, kind: event.kind, watchedMs, durationMs },
    ...{ at: event.at, receivedAt: event.receivedAt, source: event.source },
    // A key counts for the first event that has it: `delete` says whether it was still there.
    isView: isView && first.delete(event.viewKey),
    isComplete: isComplete && first.delete(completionKey(event.viewKey)),
    ...{ mask: event.mask, network: event.network, reachedView: isView, reachedEnd: isComplete },
  }));
}

/** Only what ended counts as time: a view is told of while the playback goes on. */
const endedMs = ({ kind, watchedMs }: FreshWatch): number =>
  kind === 'watch' || kind === 'skip' ? watchedMs : 0;

interface Tally {
  readonly videoId: VideoId;
  readonly day: string;
  views: number;
  completions: number;
  skips: number;
  watchedMs: number;
}

async function insertTallies(tx: Tx, fresh: readonly FreshWatch[]): Promise<void> {
  const tallies = new Map<string, Tally>();
  for (const one of fresh) {
    const day = dayOf(one.receivedAt);
    const id = `${one.videoId} ${day}`;
    const tally = tallies.get(id) ?? {
      ...{ videoId: one.videoId, day, views: 0, completions: 0, skips: 0, watchedMs: 0 },
    };
    tally.views += Number(one.isView);
    tally.completions += Number(one.isComplete);
    tally.skips += Number(one.kind === 'skip');
    tally.watchedMs += endedMs(one);
    tallies.set(id, tally);
  }
  const rows = [...tallies.values()];
  await tx.raw(
    `insert into view_tallies (video_id, day, views, completions, skips, watched_ms)
     select * from unnest(?::bigint[], ?::date[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])`,
    [
      rows.map(({ videoId }) => videoId),
      rows.map(({ day }) => day),
      rows.map(({ views }) => views),
      rows.map(({ completions }) => completions),
      rows.map(({ skips }) => skips),
      rows.map(({ watchedMs }) => watchedMs),
    ],
  );
}

interface HistoryRow {
  readonly accountId: AccountId;
  readonly videoId: VideoId;
  firstAt: number;
  watchedAt: number;
  watchedMs: number;
  times: number;
  viewed: boolean;
  completed: boolean;
}

/** Rows in the order in which they were watched last: their ids say it, and lists of the history go by it. */
function historyOf(fresh: readonly Counted[]): HistoryRow[] {
  const rows = new Map<string, HistoryRow>();
  for (const one of fresh) {
    const { accountId, videoId, at } = one;
    if (accountId === null) continue;
    const id = `${accountId} ${videoId}`;
    const row = rows.get(id) ?? {
      ...{ accountId, videoId, firstAt: at, watchedAt: at, watchedMs: 0, times: 0 },
      ...{ viewed: false, completed: false },
    };
    row.firstAt = Math.min(row.firstAt, at);
    row.watchedAt = Math.max(row.watchedAt, at);
    row.watchedMs += endedMs(one);
    row.times += Number(one.isView);
    row.viewed ||= one.reachedView;
    row.completed ||= one.reachedEnd;
    rows.delete(id);
    rows.set(id, row);
  }
  return [...rows.values()];
}

async function noteHistory(tx: Tx, ids: IdSource, fresh: readonly Counted[]): Promise<void> {
  const rows = historyOf(fresh).map((row) => ({ id: ids.next(), ...row }));
  if (rows.length === 0) return;
  rows.sort((a, b) => byNumber(a.accountId, b.accountId) || byNumber(a.videoId, b.videoId));
  await tx.raw(
    `insert into watch_history as kept
       (id, account_id, video_id, first_at, watched_at, watched_ms, times, viewed, completed)
     select id, account_id, video_id, to_timestamp(first_at / 1000.0), to_timestamp(watched_at / 1000.0),
            watched_ms, times, viewed, completed
       from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::integer[],
                   ?::boolean[], ?::boolean[])
         as told (id, account_id, video_id, first_at, watched_at, watched_ms, times, viewed, completed)
     on conflict (account_id, video_id) do update set
       id = excluded.id,
       first_at = least(kept.first_at, excluded.first_at),
       watched_at = greatest(kept.watched_at, excluded.watched_at),
       watched_ms = kept.watched_ms + excluded.watched_ms,
       times = kept.times + excluded.times,
       viewed = kept.viewed or excluded.viewed,
       completed = kept.completed or excluded.completed`,
    [
      rows.map(({ id }) => id),
      rows.map(({ accountId }) => accountId),
      rows.map(({ videoId }) => videoId),
      rows.map(({ firstAt }) => firstAt),
      rows.map(({ watchedAt }) => watchedAt),
      rows.map(({ watchedMs }) => watchedMs),
      rows.map(({ times }) => times),
      rows.map(({ viewed }) => viewed),
      rows.map(({ completed }) => completed),
    ],
  );
}
