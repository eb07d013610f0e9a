import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { mediaLimits } from '../../../config/media-limits.ts';
import { isMediaKey } from '../../../media/keys.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import { fitsKey, transfer } from '../../../media/storage/transfer.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { type Enqueue, LAST_PRIORITY } from '../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { VideoId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import { namesAmong } from './named.ts';

export interface TierDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scratchDir: string;
  readonly hot: ObjectStorage;
  readonly cold: ObjectStorage;
  /** A video that nobody watched for so long becomes cold. */
  readonly coldAfterMs: number;
}

/** Must be the expression of the index `videos_to_cool`. */
const LAST_USE = 'coalesce(last_watched_at, published_at, created_at)';

/** Moves what nobody watches to the cheaper store, and what somebody watches again back. */
export function createTiers(deps: TierDeps) {
  const { db, inTx, enqueue, clock, log } = deps;
  const asked = new LRUCache<string, true>({ max: 10_000, ttl: mediaLimits.warmAskedAgainMs });
  const cutoff = () => new Date(clock.now() - deps.coldAfterMs);

  return {
    /** Somebody reads a cold object: it is asked for once, to become hot. */
    onColdRead(key: string): void {
      if (!isMediaKey(key) || asked.has(key)) return;
      asked.set(key, true);
      inTx((tx) => enqueue(tx, { name: 'media.warm', payload: { key }, key: `warm:${key}` })).catch(
        (error) => {
          asked.delete(key);
          log.warn({ err: error, key }, 'a cold object could not be asked for');
        },
      );
    },

    /** Asks for the videos that are due, longest unwatched first; gives their number. */
    async coolDue(): Promise<number> {
      const rows: { id: VideoId }[] = await db('videos')
        .where(isDue(cutoff()))
        .orderByRaw(LAST_USE)
        .limit(mediaLimits.videosCooledAtOnce)
        .select('id');
      await inTx((tx) =>
        enqueue(
          tx,
          rows.map(({ id }) => ({
            ...{ name: 'media.cool' as const, payload: { videoId: id }, key: `cool:${id}` },
            priority: LAST_PRIORITY,
          })),
        ),
      );
      return rows.length;
    },

    /** The job that moves the large files of one video to the cold store. */
    cool: (videoId: VideoId, run: JobRun) => cool(deps, cutoff(), videoId, run),

    /** The job that copies one object back. */
    warm: (key: string) => warm(deps, key),
  };
}

function isDue(before: Date) {
  return (query: Knex.QueryBuilder) =>
    query
      .where({ media_state: 'ready' })
      .whereNull('cold_since')
      .whereRaw(`${LAST_USE} < ?`, [before])
      // What spreads fast stays at hand.
      .whereRaw('id not in (select video_id from viral_videos where until > now())');
}

/** May be cut off anywhere: what was moved stays moved, and the rest follows when it is called again. */
async function cool(
  deps: TierDeps,
  before: Date,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  const { db, log } = deps;
  if (!(await db('videos').where({ id: videoId }).where(isDue(before)).first('id'))) return undefined;
  await inScratch(deps, async (scratchDir) => {
    for (const { key, sha256 } of await coolable(db, videoId, before)) {
      run.signal.throwIfAborted();
      const moved = await transfer({
        ...{ from: deps.hot, to: deps.cold, key, scratchDir },
        accepts: (coming) => sha256 === null || coming.sha256 === sha256,
        keeps: (there) => sha256 !== null && there.sha256 === sha256,
      });
      if (moved === null) continue;
      if (sha256 !== null && moved.sha256 !== sha256) {
        log.warn({ key }, 'a damaged object stays where it is: see storage check');
        continue;
      }
      if (await isGone(db, key)) await deps.cold.remove([key]);
      await deps.hot.remove([key]);
    }
  });
  return async (tx: Tx) => {
    // Watched meanwhile: then it is due again some day.
    await tx('videos').where({ id: videoId }).where(isDue(before)).update({ cold_since: tx.fn.now() });
    return null;
  };
}

/** The original and what holds picture or sound; what else a video has is small, and shown in lists. */
async function coolable(
  db: Db,
  videoId: VideoId,
  before: Date,
): Promise<{ key: string; sha256: string | null }[]> {
  const assets: { key: string; sha256: string }[] = await db('video_assets as mine')
    .where('mine.video_id', videoId)
    .whereRaw(`mine.content_type ~ '^(video|audio)/'`)
    // A file of the same content may be that of another video, too.
    .whereNotExists((others) =>
      others
        .from('video_assets as theirs')
        .join('videos', 'videos.id', 'theirs.video_id')
        .whereRaw('theirs.key = mine.key and theirs.video_id <> mine.video_id')
        .whereRaw(`${LAST_USE} >= ?`, [before]),
    )
    .select('mine.key', 'mine.sha256');
  const video: { original_key: string | null } | undefined = await db('videos')
    .where({ id: videoId })
    .first('original_key');
  const original = video?.original_key;
  return original ? [...assets, { key: original, sha256: null }] : assets;
}

async function warm(deps: TierDeps, key: string): Promise<Finish> {
  const copied = await inScratch(deps, (scratchDir) =>
    transfer({
      ...{ from: deps.cold, to: deps.hot, key, scratchDir },
      accepts: (coming) => fitsKey(key, coming),
      keeps: (there) => fitsKey(key, there),
    }),
  );
  if (copied && !fitsKey(key, copied)) deps.log.warn({ key }, 'a cold object is damaged: see storage check');
  if (copied && (await isGone(deps.db, key))) await deps.hot.remove([key]);
  return async (tx) => {
    const ids = tx('video_assets').where({ key }).select('video_id');
    await tx('videos').whereIn('id', ids).update({ cold_since: null, last_watched_at: tx.fn.now() });
    return null;
  };
}

/**
 * Whether the video was deleted while one of its objects was copied. Its purge removes from both stores after
 * the row has gone: so either it still comes, or it is seen here.
 */
async function isGone(db: Db, key: string): Promise<boolean> {
  return !(await namesAmong(db, [key])).has(key);
}

async function inScratch<T>(deps: TierDeps, work: (dir: string) => Promise<T>): Promise<T> {
  await mkdir(deps.scratchDir, { recursive: true });
  const dir = await mkdtemp(join(deps.scratchDir, 'tier-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
