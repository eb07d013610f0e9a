import type { Db, InTx, Tx } from '../../db/database.ts';
import { type UnlistedDomains, type ViewerRef, visibleTo } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, IdSource, VideoId } from '../../lib/ids.ts';
import { dayOf, eventKey, saltOf, viewKey } from './keys.ts';
import {
  boundedMoment,
  type FreshWatch,
  type Measured,
  measured,
  type WatchEvent,
  type Watcher,
} from './model.ts';

/** What one request tells. */
export interface WatchReport {
  readonly watcher: Watcher;
  readonly events: readonly WatchEvent[];
}

/** What became of it: events of videos that the watcher may not see are as ignored as those of videos that never were. */
export interface WatchOutcome {
  readonly accepted: number;
  readonly ignored: number;
}

export interface RecordingDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly unlistedDomains: UnlistedDomains;
  /** For ids of events; see `eventKey`. */
  readonly key: Uint8Array;
  /** Hears of every event that was not known before, in the transaction that stores it. */
  readonly onFresh?: (tx: Tx, batch: readonly FreshWatch[]) => Promise<void>;
}

/** An event about a video that its watcher may see. */
interface Known extends Measured {
  readonly key: Buffer;
  readonly watcher: Watcher;
  readonly event: WatchEvent;
  readonly at: Date;
  readonly durationMs: number | null;
}

type Durations = ReadonlyMap<string, number | null>;

const pairOf = (accountId: AccountId | null, videoId: VideoId) => `${accountId ?? ''} ${videoId}`;
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byNumber = (a: string, b: string) => (BigInt(a) < BigInt(b) ? -1 : 1);

/**
 * Stores reports, all or none, in one transaction: they are acknowledged only once that is committed, so that what was acknowledged
 * is in PostgreSQL. Every event counts once, whatever is sent again. Rows are taken in one order by everybody, so that processes
 * that store at once wait for each other and never in a circle; no row is one that many videos or people share.
 */
export function createRecording(deps: RecordingDeps) {
  const { db, inTx, ids, clock, unlistedDomains } = deps;

  /** Lengths of the videos that each may see, which cannot be deleted until this is stored. */
  async function seen(tx: Tx, reports: readonly WatchReport[]): Promise<Durations> {
    const durations = new Map<string, number | null>();
    const ask = async (
      viewer: ViewerRef | null,
      pairs: readonly (readonly [AccountId | null, VideoId])[],
    ) => {
      if (pairs.length === 0) return;
      const wanted = tx.raw('unnest(?::bigint[], ?::bigint[]) as watcher (id, video_id)', [
        pairs.map(([accountId]) => accountId) as string[],
        pairs.map(([, videoId]) => videoId),
      ]);
      const rows: { viewer: AccountId | null; id: VideoId; seconds: number | null }[] = await tx
        .from(wanted)
        .join('videos', 'videos.id', 'watcher.video_id')
        .modify(visibleTo(viewer, unlistedDomains))
        .orderBy('videos.id')
        .forKeyShare('videos')
        .select('watcher.id as viewer', 'videos.id as id', 'videos.duration_seconds as seconds');
      for (const { viewer: id, id: videoId, seconds } of rows) {
        durations.set(pairOf(id, videoId), seconds === null ? null : seconds * 1_000);
      }
    };
    const pairs = new Map(
      reports.flatMap(({ watcher: { accountId }, events }) =>
        events.map(({ videoId }) => [pairOf(accountId, videoId), [accountId, videoId] as const] as const),
      ),
    );
    const all = [...pairs.values()];
    await ask(
      db.raw('watcher.id'),
      all.filter(([accountId]) => accountId !== null),
    );
    await ask(
      null,
      all.filter(([accountId]) => accountId === null),
    );
    return durations;
  }

  /**
   * Those of these accounts whose history is kept. Their rows stay until this is stored: an account that is being deleted waits, and
   * takes what was stored along; one that is gone has no history.
   */
  async function keepers(tx: Tx, reports: readonly WatchReport[]): Promise<Set<AccountId>> {
    const wanted = [...new Set(reports.flatMap(({ watcher }) => watcher.accountId ?? []))];
    if (wanted.length === 0) return new Set();
    const rows: AccountId[] = await tx('users')
      .leftJoin('feed_settings', 'feed_settings.account_id', 'users.account_id')
      .whereIn('users.account_id', wanted)
      .whereRaw('feed_settings.history_paused is not true')
      .orderBy('users.account_id')
      .forKeyShare('users')
      .pluck('users.account_id');
    return new Set(rows);
  }

  async function store(tx: Tx, reports: readonly WatchReport[]): Promise<WatchOutcome[]> {
    const now = clock.now();
    const durations = await seen(tx, reports);
    const kept = await keepers(tx, reports);
    const known = new Map<string, Known>();
    const outcomes = reports.map(({ watcher, events }) => {
      const seenOnes = events.filter(({ videoId }) => durations.has(pairOf(watcher.accountId, videoId)));
      for (const event of seenOnes) {
        const duration = durations.get(pairOf(watcher.accountId, event.videoId)) ?? null;
        const key = eventKey(deps.key, watcher, event);
        const id = key.toString('hex');
        const facts = { key, watcher, event, at: boundedMoment(event.at, now), durationMs: duration };
        if (!known.has(id)) known.set(id, { ...facts, ...measured(event, duration) });
      }
      return { accepted: seenOnes.length, ignored: events.length - seenOnes.length };
    });
    const historyOf = ({ watcher: { accountId } }: Known) =>
      accountId !== null && kept.has(accountId) ? accountId : null;
    const fresh = await insertEvents(tx, { known, historyOf, now });
    const counted = await countOnce(tx, fresh, now);
    await insertTallies(tx, fresh, counted, dayOf(now));
    await noteHistory(tx, { ids, fresh, counted, historyOf });
    await deps.onFresh?.(tx, await toldOf(tx, { fresh, counted, historyOf, now }));
    return outcomes;
  }

  /** Whether this view, or this watching to the end, is the first of the hour: by key of the event. */
  async function countOnce(tx: Tx, fresh: readonly Known[], now: number): Promise<Counted> {
    const day = dayOf(now);
    const salt = await saltOf(tx, day);
    const first = new Map<string, { readonly one: Known; readonly what: 'view' | 'complete' }>();
    for (const one of fresh) {
      const whats = [one.isView ? ('view' as const) : [], one.isComplete ? ('complete' as const) : []].flat();
      for (const what of whats) {
        const about = { what, watcher: one.watcher, videoId: one.event.videoId, now };
        const key = viewKey(salt, about).toString('hex');
        if (!first.has(key)) first.set(key, { one, what });
      }
    }
    const isNew = new Set(await insertViewKeys(tx, [...first.keys()], day));
    const of = (wanted: 'view' | 'complete') =>
      new Set([...first].flatMap(([key, { one, what }]) => (what === wanted && isNew.has(key) ? [one] : [])));
    return { views: of('view'), completions: of('complete') };
  }

  return (reports: readonly WatchReport[]): Promise<WatchOutcome[]> => inTx((tx) => store(tx, reports));
}

async function toldOf(
  tx: Tx,
  input: {
    readonly fresh: readonly Known[];
    readonly counted: Counted;
    readonly historyOf: (one: Known) => AccountId | null;
    readonly now: number;
  },
): Promise<FreshWatch[]> {
  const { fresh, counted, historyOf, now } = input;
  const salt = await saltOf(tx, dayOf(now));
  return fresh.map((one) => ({
    ...{ accountId: historyOf(one), videoId: one.event.videoId, kind: one.event.kind },
    ...{ watchedMs: one.watchedMs, source: one.event.source, at: one.at, receivedAt: new Date(now) },
    ...{ isView: counted.views.has(one), isComplete: counted.completions.has(one) },
    ...{ durationMs: one.durationMs, mask: null },
    viewer: viewKey(salt, { what: 'viewer', watcher: one.watcher, videoId: one.event.videoId, now }),
  }));
}

interface Counted {
  readonly views: ReadonlySet<Known>;
  readonly completions: ReadonlySet<Known>;
}

/** Notes keys of views that are not there yet, in their order, and returns those. */
async function insertViewKeys(tx: Tx, keys: readonly string[], day: string): Promise<string[]> {
  if (keys.length === 0) return [];
  const { rows } = await tx.raw<{ rows: { key: Buffer }[] }>(
    `insert into view_keys (key, day) select decode(hex, 'hex'), ?::date from unnest(?::text[]) as hex
     on conflict do nothing returning key`,
    [day, [...keys].sort(byText)],
  );
  return rows.map(({ key }) => key.toString('hex'));
}

/** Stores the events that are not there yet, and returns those. */
async function insertEvents(
  tx: Tx,
  input: {
    readonly known: ReadonlyMap<string, Known>;
    readonly historyOf: (one: Known) => AccountId | null;
    readonly now: number;
  },
): Promise<Known[]> {
  const all = [...input.known].sort(([a], [b]) => byText(a, b)).map(([, one]) => one);
  if (all.length === 0) return [];
  const rows: { id: Buffer }[] = await tx('watch_events')
    .insert(
      all.map((one) => ({
        ...{ id: one.key, account_id: input.historyOf(one), video_id: one.event.videoId },
        ...{ kind: one.event.kind, watched_ms: one.watchedMs, source: one.event.source },
        ...{ happened_at: one.at, received_at: new Date(input.now) },
      })),
    )
    .onConflict('id')
    .ignore()
    .returning('id');
  return rows.flatMap(({ id }) => input.known.get(id.toString('hex')) ?? []);
}

/** Time counts once for a playback: with the event that ends it. */
const endedMs = ({ event, watchedMs }: Known) =>
  event.kind === 'watch' || event.kind === 'skip' ? watchedMs : 0;

/** What is to be added to the counts of the videos: one row each, which nobody else touches. */
async function insertTallies(tx: Tx, fresh: readonly Known[], counted: Counted, day: string): Promise<void> {
  const rows = [...Map.groupBy(fresh, ({ event }) => event.videoId)].map(([video_id, ones]) => ({
    ...{ video_id, day },
    views: ones.filter((one) => counted.views.has(one)).length,
    completions: ones.filter((one) => counted.completions.has(one)).length,
    skips: ones.filter(({ event }) => event.kind === 'skip').length,
    watched_ms: ones.reduce((sum, one) => sum + endedMs(one), 0),
  }));
  if (rows.length > 0) await tx('view_tallies').insert(rows);
}

async function noteHistory(
  tx: Tx,
  input: {
    readonly ids: IdSource;
    readonly fresh: readonly Known[];
    readonly counted: Counted;
    readonly historyOf: (one: Known) => AccountId | null;
  },
): Promise<void> {
  const { fresh, counted, historyOf } = input;
  const own = fresh.flatMap((one) => {
    const accountId = historyOf(one);
    return accountId === null ? [] : [{ one, accountId }];
  });
  const groups = [...Map.groupBy(own, ({ one, accountId }) => pairOf(accountId, one.event.videoId)).values()];
  const rows = groups.flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const ones = group.map(({ one }) => one);
    const moments = ones.map(({ at }) => at.getTime());
    return [
      {
        ...{ account_id: first.accountId, video_id: first.one.event.videoId },
        ...{ first_at: new Date(Math.min(...moments)), watched_at: new Date(Math.max(...moments)) },
        watched_ms: ones.reduce((sum, one) => sum + endedMs(one), 0),
        times: ones.filter((one) => counted.views.has(one)).length,
        viewed: ones.some(({ isView }) => isView),
        completed: ones.some(({ isComplete }) => isComplete),
      },
    ];
  });
  rows.sort((a, b) =>
    a.account_id === b.account_id ? byNumber(a.video_id, b.video_id) : byNumber(a.account_id, b.account_id),
  );
  if (rows.length === 0) return;
  await tx('watch_history')
    .insert(rows.map((row) => ({ id: input.ids.next(), ...row })))
    .onConflict(['account_id', 'video_id'])
    .merge({
      id: tx.raw('excluded.id'),
      first_at: tx.raw('least(watch_history.first_at, excluded.first_at)'),
      watched_at: tx.raw('greatest(watch_history.watched_at, excluded.watched_at)'),
      watched_ms: tx.raw('watch_history.watched_ms + excluded.watched_ms'),
      times: tx.raw('watch_history.times + excluded.times'),
      viewed: tx.raw('watch_history.viewed or excluded.viewed'),
      completed: tx.raw('watch_history.completed or excluded.completed'),
    });
}
