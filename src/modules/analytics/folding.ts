import { analyticsLimits } from '../../../config/analytics-limits.ts';
import type { InTx, Tx } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { type DayParts, foldParts } from './folding-parts.ts';
import { type FigureName, figureNames, type Grain, startOfGrain } from './model.ts';

/** Any number, the same for every process. */
const FOLD_LOCK = 7_461_342;

interface TallyRow extends Readonly<Record<FigureName, string>> {
  readonly id: string;
  readonly video_id: VideoId | null;
  readonly account_id: AccountId | null;
  readonly at: Date;
  readonly parts: Buffer | null;
}

/** A row to be added to: of a video, or of all that an author published. */
interface Sum {
  readonly grain: Grain;
  readonly at: number;
  readonly accountId: AccountId;
  readonly videoId: VideoId | null;
  readonly figures: Record<FigureName, number>;
}

/**
 * Adds what was noted to the figures of videos and authors, by minutes, quarters and days: a tally is removed in the transaction
 * that adds it, so that each counts once wherever a process dies, and a row that many tallies add to is written once. One process at a time.
 * Returns how many tallies were taken.
 */
export async function foldTallies(inTx: InTx, now: number): Promise<number> {
  return inTx(async (tx) => {
    const turn = await tx.raw<{ rows: { mine: boolean }[] }>('select pg_try_advisory_xact_lock(?) as mine', [
      FOLD_LOCK,
    ]);
    if (!turn.rows[0]?.mine) return 0;
    const rows: TallyRow[] = await tx('analytics_tallies')
      .orderBy('id')
      .limit(analyticsLimits.talliesAtOnce)
      .select('id', 'video_id', 'account_id', 'at', 'parts', ...figureNames);
    if (rows.length === 0) return 0;
    const subjects = await subjectsOf(tx, rows);
    const ready = rows.filter((row) => !subjects.isHeld(row));
    const sums = new Map<string, Sum>();
    const parts: DayParts[] = [];
    for (const row of ready) {
      const { video, accountId } = subjects.of(row);
      if (video) addTo(sums, { row, videoId: video.id, accountId: video.accountId, now });
      if (accountId) addTo(sums, { row, videoId: null, accountId, now });
      if (video && row.parts) parts.push({ ...video, at: row.at.getTime(), bytes: row.parts });
    }
    await writeSums(tx, [...sums.values()]);
    await foldParts(tx, parts);
    await tx('analytics_tallies')
      .whereRaw('id = any(?)', [ready.map(({ id }) => id)])
      .delete();
    return ready.length;
  });
}

interface OwnVideo {
  readonly id: VideoId;
  readonly accountId: AccountId;
}

/**
 * Whose figures the rows are. Videos and authors that are there stay until this is committed; of those that are gone nothing is added. One that
 * is just being deleted is held by others, who may wait for rows of this: its tallies are left for the next turn.
 */
async function subjectsOf(tx: Tx, rows: readonly TallyRow[]) {
  const videoIds = [...new Set(rows.flatMap(({ video_id }) => video_id ?? []))].sort(byNumber);
  const videos = new Map<string, OwnVideo>(
    (
      await tx('videos')
        .whereRaw('id = any(?)', [videoIds])
        .where('local', true)
        .orderBy('id')
        .forKeyShare()
        .skipLocked()
        .select<OwnVideo[]>('id', 'account_id as accountId')
    ).map((one) => [one.id, one]),
  );
  const named = [...videos.values()].map(({ accountId }) => accountId);
  const accountIds = [...new Set([...named, ...rows.flatMap(({ account_id }) => account_id ?? [])])];
  const accounts = new Set<string>(
    await tx('users')
      .whereRaw('account_id = any(?)', [accountIds.sort(byNumber)])
      .orderBy('account_id')
      .forKeyShare()
      .skipLocked()
      .pluck('account_id'),
  );
  const missing = {
    videos: videoIds.filter((id) => !videos.has(id)),
    accounts: accountIds.filter((id) => !accounts.has(id)),
  };
  const held = new Set<string>([
    ...(await tx('videos').whereRaw('id = any(?)', [missing.videos]).where('local', true).pluck('id')),
    ...(await tx('users').whereRaw('account_id = any(?)', [missing.accounts]).pluck('account_id')),
  ]);
  return {
    isHeld: ({ video_id, account_id }: TallyRow): boolean => {
      const author = video_id === null ? undefined : videos.get(video_id)?.accountId;
      return [video_id, account_id, author].some((id) => id != null && held.has(id));
    },
    of: ({ video_id, account_id }: TallyRow) => {
      const video = video_id === null ? undefined : videos.get(video_id);
      const accountId = account_id ?? video?.accountId ?? null;
      const isThere = accountId !== null && accounts.has(accountId);
      // A follow may name a video of somebody else: that one won nothing by it.
      return {
        video: isThere && video?.accountId === accountId ? video : undefined,
        accountId: isThere ? accountId : null,
      };
    },
  };
}

const byNumber = (a: string, b: string) => (BigInt(a) < BigInt(b) ? -1 : 1);

const KEPT: Readonly<Record<Grain, (at: number, now: number) => boolean>> = {
  minute: (at, now) => at >= now - analyticsLimits.minutesKeptMs,
  quarter: (at, now) => at >= quartersFrom(now),
  day: () => true,
};

/** From when on there are quarters of an hour: the beginning of a day (UTC). */
export const quartersFrom = (now: number): number =>
  startOfGrain('day', now) - analyticsLimits.quartersKeptDays * 24 * 3_600_000;

function addTo(
  sums: Map<string, Sum>,
  input: {
    readonly row: TallyRow;
    readonly videoId: VideoId | null;
    readonly accountId: AccountId;
    readonly now: number;
  },
): void {
  const { row, videoId, accountId, now } = input;
  for (const grain of ['minute', 'quarter', 'day'] as const) {
    const at = startOfGrain(grain, row.at.getTime());
    if (!KEPT[grain](at, now)) continue;
    const key = `${videoId ?? `of ${accountId}`} ${grain} ${at}`;
    const sum = sums.get(key) ?? { grain, at, accountId, videoId, figures: emptyFigures() };
    for (const name of figureNames) sum.figures[name] += Number(row[name]);
    sums.set(key, sum);
  }
}

const emptyFigures = () =>
  Object.fromEntries(figureNames.map((name) => [name, 0])) as Record<FigureName, number>;

async function writeSums(tx: Tx, sums: readonly Sum[]): Promise<void> {
  await write(
    tx,
    'analytics_videos',
    ['video_id', 'account_id'],
    sums.filter(({ videoId }) => videoId !== null),
  );
  await write(
    tx,
    'analytics_accounts',
    ['account_id'],
    sums.filter(({ videoId }) => videoId === null),
  );
}

/** One statement for all rows of a table: each column is an array. */
async function write(
  tx: Tx,
  table: 'analytics_videos' | 'analytics_accounts',
  ids: readonly ('video_id' | 'account_id')[],
  sums: readonly Sum[],
): Promise<void> {
  if (sums.length === 0) return;
  const columns = [...ids, 'grain', 'at', ...figureNames];
  const types = [...ids.map(() => 'bigint'), 'text', 'timestamptz', ...figureNames.map(() => 'bigint')];
  await tx.raw(
    `insert into ${table} as kept (${columns.join(', ')})
     select * from unnest(${types.map((type) => `cast(? as ${type}[])`).join(', ')})
     on conflict (${ids[0]}, grain, at) do update set
       ${figureNames.map((name) => `${name} = kept.${name} + excluded.${name}`).join(', ')}`,
    [
      ...ids.map((id) => sums.map(({ videoId, accountId }) => (id === 'video_id' ? videoId : accountId))),
      sums.map(({ grain }) => grain),
      sums.map(({ at }) => new Date(at)),
      ...figureNames.map((name) => sums.map(({ figures }) => figures[name])),
    ] as never[],
  );
}
