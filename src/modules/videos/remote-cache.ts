import { remoteCacheLimits } from '../../../config/media-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { AssetRole } from './model.ts';
import type { UncopiedReason } from './remote-modes.ts';
import { purgesOf } from './shared-copies.ts';
import { notViral } from './viral.ts';

/**
 * The copies of remote videos as a cache with a cap. What it takes is asked of the rows each time, once per copy:
 * a counter could drift, and the sum goes over the copies alone, whose number the cap itself bounds. So it is right
 * after a crash at any moment, whoever adds or removes rows.
 */

export interface CacheDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly cache: {
    readonly maxBytes: number;
    /** 0: however long it is. */
    readonly maxAgeMs: number;
  };
}

/** Small, and shown in lists: these stay when the rest goes. */
const KEPT: readonly AssetRole[] = ['poster', 'poster-webp'];

/** Any number, the same for every process: who holds it makes room, or fills it. */
const CACHE_LOCK = 7_461_340;

/** Bytes of all objects that remote videos are played from; one that several share counts once. */
export async function cachedBytes(from: Db): Promise<number> {
  const { rows } = await from.raw<{ rows: { bytes: string }[] }>(
    `select coalesce(sum(bytes), 0) as bytes from (
       select distinct on (video_assets.key) video_assets.bytes
         from videos join video_assets on video_assets.video_id = videos.id
        where not videos.local and videos.media_state in ('ready', 'working')
          and video_assets.role <> all(?)
        order by video_assets.key) as objects`,
    [[...KEPT]],
  );
  return Number(rows[0]?.bytes ?? 0);
}

/**
 * Makes room for `bytes` of a copy of `videoId` that this transaction is about to record: least recently watched
 * copies go until it fits. Until the transaction ends nobody else makes or fills room, so that the cap holds whatever
 * runs beside it. Fails where everything else is being watched; a copy that is larger than the whole cache gets it
 * to itself.
 */
export async function makeRoom(
  deps: CacheDeps,
  tx: Tx,
  bytes: number,
  videoId: VideoId,
): Promise<Result<{ evicted: readonly VideoId[] }, 'cache-full'>> {
  await tx.raw('select pg_advisory_xact_lock(?)', [CACHE_LOCK]);
  const { maxBytes } = deps.cache;
  const used = await cachedBytes(tx);
  if (used + bytes <= maxBytes) return ok({ evicted: [] });
  const target = Math.max(0, Math.min(maxBytes * remoteCacheLimits.watermark, maxBytes - bytes));
  const { evicted, left } = await evictDownTo(deps, tx, target, videoId);
  if (left + bytes <= maxBytes || left === 0) return ok({ evicted });
  return fail('cache-full', 'There is no room for copies now: all that are here are being watched.');
}

/** Evicts copies, least recently watched first, until no more than `target` bytes are left or none may go. */
async function evictDownTo(deps: CacheDeps, tx: Tx, target: number, keep: VideoId | null) {
  const evicted: VideoId[] = [];
  let left = await cachedBytes(tx);
  while (left > target) {
    const batch = await evictionCandidates(tx, keep, null);
    if (batch.length === 0) break;
    for (const { id, bytes } of batch) {
      if (left <= target) break;
      await evictOne(deps, tx, id);
      evicted.push(id);
      // An object that others share stays, so that the sum may be larger: it is asked for again below.
      left -= bytes;
    }
    left = await cachedBytes(tx);
  }
  return { evicted, left };
}

/**
 * Copies that may go, least recently watched first, with what each takes. Never videos of this server, nor one
 * that somebody watched a moment ago, nor one that another transaction has in hand.
 */
async function evictionCandidates(
  from: Db,
  keep: VideoId | null,
  unwatchedForMs: number | null,
): Promise<{ id: VideoId; bytes: number }[]> {
  const ago = (ms: number) => from.raw(`now() - ? * interval '1 ms'`, [ms]);
  const query = from('videos')
    .where({ local: false, media_state: 'ready' })
    .where((idle) =>
      idle
        .whereNull('last_watched_at')
        .orWhere('last_watched_at', '<', ago(remoteCacheLimits.watchedRecentlyMs)),
    )
    .modify(notViral(from))
    .orderByRaw('coalesce(last_watched_at, created_at), id')
    .limit(remoteCacheLimits.atOnce)
    .forUpdate()
    .skipLocked();
  if (keep !== null) query.whereNot({ id: keep });
  if (unwatchedForMs !== null)
    query.whereRaw('coalesce(last_watched_at, created_at) < ?', [ago(unwatchedForMs)]);
  const ids: VideoId[] = await query.pluck('id');
  const sums: { video_id: VideoId; bytes: string }[] = await from('video_assets')
    .whereIn('video_id', ids)
    .whereNotIn('role', [...KEPT])
    .groupBy('video_id')
    .select('video_id', from.raw('sum(bytes) as bytes'));
  const byId = new Map(sums.map(({ video_id, bytes }) => [video_id, Number(bytes)]));
  return ids.map((id) => ({ id, bytes: byId.get(id) ?? 0 }));
}

/** Takes away what a video is played from; its description and poster stay. Its row must be locked. */
async function evictOne({ enqueue }: Pick<CacheDeps, 'enqueue'>, tx: Tx, videoId: VideoId): Promise<void> {
  await enqueue(tx, await purgesOf(tx, videoId));
  await tx('video_assets')
    .where({ video_id: videoId })
    .whereNotIn('role', [...KEPT])
    .delete();
  await tx('videos')
    .where({ id: videoId })
    .update({
      media_state: 'waiting',
      media_reason: 'evicted' satisfies UncopiedReason,
      ...{ media_stage: null, media_percent: 0, media_detail: null, chunk_index: null },
    });
}

/** Takes the copy of one video away, for whoever looks after the server. Tells what it took. */
export async function evictCopy(
  deps: Pick<CacheDeps, 'enqueue'>,
  tx: Tx,
  videoId: VideoId,
): Promise<Result<{ bytes: number }, 'not-found' | 'not-ready'>> {
  const row = await tx('videos').where({ id: videoId, local: false }).forUpdate().first('media_state');
  if (!row) return fail('not-found', 'There is no such video of another server.');
  if (row.media_state !== 'ready') return fail('not-ready', 'There is no copy of this video.');
  const sum = await tx('video_assets')
    .where({ video_id: videoId })
    .whereNotIn('role', [...KEPT])
    .first<{ bytes: string }>(tx.raw('coalesce(sum(bytes), 0) as bytes'));
  await evictOne(deps, tx, videoId);
  return ok({ bytes: Number(sum.bytes) });
}

/** What to prune the cache to. */
export interface Pruning {
  /** Copies that nobody watched for so long go. */
  readonly unwatchedForMs?: number | undefined;
  /** Then the least recently watched ones, until no more than this is left. */
  readonly toBytes?: number | undefined;
  /** Only tells what would go. */
  readonly dryRun?: boolean | undefined;
}

/** Removes copies by age and by size, in many short transactions. Tells how many went, and what they took. */
export async function pruneCache(
  deps: CacheDeps,
  pruning: Pruning,
  signal?: AbortSignal,
): Promise<{ videos: number; bytes: number }> {
  const { unwatchedForMs, toBytes } = pruning;
  let gone = { videos: 0, bytes: 0 };
  const add = (batch: readonly { bytes: number }[]) => {
    gone = {
      videos: gone.videos + batch.length,
      bytes: batch.reduce((sum, { bytes }) => sum + bytes, gone.bytes),
    };
  };
  const rounds = async (age: number | null, isEnough: (used: number) => boolean) => {
    for (;;) {
      if (signal?.aborted) return;
      const batch = await deps.inTx(async (tx) => {
        await tx.raw('select pg_advisory_xact_lock(?)', [CACHE_LOCK]);
        let used = await cachedBytes(tx);
        const going: { id: VideoId; bytes: number }[] = [];
        for (const one of await evictionCandidates(tx, null, age)) {
          if (isEnough(used)) break;
          await evictOne(deps, tx, one.id);
          used -= one.bytes;
          going.push(one);
        }
        return going;
      });
      add(batch);
      if (batch.length === 0) return;
    }
  };
  if (pruning.dryRun) return foreseen(deps.db, pruning);
  if (unwatchedForMs !== undefined) await rounds(unwatchedForMs, () => false);
  if (toBytes !== undefined) await rounds(null, (used) => used <= toBytes);
  return gone;
}

/** What `pruneCache` would remove; objects that several videos share count for each. */
async function foreseen(
  db: Db,
  { unwatchedForMs, toBytes }: Pruning,
): Promise<{ videos: number; bytes: number }> {
  const used = toBytes === undefined ? 0 : await cachedBytes(db);
  const { rows } = await db.raw<{ rows: { videos: string; bytes: string }[] }>(
    `with copies as (
       select coalesce(last_watched_at, created_at) as watched_at, id,
              (select coalesce(sum(bytes), 0) from video_assets
                where video_id = videos.id and role <> all(:kept)) as bytes
         from videos
        where not local and media_state = 'ready'
          and (last_watched_at is null or last_watched_at < now() - :recently * interval '1 ms')
          and id not in (select video_id from viral_videos where until > now())),
     old as (select * from copies where :age::float8 is not null and watched_at < now() - :age * interval '1 ms'),
     rest as (
       select *, sum(bytes) over (order by watched_at, id rows unbounded preceding) - bytes as before
         from copies where id not in (select id from old)),
     excess as (
       select * from rest
        where :target::float8 is not null
          and before < :used - (select coalesce(sum(bytes), 0) from old) - :target)
     select count(*) as videos, coalesce(sum(bytes), 0) as bytes
       from (select id, bytes from old union all select id, bytes from excess) as going`,
    {
      ...{ kept: [...KEPT], recently: remoteCacheLimits.watchedRecentlyMs, used },
      ...{ age: unwatchedForMs ?? null, target: toBytes ?? null },
    },
  );
  return { videos: Number(rows[0]?.videos ?? 0), bytes: Number(rows[0]?.bytes ?? 0) };
}

/** Keeps the cache within its cap and its age: for upkeep, and where the cap was lowered. */
export function keepWithinCap(deps: CacheDeps, signal?: AbortSignal) {
  const { maxBytes, maxAgeMs } = deps.cache;
  return pruneCache(
    deps,
    { toBytes: maxBytes, ...(maxAgeMs > 0 ? { unwatchedForMs: maxAgeMs } : {}) },
    signal,
  );
}
