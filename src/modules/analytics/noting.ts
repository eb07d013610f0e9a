import type { Tx } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { type FreshWatch, viewThresholdMs } from '../watching/index.ts';
import { dateOf, startOfGrain, type TrafficSource, trafficSources } from './model.ts';
import { addPart, encodeParts, histogramBucket, maskOf, newParts, type Parts, PLACES } from './parts.ts';

/** What a batch adds to one video and minute. */
interface Tally {
  readonly videoId: VideoId;
  readonly at: number;
  readonly counts: { views: number; viewers: number; completions: number; skips: number };
  readonly time: { playbacks: number; watchedMs: number };
  readonly parts: Parts;
}

type Authors = ReadonlyMap<string, AccountId>;

/**
 * Notes what a batch of events adds to the figures of videos of this server, in the transaction that stores the events: whatever is counted
 * there is counted here, once. Events count for the moment at which they came, by the clock of this server. Rows are of this batch alone
 * (`foldTallies` adds them up), but for the keys of people, which are taken in their order.
 */
export async function noteWatched(tx: Tx, batch: readonly FreshWatch[]): Promise<void> {
  const authors = await authorsOf(tx, batch);
  const ours = batch.filter(({ videoId }) => authors.has(videoId));
  if (ours.length === 0) return;
  const people = await firstOfDay(tx, ours);
  const known = await whoWatchedBefore(tx, people);
  const tallies: Tallies = new Map();
  for (const one of ours) {
    const tally = tallyOf(tallies, one);
    count(tally, one);
    const isViewer = people.viewers.has(one);
    if (isViewer) tally.counts.viewers += 1;
    // Authors are not among the people whom curves and breakdowns must be of.
    if (one.accountId !== null && one.accountId === authors.get(one.videoId)) continue;
    const isNewcomer = one.accountId !== null && !known.has(pairOf(one));
    if (isViewer) addPart(tally.parts, isNewcomer ? PLACES.viewerNewcomers : PLACES.viewerOthers);
    if (people.curves.has(one)) addToCurve(tally.parts, one, isNewcomer);
  }
  await insertTallies(
    tx,
    [...tallies.values()].flatMap((minutes) => [...minutes.values()]),
  );
}

const pairOf = ({ accountId, videoId }: FreshWatch) => `${accountId} ${videoId}`;
const isEnded = ({ kind }: FreshWatch) => kind === 'watch' || kind === 'skip';

/** By video and minute. */
type Tallies = Map<VideoId, Map<number, Tally>>;

function tallyOf(tallies: Tallies, { videoId, receivedAt }: FreshWatch): Tally {
  const at = startOfGrain('minute', receivedAt);
  const minutes = tallies.get(videoId) ?? new Map<number, Tally>();
  if (minutes.size === 0) tallies.set(videoId, minutes);
  const found = minutes.get(at);
  if (found) return found;
  const made: Tally = {
    ...{ videoId, at, counts: { views: 0, viewers: 0, completions: 0, skips: 0 } },
    ...{ time: { playbacks: 0, watchedMs: 0 }, parts: newParts() },
  };
  minutes.set(at, made);
  return made;
}

function count({ counts, time, parts }: Tally, one: FreshWatch): void {
  if (one.isView) {
    counts.views += 1;
    addPart(parts, PLACES.sources + Math.max(0, trafficSources.indexOf(one.source as TrafficSource)));
  }
  if (one.isComplete) counts.completions += 1;
  if (one.kind === 'skip') counts.skips += 1;
  if (!isEnded(one)) return;
  time.playbacks += 1;
  time.watchedMs += one.watchedMs;
}

function addToCurve(parts: Parts, one: FreshWatch, isNewcomer: boolean): void {
  const { watchedMs, durationMs, mask } = one;
  if (durationMs === null) return;
  addPart(parts, PLACES.playbacks);
  addPart(parts, PLACES.histogram + histogramBucket(watchedMs, durationMs));
  parts.masks.push(mask ?? maskOf(watchedMs, durationMs));
  if (watchedMs < Math.round(viewThresholdMs(durationMs))) return;
  addPart(parts, isNewcomer ? PLACES.curveNewcomers : PLACES.curveOthers);
}

/** Authors of those of the videos that are of this server. */
async function authorsOf(tx: Tx, batch: readonly FreshWatch[]): Promise<Authors> {
  const ids = [...new Set(batch.map(({ videoId }) => videoId))];
  const rows: { id: VideoId; accountId: AccountId }[] = await tx('videos')
    .whereRaw('id = any(?)', [ids])
    .where('local', true)
    .select('id', 'account_id as accountId');
  return new Map(rows.map(({ id, accountId }) => [id, accountId]));
}

interface People {
  /** Whose view is the first of the day. */
  readonly viewers: ReadonlySet<FreshWatch>;
  /** Whose playback is the first of the day that was told to its end: a curve is of people, and nobody is in it twice a day. */
  readonly curves: ReadonlySet<FreshWatch>;
}

/** What is known of a person, a video and a day: bits of `analytics_viewers.seen`. */
const KEY_BYTES = 16;
const VIEWED = 1;
const IN_CURVE = 2;

/** What a batch tells of one person, video and day: its first events of either kind. */
interface Seen {
  viewed?: FreshWatch;
  inCurve?: FreshWatch;
}

const bitsOf = ({ viewed, inCurve }: Seen): number => (viewed ? VIEWED : 0) | (inCurve ? IN_CURVE : 0);

async function firstOfDay(tx: Tx, ours: readonly FreshWatch[]): Promise<People> {
  // By the day (UTC) as a number, and the key.
  const days = new Map<number, Map<string, Seen>>();
  for (const one of ours) {
    const isInCurve = isEnded(one) && one.durationMs !== null && one.durationMs > 0;
    if (!one.isView && !isInCurve) continue;
    const day = startOfGrain('day', one.receivedAt);
    const keys = days.get(day) ?? new Map<string, Seen>();
    days.set(day, keys);
    const key = one.viewer();
    const seen = keys.get(key) ?? {};
    keys.set(key, seen);
    if (one.isView) seen.viewed ??= one;
    if (isInCurve) seen.inCurve ??= one;
  }
  const people = { viewers: new Set<FreshWatch>(), curves: new Set<FreshWatch>() };
  for (const [day, keys] of [...days].sort(([a], [b]) => a - b)) {
    const before = await noteKeys(tx, dateOf(day), keys);
    for (const [key, { viewed, inCurve }] of keys) {
      const known = before.get(key) ?? 0;
      if (viewed && (known & VIEWED) === 0) people.viewers.add(viewed);
      if (inCurve && (known & IN_CURVE) === 0) people.curves.add(inCurve);
    }
  }
  return people;
}

/** Notes what is seen of people of a day, in the order of their keys, and gives what was known of those who were known before. */
async function noteKeys(
  tx: Tx,
  day: string,
  keys: ReadonlyMap<string, Seen>,
): Promise<ReadonlyMap<string, number>> {
  const sorted = [...keys.keys()].sort();
  // One text of all keys, and one of all bits: half the work of lists of them, on both sides.
  const { rows: fresh } = await tx.raw<{ rows: { key: Buffer }[] }>(
    `insert into analytics_viewers (key, day, seen)
     select substring(told.keys from 1 + ${KEY_BYTES} * n for ${KEY_BYTES}), cast(? as date),
            cast(substr(told.bits, 1 + n, 1) as smallint)
       from (select decode(?, 'hex') as keys, cast(? as text) as bits offset 0) as told, generate_series(0, cast(? as int)) as n
     on conflict do nothing returning key`,
    [day, sorted.join(''), sorted.map((key) => bitsOf(keys.get(key) ?? {})).join(''), sorted.length - 1],
  );
  if (fresh.length === sorted.length) return new Map();
  const isFresh = new Set(fresh.map(({ key }) => key.toString('hex')));
  const again = sorted.filter((key) => !isFresh.has(key));
  const rows: { key: Buffer; seen: number }[] = await tx('analytics_viewers')
    .whereRaw('key = any(?)', [again.map((key) => Buffer.from(key, 'hex'))])
    .orderBy('key')
    .forUpdate()
    .select('key', 'seen');
  const before = new Map(rows.map(({ key, seen }) => [key.toString('hex'), seen]));
  const more = rows.filter(({ key, seen }) => {
    const bits = bitsOf(keys.get(key.toString('hex')) ?? {});
    return (seen | bits) !== seen;
  });
  if (more.length > 0) {
    await tx('analytics_viewers')
      .whereRaw('key = any(?)', [more.map(({ key }) => key)])
      // Of two bits one was missing.
      .update({ seen: VIEWED | IN_CURVE });
  }
  return before;
}

/** Who of the people that are told apart watched the video before this day: they may be in earlier curves. */
async function whoWatchedBefore(tx: Tx, { viewers, curves }: People): Promise<ReadonlySet<string>> {
  const asked = new Map(
    [...viewers, ...curves].flatMap((one) => (one.accountId === null ? [] : [[pairOf(one), one] as const])),
  );
  if (asked.size === 0) return new Set();
  const ones = [...asked.values()];
  const { rows } = await tx.raw<{ rows: { accountId: string; videoId: string }[] }>(
    `select told.account_id as "accountId", told.video_id as "videoId"
       from unnest(cast(? as bigint[]), cast(? as bigint[]), cast(? as timestamptz[])) as told (account_id, video_id, day)
      where exists (select from watch_history as kept
                     where kept.account_id = told.account_id and kept.video_id = told.video_id
                       and kept.first_at < told.day)`,
    [
      ones.map(({ accountId }) => accountId) as string[],
      ones.map(({ videoId }) => videoId),
      ones.map(({ receivedAt }) => new Date(startOfGrain('day', receivedAt))),
    ],
  );
  return new Set(rows.map(({ accountId, videoId }) => `${accountId} ${videoId}`));
}

async function insertTallies(tx: Tx, tallies: readonly Tally[]): Promise<void> {
  const column = <T>(of: (tally: Tally) => T) => tallies.map(of);
  await tx.raw(
    `insert into analytics_tallies
       (video_id, at, views, viewers, completions, skips, playbacks, watched_ms, parts)
     select video_id, at, views, viewers, completions, skips, playbacks, watched_ms, decode(parts, 'hex')
       from unnest(cast(? as bigint[]), cast(? as timestamptz[]), cast(? as int[]), cast(? as int[]), cast(? as int[]),
                   cast(? as int[]), cast(? as int[]), cast(? as bigint[]), cast(? as text[]))
         as told (video_id, at, views, viewers, completions, skips, playbacks, watched_ms, parts)`,
    [
      column(({ videoId }) => videoId),
      column(({ at }) => new Date(at)),
      column(({ counts }) => counts.views),
      column(({ counts }) => counts.viewers),
      column(({ counts }) => counts.completions),
      column(({ counts }) => counts.skips),
      column(({ time }) => time.playbacks),
      column(({ time }) => time.watchedMs),
      column(({ parts }) => encodeParts(parts)) as string[],
    ],
  );
}
