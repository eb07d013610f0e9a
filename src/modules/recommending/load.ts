import type { Knex } from 'knex';
import { servingLimits } from '../../../config/serving-limits.ts';
import type { Db } from '../../db/database.ts';
import { type AccountId, lowestIdAt, momentOf, type VideoId } from '../../lib/ids.ts';
import { accountSignals, type Signal, videoSignals } from '../signals/index.ts';

const DAY_MS = 24 * 3_600_000;

/** Something that happened, with what it is read in order by. */
interface Happened {
  readonly at: number;
  readonly signal: Signal;
}

/** A part of one table: what happened, and below which key the next part begins; null: that was all. */
interface Part {
  readonly happened: readonly Happened[];
  readonly after: string | null;
}

/** A table, read from its oldest row on. */
type Source = (after: string) => Promise<Part>;

interface Row {
  readonly id: string;
  readonly actorId: AccountId;
  readonly at: Date;
}
interface VideoRow extends Row {
  readonly videoId: VideoId;
}

const { loadedAtOnce, loadedDays } = servingLimits;
const ALL = (): void => undefined;

/**
 * All that the engine has to know, from PostgreSQL, in the order of its time as far as rows tell it: each table is read in portions by
 * its own order, and the portions are merged. Whoever acts is told of before. At no moment more than a portion of each table is in memory.
 */
export async function* storedSignals(db: Db, now: number): AsyncGenerator<readonly Signal[]> {
  const tellOfActors = actorsOf(db);
  let batch: Signal[] = [];
  for await (const { signal } of merged(sourcesOf(db, now))) {
    batch.push(signal);
    if (batch.length < loadedAtOnce) continue;
    yield [...(await tellOfActors(batch)), ...batch];
    batch = [];
  }
  if (batch.length > 0) yield [...(await tellOfActors(batch)), ...batch];
}

/** Who had all forgotten within the last day, and when: the log may tell late what they did before. */
export async function storedResets(db: Db, now: number): Promise<Map<string, number>> {
  const rows: { id: AccountId; at: Date }[] = await db('feed_settings')
    .where('reset_at', '>', new Date(now - DAY_MS))
    .orderBy('reset_at', 'desc')
    .limit(servingLimits.marks)
    .select('account_id as id', 'reset_at as at');
  return new Map(rows.map(({ id, at }) => [id, at.getTime()]));
}

/** All of one account alone: what it did, and whom it follows, blocks and mutes. */
export async function* storedSignalsOf(
  db: Db,
  now: number,
  accountId: AccountId,
): AsyncGenerator<readonly Signal[]> {
  yield await accountsAt(db, [accountId], now);
  for await (const { signal } of merged(actions(db, now, accountId))) yield [signal];
}

/** The next of all sources, the oldest first. */
async function* merged(sources: readonly Source[]): AsyncGenerator<Happened> {
  const heads = await Promise.all(
    sources.map(async (source) => ({ source, at: 0, part: await source('0') })),
  );
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    let moment = Number.POSITIVE_INFINITY;
    for (const head of heads) {
      while (head.at === head.part.happened.length && head.part.after !== null) {
        head.part = await head.source(head.part.after);
        head.at = 0;
      }
      const at = head.part.happened[head.at]?.at ?? Number.POSITIVE_INFINITY;
      if (at < moment) [first, moment] = [head, at];
    }
    const next = first?.part.happened[first.at];
    if (!first || !next) return;
    first.at += 1;
    yield next;
  }
}

/** Tells of each account once, before the first of its signals. */
function actorsOf(db: Db) {
  const known = new Set<string>();
  return async (batch: readonly Signal[]): Promise<readonly Signal[]> => {
    const unknown = new Set<AccountId>();
    for (const one of batch) {
      const id = 'actorId' in one ? one.actorId : one.kind === 'video' ? one.authorId : null;
      if (one.kind === 'account') known.add(one.id);
      else if (id !== null && !known.has(id)) unknown.add(id as AccountId);
    }
    for (const id of unknown) known.add(id);
    return unknown.size === 0 ? [] : accountsAt(db, [...unknown], 0);
  };
}

const sourcesOf = (db: Db, now: number): Source[] => [people(db), published(db), ...actions(db, now, null)];

/** What accounts did, or one of them. */
function actions(db: Db, now: number, only: AccountId | null): Source[] {
  const oldest = lowestIdAt(now - loadedDays * DAY_MS);
  const rows = rowsOf();
  const of = (column: string) => (query: Knex.QueryBuilder) => {
    if (only !== null) query.where(column, only);
  };
  /** Of a table of what accounts do, without what somebody has had forgotten. */
  const done = (
    table: string,
    video: string,
    made: string,
    narrow: (query: Knex.QueryBuilder) => void = ALL,
  ) =>
    db
      .from(table)
      .leftJoin('feed_settings', 'feed_settings.account_id', `${table}.account_id`)
      .whereRaw('(feed_settings.reset_at is null or ?? > feed_settings.reset_at)', [`${table}.${made}`])
      .where(`${table}.id`, '>=', oldest)
      .modify(narrow)
      .modify(of(`${table}.account_id`))
      .select(
        `${table}.id as id`,
        `${table}.account_id as actorId`,
        `${table}.${video} as videoId`,
        `${table}.${made} as at`,
      );
  const ofVideos = (table: string) => (query: Knex.QueryBuilder) =>
    void query.whereNotNull(`${table}.video_id`);
  const reaction =
    (kind: 'like' | 'share' | 'save' | 'not-interested') =>
    ({ actorId, videoId, at }: VideoRow): Signal => ({ kind, at: at.getTime(), actorId, videoId, on: true });
  const relation =
    (kind: 'follow' | 'block' | 'mute') =>
    ({ actorId, targetId, at }: Row & { targetId: AccountId }): Signal => ({
      ...{ kind, at: at.getTime(), actorId, targetId, on: true },
    });
  /** By id: those of rows that were never given a moment of their own tell it. */
  const keyed = <R extends { id: string }>(
    table: string,
    query: Knex.QueryBuilder,
    signal: (row: R) => Signal,
  ) => rows<R>(`${table}.id`, query, (row) => ({ at: momentOf(row.id as VideoId), signal: signal(row) }));
  const related = (table: string, actor: string, narrow: (query: Knex.QueryBuilder) => void) =>
    db
      .from(table)
      .modify(narrow)
      .modify(of(actor))
      .select(
        `${table}.id as id`,
        `${actor} as actorId`,
        'target_id as targetId',
        `${table}.created_at as at`,
      );
  return [
    keyed(
      'follows',
      related('follows', 'follower_id', (all) => void all.where('state', 'accepted')),
      relation('follow'),
    ),
    keyed('account_blocks', related('account_blocks', 'account_id', ALL), relation('block')),
    // Those that end by themselves are seen to when a feed is shown.
    keyed(
      'account_mutes',
      related('account_mutes', 'account_id', (all) => void all.whereNull('expires_at')),
      relation('mute'),
    ),
    keyed('likes', done('likes', 'video_id', 'created_at', ofVideos('likes')), reaction('like')),
    keyed('shares', done('shares', 'video_id', 'created_at'), reaction('share')),
    keyed('not_interested', done('not_interested', 'video_id', 'created_at'), reaction('not-interested')),
    ...kept(db, { oldest, of }, keyed),
    keyed(
      'watch_history',
      done('watch_history', 'video_id', 'watched_at').select('watched_ms', 'viewed', 'completed'),
      watched,
    ),
  ];
}

type Keyed = <R extends { id: string }>(
  table: string,
  query: Knex.QueryBuilder,
  signal: (row: R) => Signal,
) => Source;

/** What is read of its id alone: bookmarks, comments and reports. */
function kept(
  db: Db,
  {
    oldest,
    of,
  }: { readonly oldest: string; readonly of: (column: string) => (query: Knex.QueryBuilder) => void },
  keyed: Keyed,
): Source[] {
  type Kept = Omit<VideoRow, 'at'>;
  const at = (id: string) => momentOf(id as VideoId);
  const own = (table: string) =>
    db
      .from(table)
      .leftJoin('feed_settings', 'feed_settings.account_id', `${table}.account_id`)
      .where(`${table}.id`, '>=', oldest)
      .whereNotNull(`${table}.video_id`)
      .modify(of(`${table}.account_id`))
      .select(`${table}.id as id`, `${table}.account_id as actorId`, `${table}.video_id as videoId`);
  const since = `(feed_settings.reset_at is null or ?? > ((extract(epoch from feed_settings.reset_at) * 1000)::bigint - ?) << 22)`;
  const epoch = momentOf('0' as VideoId);
  return [
    keyed(
      'bookmarks',
      own('bookmarks').whereRaw(since, ['bookmarks.id', epoch]),
      ({ id, actorId, videoId }: Kept) => ({
        ...{ kind: 'save', at: at(id), actorId, videoId, on: true },
      }),
    ),
    keyed(
      'comments',
      own('comments')
        .whereIn('comments.visibility', ['public', 'unlisted'])
        .whereRaw(since, ['comments.id', epoch]),
      ({ id, actorId, videoId }: Kept) => ({
        ...{ kind: 'comment', at: at(id), actorId, videoId, commentId: id, on: true },
      }),
    ),
    keyed(
      'reports',
      db
        .from('reports')
        .joinRaw('cross join lateral unnest(video_ids) as video (id)')
        .where('reports.id', '>=', oldest)
        .modify(of('reporter_id'))
        .select('reports.id as id', 'reporter_id as actorId', 'video.id as videoId'),
      ({ id, actorId, videoId }: Kept) => ({ kind: 'report', at: at(id), actorId, videoId, on: true }),
    ),
  ];
}

interface WatchedRow extends VideoRow {
  readonly watched_ms: string;
  readonly viewed: boolean;
  readonly completed: boolean;
}

function watched(row: WatchedRow): Signal {
  return {
    ...{ kind: 'watch', at: row.at.getTime(), actorId: row.actorId, videoId: row.videoId },
    ...{ watchedMs: Number(row.watched_ms), isView: row.viewed, isComplete: row.completed },
    ...{ source: 'other', network: null },
  };
}

/** Reads a query by a column that rises, in portions. */
function rowsOf() {
  return <R extends { id: string }>(
    column: string,
    query: Knex.QueryBuilder,
    read: (row: R) => Happened,
  ): Source =>
    async (after) => {
      const portion: R[] = await query
        .clone()
        .where(column, '>', after)
        .orderBy(column)
        .limit(loadedAtOnce)
        .then((found: R[]) => found);
      const last = portion.at(-1);
      return { happened: portion.map(read), after: portion.length < loadedAtOnce || !last ? null : last.id };
    };
}

/** What is known of those of these accounts that are here, as told at a moment. */
async function accountsAt(db: Db, ids: readonly AccountId[], at: number): Promise<Signal[]> {
  const told = await accountSignals(db, ids);
  return told.flatMap((one) => (one.kind === 'account' ? [{ ...one, at: at || one.createdAt }] : []));
}

/** Accounts of this server, all of them: anybody may ask for a feed. */
function people(db: Db): Source {
  return async (after) => {
    const ids: AccountId[] = await db('users')
      .where('account_id', '>', after)
      .orderBy('account_id')
      .limit(loadedAtOnce)
      .pluck('account_id');
    const told = await accountsAt(db, ids, 0);
    const happened = told.map((signal) => ({ at: 0, signal }));
    return { happened, after: ids.length < loadedAtOnce ? null : (ids.at(-1) ?? null) };
  };
}

/** What everybody may see. Before whatever happened to it, by its own order. */
function published(db: Db): Source {
  return async (after) => {
    const ids: VideoId[] = await db('videos')
      .where({ state: 'published', visibility: 'public' })
      .where('id', '>', after)
      .orderBy('id')
      .limit(loadedAtOnce)
      .pluck('id');
    const found = await videoSignals(db, ids);
    const happened = found.flatMap((told) =>
      told.kind === 'video'
        ? [{ at: momentOf(told.id as VideoId), signal: { ...told, at: momentOf(told.id as VideoId) } }]
        : [],
    );
    return { happened, after: ids.length < loadedAtOnce ? null : (ids.at(-1) ?? null) };
  };
}
