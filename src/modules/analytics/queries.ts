import { analyticsLimits } from '../../../config/analytics-limits.ts';
import type { Db } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { quartersFrom } from './folding.ts';
import { type FigureName, type Figures, figureNames, NO_FIGURES, type Subject } from './model.ts';
import {
  addReleased,
  curveIn,
  decodeReleased,
  nothingOf,
  type PartKind,
  partKinds,
  type Released,
  sourcesIn,
} from './parts.ts';
import { type Bucket, bucketsOf, type Period, type Segment, segmentsOf } from './periods.ts';

const placeOf = (subject: Subject) =>
  'videoId' in subject
    ? ({ table: 'analytics_videos', column: 'video_id', id: subject.videoId } as const)
    : ({ table: 'analytics_accounts', column: 'account_id', id: subject.accountId } as const);

type SumRow = { readonly bucket: number } & Readonly<Record<FigureName, string>>;

const sums = figureNames.map((name) => `sum(${name}) as ${name}`).join(', ');

/** Figures of each bucket, with zeros where nothing was. Every segment is a range of the primary key. */
export async function seriesOf(
  db: Db,
  subject: Subject,
  buckets: readonly Bucket[],
  now: number,
): Promise<Figures[]> {
  return readSegments(db, subject, {
    segments: segmentsOf(buckets, quartersFrom(now)),
    count: buckets.length,
  });
}

/** Figures of the last minutes. */
export const minutesOf = (db: Db, subject: Subject, buckets: readonly Bucket[]): Promise<Figures[]> =>
  readSegments(db, subject, {
    segments: buckets.map(({ startsAt, endsAt }, bucket) => ({
      ...{ bucket, grain: 'minute', since: startsAt, until: endsAt },
    })),
    count: buckets.length,
  });

async function readSegments(
  db: Db,
  subject: Subject,
  { segments, count }: { readonly segments: readonly Segment[]; readonly count: number },
): Promise<Figures[]> {
  const { table, column, id } = placeOf(subject);
  const { rows } = await db.raw<{ rows: SumRow[] }>(
    `select segment.bucket, ${sums}
       from unnest(cast(? as int[]), cast(? as text[]), cast(? as timestamptz[]), cast(? as timestamptz[]))
              as segment (bucket, grain, since, until)
      cross join lateral (
        select ${figureNames.join(', ')} from ${table} as kept
         where kept.${column} = ? and kept.grain = segment.grain
           and kept.at >= segment.since and kept.at < segment.until offset 0) as kept
      group by segment.bucket`,
    [
      segments.map(({ bucket }) => bucket),
      segments.map(({ grain }) => grain),
      segments.map(({ since }) => new Date(since)),
      segments.map(({ until }) => new Date(until)),
      id,
    ] as never[],
  );
  const figures: Figures[] = Array.from({ length: count }, () => NO_FIGURES);
  for (const row of rows) figures[row.bucket] = figuresIn(row);
  return figures;
}

const figuresIn = (row: Readonly<Record<FigureName, string>>): Figures =>
  Object.fromEntries(figureNames.map((name) => [name, Number(row[name])])) as Figures;

/** Null: not of enough people. */
export interface Breakdown {
  readonly sources: { readonly people: number; readonly of: ReturnType<typeof sourcesIn> } | null;
  readonly curve: ({ readonly people: number } & ReturnType<typeof curveIn>) | null;
}

/** Where views came from and how far people watched, on days of UTC of the same dates. */
export async function breakdownOf(db: Db, subject: Subject, { from, to }: Period): Promise<Breakdown> {
  const { table, column, id } = placeOf(subject);
  const rows: Record<PartKind, Buffer | null>[] = await db(table)
    .where({ [column]: id, grain: 'day' })
    .where('at', '>=', new Date(from))
    .where('at', '<=', new Date(to))
    .whereRaw('(sources is not null or curve is not null)')
    .select(...partKinds);
  const of = (kind: PartKind): Released =>
    rows.reduce((sum, row) => {
      const bytes = row[kind];
      return bytes === null ? sum : addReleased(sum, decodeReleased(kind, bytes));
    }, nothingOf(kind));
  const [sources, curve] = [of('sources'), of('curve')];
  return {
    sources: sources.people === 0 ? null : { people: sources.people, of: sourcesIn(sources) },
    curve: curve.people === 0 ? null : { people: curve.people, ...curveIn(curve) },
  };
}

/** By what videos can be sorted. */
export const videoSorts = [
  ...(['views', 'watched_ms', 'likes', 'comments', 'shares', 'saves'] as const),
] as const;
export type VideoSort = (typeof videoSorts)[number];

export interface TopVideo {
  readonly id: VideoId;
  readonly figures: Figures;
}

/** The last one of a page. */
export interface TopPlace {
  readonly value: number;
  readonly id: VideoId;
}

/**
 * Videos of an author that had anything to tell in a period, those with most of it first; by days of UTC of the same dates. It reads the days
 * on which any of them had, by an index of the author.
 */
export async function topVideosOf(
  db: Db,
  input: {
    readonly accountId: AccountId;
    readonly period: Period;
    readonly sort: VideoSort;
    readonly after: TopPlace | null;
    readonly limit: number;
  },
): Promise<TopVideo[]> {
  const { accountId, period, sort, after, limit } = input;
  const { rows } = await db.raw<{ rows: ({ id: VideoId } & Record<FigureName, string>)[] }>(
    `with best as materialized (
       select video_id, sum(${sort}) as value from analytics_videos
        where account_id = :accountId and grain = 'day' and at >= :from and at <= :to
        group by video_id
       having cast(:value as bigint) is null or (sum(${sort}), video_id) < (cast(:value as bigint), cast(:id as bigint))
        order by 2 desc, 1 desc limit :limit)
     select best.video_id as id, ${sums}
       from best join analytics_videos as kept on kept.video_id = best.video_id
      where kept.grain = 'day' and kept.at >= :from and kept.at <= :to
      group by best.video_id, best.value order by best.value desc, best.video_id desc`,
    {
      ...{ accountId, limit, from: new Date(period.from), to: new Date(period.to) },
      ...{ value: after?.value ?? null, id: after?.id ?? null },
    } as never,
  );
  return rows.map((row) => ({ id: row.id, figures: figuresIn(row) }));
}

/** Of several videos, what the last days had to tell: those that had anything. It reads a row for each day of each video at most. */
export async function recentOf(
  db: Db,
  ids: readonly VideoId[],
  since: number,
): Promise<Map<VideoId, Figures>> {
  if (ids.length === 0) return new Map();
  const rows: ({ id: VideoId } & Record<FigureName, string>)[] = await db('analytics_videos')
    .whereIn('video_id', ids)
    .where({ grain: 'day' })
    .where('at', '>=', new Date(since))
    .groupBy('video_id')
    .select({ id: 'video_id' }, db.raw(sums));
  return new Map(rows.map((row) => [row.id, figuresIn(row)]));
}

/** One bucket for a whole period. */
export function wholeOf(period: Period): Bucket[] {
  const days = bucketsOf(period, 'month');
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return [];
  return [{ date: first.date, endDate: last.endDate, startsAt: first.startsAt, endsAt: last.endsAt }];
}

export interface DayRow {
  readonly videoId: VideoId;
  readonly date: string;
  readonly figures: Figures;
}

/** Every day of every video of an author, for a copy of all of it; a page at once, by video and day. */
export async function daysAfter(
  db: Db,
  accountId: AccountId,
  after: Pick<DayRow, 'videoId' | 'date'> | null,
): Promise<DayRow[]> {
  const { rows } = await db.raw<{ rows: ({ id: VideoId; date: string } & Record<FigureName, string>)[] }>(
    `select kept.video_id as id, to_char(kept.at at time zone 'utc', 'YYYY-MM-DD') as date, ${figureNames.join(', ')}
       from analytics_videos as kept
      where account_id = :accountId and grain = 'day'
        and (cast(:date as timestamptz) is null or (at, video_id) > (cast(:date as timestamptz), cast(:id as bigint)))
      order by at, video_id limit :limit`,
    {
      ...{ accountId, limit: analyticsLimits.exportedAtOnce },
      ...{ date: after ? new Date(after.date) : null, id: after?.videoId ?? null },
    } as never,
  );
  return rows.map((row) => ({ videoId: row.id, date: row.date, figures: figuresIn(row) }));
}
