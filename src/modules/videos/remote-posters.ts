import { retentionLimits } from '../../../config/retention-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { VideoId } from '../../lib/ids.ts';
import { inWorkDir, type Queries } from './media-work.ts';
import type { Video } from './model.ts';
import { copyPoster, type ReplicaDeps } from './replicas.ts';
import { purgesOf } from './shared-copies.ts';

/**
 * Posters of videos of other servers that are not copied. They go by age and by size, and come back when somebody sees
 * the video in a list. Those of copies stay with their copies.
 */

interface PosterDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
}

export interface PosterBounds {
  readonly maxBytes: number;
  /** 0: however long it is. */
  readonly maxAgeMs: number;
}

/** Looked up together; each batch of them is removed in a transaction of its own. */
const FOUND_AT_ONCE = 5_000;

/** Removes posters that are too old, and the oldest of what is too much. Tells how many went, and their bytes. */
export async function prunePosters(
  deps: PosterDeps,
  bounds: PosterBounds,
  signal?: AbortSignal,
): Promise<{ rows: number; bytes: number }> {
  const gone = { rows: 0, bytes: 0 };
  for (;;) {
    const found = await postersToGo(deps.db, bounds);
    for (let start = 0; start < found.length; start += retentionLimits.filesAtOnce) {
      if (signal?.aborted) return gone;
      const ids = found.slice(start, start + retentionLimits.filesAtOnce);
      const batch = await deps.inTx((tx) => dropPosters(deps, tx, ids));
      gone.rows += batch.rows;
      gone.bytes += batch.bytes;
    }
    if (found.length < FOUND_AT_ONCE || signal?.aborted) return gone;
  }
}

async function postersToGo(db: Db, { maxBytes, maxAgeMs }: PosterBounds): Promise<VideoId[]> {
  const { rows } = await db.raw<{ rows: { id: VideoId }[] }>(
    `with posters as (
       select videos.id, coalesce(videos.poster_at, videos.created_at) as at, sum(video_assets.bytes) as bytes
         from video_assets join videos on videos.id = video_assets.video_id
        where video_assets.role in ('poster', 'poster-webp')
          and not videos.local and videos.media_state in ('waiting', 'none', 'failed')
        group by videos.id),
     counted as (select id, at, sum(bytes) over (order by at desc, id desc) as newer from posters)
     select id from counted
      where newer > :maxBytes or (:maxAgeMs > 0 and at < now() - :maxAgeMs * interval '1 ms')
      order by at, id limit :limit`,
    { maxBytes, maxAgeMs, limit: FOUND_AT_ONCE },
  );
  return rows.map(({ id }) => id);
}

async function dropPosters(
  { enqueue }: PosterDeps,
  tx: Tx,
  found: readonly VideoId[],
): Promise<{ rows: number; bytes: number }> {
  const ids: VideoId[] = await tx('videos')
    .whereIn('id', [...found])
    .where({ local: false })
    .whereIn('media_state', ['waiting', 'none', 'failed'])
    .orderBy('id')
    .forUpdate()
    .skipLocked()
    .pluck('id');
  for (const id of ids) await enqueue(tx, await purgesOf(tx, id));
  const removed: { bytes: string }[] = await tx('video_assets')
    .whereIn('video_id', ids)
    .whereIn('role', ['poster', 'poster-webp'])
    .delete()
    .returning('bytes');
  await tx('videos').whereIn('id', ids).update({ poster_at: null });
  return { rows: ids.length, bytes: removed.reduce((sum, { bytes }) => sum + Number(bytes), 0) };
}

/** Asked for once in so long by one process: a server that has no poster any more is not asked all the time. */
const ASKED_AGAIN_MS = 3_600_000;
const ASKED_IN_MEMORY = 10_000;

/** Remembers which posters were asked for of late, and asks for those of the others. */
export function createPosterWishes(deps: PosterDeps & Pick<ReplicaDeps, 'clock' | 'log'>) {
  const askedAt = new Map<VideoId, number>();

  return {
    /** Somebody sees these videos: posters that are not here are asked for. Never rejects, and makes nobody wait. */
    want(videos: readonly Video[]): void {
      const now = deps.clock.now();
      const ids = videos.filter((video) => isWithoutPoster(video)).map(({ id }) => id);
      const fresh = ids.filter((id) => now - (askedAt.get(id) ?? Number.NEGATIVE_INFINITY) > ASKED_AGAIN_MS);
      if (fresh.length === 0) return;
      if (askedAt.size + fresh.length > ASKED_IN_MEMORY) askedAt.clear();
      for (const id of fresh) askedAt.set(id, now);
      const jobs = fresh.map((videoId) => ({
        name: 'media.remote-poster' as const,
        payload: { videoId },
        key: `media.remote-poster:${videoId}`,
      }));
      deps
        .inTx((tx) => deps.enqueue(tx, jobs))
        .catch((error) => deps.log.warn({ err: error }, 'posters could not be asked for'));
    },
  };
}

/** What waits for its copy without a reason gets its poster with that. */
function isWithoutPoster({ local, state, sourcePosterUrl, media, assets }: Video): boolean {
  if (local || state !== 'published' || sourcePosterUrl === null) return false;
  const isUnderWay = media.state === 'working' || (media.state === 'waiting' && media.reason === null);
  return !isUnderWay && !assets.some(({ role }) => role === 'poster');
}

/** Copies the poster of a video of another server that somebody sees. */
export function fetchPoster(
  deps: ReplicaDeps,
  queries: Queries,
  videoId: VideoId,
  run: JobRun,
): Promise<Finish | undefined> {
  return inWorkDir(deps, { stage: 'poster', videoId }, run, async ({ dir, signal }) => {
    const video = await queries.internal(videoId);
    if (!video || !isWithoutPoster(video) || !(await deps.takesCopies())) return undefined;
    const hosts = [video.uri, video.sourcePosterUrl].flatMap((url) =>
      url === null ? [] : [new URL(url).host],
    );
    if ((await deps.mediaRefusal(hosts)) !== null) return undefined;
    await copyPoster(deps, video, dir, signal);
    return undefined;
  });
}
