import type { Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { AccountId, Id, IdSource, VideoId } from '../../lib/ids.ts';
import { completionKey, dayOf, KEY_BYTES, type KeyedHash, viewerKey } from './keys.ts';
import { type FreshWatch, type Measured, measured, type TakenEvent } from './model.ts';
import { type DurationFor, keepersOf, seenBy } from './seen.ts';

export interface RecordingDeps {
  readonly ids: IdSource;
  readonly unlistedDomains: UnlistedDomains;
  /** Under the salt of a day. */
  readonly hashOf: (day: string) => Promise<KeyedHash>;
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

/** An array for PostgreSQL, of values that need no quotes. Written as text, since a list of tens of thousands costs the driver ten times as much. */
const listOf = (values: readonly (number | boolean | Id<string>)[]): string => `{${values.join()}}`;

/**
 * Stores events, all or none, in the transaction that it is given. Every event counts once, whatever is told again. Rows are taken in one
 * order by everybody, so that those who store at once wait for each other and never in a circle; no row is one that many videos or people
 * share. What makes the cost of an event is its share of a few statements: nothing is asked or written event by event.
 */
export function createRecording({ ids, unlistedDomains, hashOf, onFresh }: RecordingDeps) {
  return async (tx: Tx, events: readonly TakenEvent[]): Promise<Recorded> => {
    const durationFor = await seenBy(tx, events, unlistedDomains);
    const isSeen = (event: TakenEvent) => durationFor(event) !== undefined;
    const keepers = await keepersOf(tx, events);
    const known = new Map<string, TakenEvent>();
    const moments = new Map<string, number>();
    for (const event of events) {
      if (known.has(event.key) || !isSeen(event)) continue;
      known.set(event.key, event);
      moments.set(event.key, event.receivedAt);
    }
    const unseen = await insertKeys(tx, 'watch_seen', moments);
    const fresh = await countedOnce(
      tx,
      [...known.values()].filter(({ key }) => unseen.has(key)),
      { durationFor, keepers, hashOf },
    );
    if (fresh.length > 0) {
      await insertTallies(tx, fresh);
      await noteHistory(tx, ids, fresh);
      await onFresh?.(tx, fresh);
    }
    return { fresh, isSeen };
  };
}

const KEY_DIGITS = 2 * KEY_BYTES;

/** Notes keys that are not there yet, in their order, by the moment that they are of; returns those. */
async function insertKeys(
  tx: Tx,
  table: 'watch_seen' | 'view_keys',
  keys: ReadonlyMap<string, number>,
): Promise<Set<string>> {
  if (keys.size === 0) return new Set();
  const fresh = new Set<string>();
  // All are of one day, but about midnight.
  const days = Map.groupBy([...keys.keys()].sort(), (key) => dayOf(keys.get(key) ?? 0));
  for (const [day, ones] of [...days].sort(([a], [b]) => byText(a, b))) {
    // One text of all keys, there and back: half the work of a list of them, on both sides.
    const { rows } = await tx.raw<{ rows: { keys: string | null }[] }>(
      `with made as (
         insert into ?? (key, day)
         select substring(told.keys from 1 + ${KEY_BYTES} * n for ${KEY_BYTES}), ?::date
           from (select decode(?, 'hex') as keys offset 0) as told, generate_series(0, ?::integer) as n
         on conflict do nothing returning key)
       select encode(string_agg(key, ''), 'hex') as keys from made`,
      [table, day, ones.join(''), ones.length - 1],
    );
    const made = rows[0]?.keys ?? '';
    if (made.length === ones.length * KEY_DIGITS) for (const key of ones) fresh.add(key);
    else for (let at = 0; at < made.length; at += KEY_DIGITS) fresh.add(made.slice(at, at + KEY_DIGITS));
  }
  return fresh;
}

/** With what it would count for, had nobody told of the same view before: the history wants to know. */
interface Counted extends FreshWatch {
  readonly reachedView: boolean;
  readonly reachedEnd: boolean;
}

interface Counting {
  readonly event: TakenEvent;
  readonly durationMs: number | null;
  readonly what: Measured;
}

/** What each event counts for: whether a view, or a watching to the end, is the first of its hour. */
async function countedOnce(
  tx: Tx,
  events: readonly TakenEvent[],
  facts: { readonly durationFor: DurationFor; readonly keepers: ReadonlySet<AccountId> } & Pick<
    RecordingDeps,
    'hashOf'
  >,
): Promise<Counted[]> {
  const moments = new Map<string, number>();
  const counted = events.map((event): Counting => {
    const durationMs = facts.durationFor(event) ?? null;
    const what = measured(event, durationMs);
    if (what.isView) moments.set(event.viewKey, event.receivedAt);
    if (what.isComplete) moments.set(completionKey(event.viewKey), event.receivedAt);
    return { event, durationMs, what };
  });
  const first = await insertKeys(tx, 'view_keys', moments);
  const hashes = new Map<string, KeyedHash>();
  for (const day of new Set(events.map(({ receivedAt }) => dayOf(receivedAt)))) {
    hashes.set(day, await facts.hashOf(day));
  }
  return counted.map(({ event, durationMs, what }) => ({
    accountId: event.accountId !== null && facts.keepers.has(event.accountId) ? event.accountId : null,
    videoId: event.videoId,
    kind: event.kind,
    watchedMs: what.watchedMs,
    source: event.source,
    at: event.at,
    receivedAt: event.receivedAt,
    // A key counts for the first event that has it: `delete` says whether it was still there.
    isView: what.isView && first.delete(event.viewKey),
    isComplete: what.isComplete && first.delete(completionKey(event.viewKey)),
    durationMs,
    mask: event.mask,
    network: event.network,
    viewer() {
      const hash = hashes.get(dayOf(event.receivedAt));
      if (!hash) throw new Error('The day of an event has no salt.');
      return viewerKey(hash, event);
    },
    reachedView: what.isView,
    reachedEnd: what.isComplete,
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
    let tally = tallies.get(id);
    if (!tally) {
      tally = { videoId: one.videoId, day, views: 0, completions: 0, skips: 0, watchedMs: 0 };
      tallies.set(id, tally);
    }
    tally.views += Number(one.isView);
    tally.completions += Number(one.isComplete);
    tally.skips += Number(one.kind === 'skip');
    tally.watchedMs += endedMs(one);
  }
  const rows = [...tallies.values()];
  await tx.raw(
    `insert into view_tallies (video_id, day, views, completions, skips, watched_ms)
     select * from unnest(?::bigint[], ?::date[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])`,
    [
      listOf(rows.map(({ videoId }) => videoId)),
      rows.map(({ day }) => day),
      listOf(rows.map(({ views }) => views)),
      listOf(rows.map(({ completions }) => completions)),
      listOf(rows.map(({ skips }) => skips)),
      listOf(rows.map(({ watchedMs }) => watchedMs)),
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

const newRow = (accountId: AccountId, videoId: VideoId, at: number): HistoryRow => ({
  ...{ accountId, videoId, firstAt: at, watchedAt: at, watchedMs: 0, times: 0 },
  ...{ viewed: false, completed: false },
});

/** Rows in the order in which they were watched last: their ids say it, and lists of the history go by it. */
function historyOf(fresh: readonly Counted[]): HistoryRow[] {
  const rows = new Map<string, HistoryRow>();
  for (const one of fresh) {
    const { accountId, videoId, at } = one;
    if (accountId === null) continue;
    const id = `${accountId} ${videoId}`;
    const row = rows.get(id) ?? newRow(accountId, videoId, at);
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
  const rows = historyOf(fresh);
  if (rows.length === 0) return;
  await tx.raw(
    `insert into watch_history as kept
       (id, account_id, video_id, first_at, watched_at, watched_ms, times, viewed, completed)
     select id, account_id, video_id, to_timestamp(first_at), to_timestamp(watched_at), watched_ms, times, viewed, completed
       from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::float8[], ?::float8[], ?::bigint[], ?::integer[],
                   ?::boolean[], ?::boolean[])
         as told (id, account_id, video_id, first_at, watched_at, watched_ms, times, viewed, completed)
      order by account_id, video_id
     on conflict (account_id, video_id) do update set
       id = excluded.id,
       first_at = least(kept.first_at, excluded.first_at),
       watched_at = greatest(kept.watched_at, excluded.watched_at),
       watched_ms = kept.watched_ms + excluded.watched_ms,
       times = kept.times + excluded.times,
       viewed = kept.viewed or excluded.viewed,
       completed = kept.completed or excluded.completed`,
    [
      listOf(rows.map(() => ids.next())),
      listOf(rows.map(({ accountId }) => accountId)),
      listOf(rows.map(({ videoId }) => videoId)),
      listOf(rows.map(({ firstAt }) => firstAt / 1_000)),
      listOf(rows.map(({ watchedAt }) => watchedAt / 1_000)),
      listOf(rows.map(({ watchedMs }) => watchedMs)),
      listOf(rows.map(({ times }) => times)),
      listOf(rows.map(({ viewed }) => viewed)),
      listOf(rows.map(({ completed }) => completed)),
    ],
  );
}
