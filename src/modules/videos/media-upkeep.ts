import { mediaLimits } from '../../../config/media-limits.ts';
import { soundLimits } from '../../../config/sound-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { replicateJobs, stageJob } from './media-order.ts';
import { GIVEN_UP } from './media-process.ts';
import type { MediaJobDeps } from './media-work.ts';
import { enqueuePurge } from './purge.ts';

/**
 * Asks what the sounds are of videos that were finished before anybody looked for that: their extras are made anew, a
 * few at a time, and each once. Returns how many.
 */
export async function askForSounds(deps: Pick<Deps, 'enqueue'>, tx: Tx): Promise<number> {
  const rows: VideoId[] = await tx('videos')
    .where({ sound_heard: false, state: 'published', media_state: 'ready' })
    .whereRaw(
      `not exists (select 1 from jobs where key = 'media.extras:' || videos.id and state = 'pending')`,
    )
    .orderBy('id')
    .limit(soundLimits.heardAtOnce)
    .forUpdate()
    .skipLocked()
    .pluck('id');
  await tx('videos').whereRaw('id = any(?::bigint[])', [rows]).update({ sound_heard: true });
  for (const videoId of rows) await deps.enqueue(tx, await stageJob(tx, 'media.extras', videoId));
  return rows.length;
}

type Deps = Pick<MediaJobDeps, 'clock' | 'enqueue' | 'lazyRungs' | 'log'>;

/**
 * Ends the wait for videos whose jobs are dead letters, as when their worker died in every try: they are refused
 * with a reason, or stay with the sizes they have. Returns how many there were.
 */
export async function failAbandoned(deps: Deps & Pick<MediaJobDeps, 'emit'>, tx: Tx): Promise<number> {
  const rows: { id: VideoId; local: boolean; has_media: boolean }[] = await tx('videos')
    .whereIn('media_state', ['waiting', 'working'])
    // What waits for somebody to open it does not wait for a job.
    .whereNull('media_reason')
    .whereIn('id', (dead) =>
      dead
        .from('jobs')
        .where({ state: 'dead' })
        .whereIn('name', ['media.process', 'media.ladder', 'media.replicate'])
        .select(tx.raw(`(payload->>'videoId')::bigint`)),
    )
    .whereNotExists((alive) =>
      alive
        .from('jobs')
        .where({ state: 'pending' })
        .whereIn('name', ['media.process', 'media.ladder', 'media.replicate'])
        .whereRaw(`(payload->>'videoId')::bigint = videos.id`)
        .select('id'),
    )
    .orderBy('id')
    .limit(100)
    .forUpdate()
    .skipLocked()
    .select('id', 'local', tx.raw('chunk_index is not null as has_media'));
  for (const { id, local, has_media } of rows) {
    const mine = tx('videos').where({ id });
    if (has_media) {
      // It goes out with the sizes that are there: the last step of the job for the others does that.
      const job = await stageJob(tx, 'media.ladder', id);
      await deps.enqueue(tx, { ...job, payload: { videoId: id, settle: true } });
      continue;
    }
    const { reason, detail } = GIVEN_UP;
    const failed = { media_state: 'failed', media_stage: null, media_reason: reason, media_detail: detail };
    await mine.update({ ...failed, ...(local ? { state: 'rejected', unannounced: false } : {}) });
    if (local) {
      await tx('video_assets').where({ video_id: id }).delete();
      await deps.emit(tx, 'video.rejected', { videoId: id });
    }
    await enqueuePurge(deps, tx, id);
  }
  if (rows.length > 0)
    deps.log.warn({ videos: rows.length }, 'videos were given up: their jobs failed for good');
  return rows.length;
}

/**
 * Somebody asks for the sizes that are made at first demand only, or the video is watched a lot. Returns whether
 * they will be made.
 */
export async function wantAllRungs(deps: Deps, tx: Tx, videoId: VideoId): Promise<boolean> {
  if (!deps.lazyRungs) return false;
  const asked = await tx('videos')
    .where({ id: videoId, local: true, state: 'published', all_rungs_wanted: false })
    .whereNotNull('original_key')
    .whereRaw('planned_rungs[1] > ?', [mediaLimits.lazyAboveShortSidePixels])
    .update({ all_rungs_wanted: true });
  if (asked === 0) return false;
  await deps.enqueue(tx, await stageJob(tx, 'media.ladder', videoId));
  return true;
}

/** A video was liked or shared: one that many like gets all sizes. */
export async function onLiked(
  deps: Deps,
  tx: Tx,
  { videoId }: { readonly videoId: VideoId | null },
): Promise<void> {
  if (videoId === null || !deps.lazyRungs) return;
  const { rows } = await tx.raw<{ rows: unknown[] }>(
    `select 1 from likes where video_id = :videoId union all select 1 from shares where video_id = :videoId limit :hot`,
    { videoId, hot: mediaLimits.hotReactions },
  );
  if (rows.length >= mediaLimits.hotReactions) await wantAllRungs(deps, tx, videoId);
}

/**
 * Has what lies beside a video made anew: storyboard, preview, and the poster that its author has chosen; the poster
 * that nobody chose belongs to what a video is made of (see `askToRemake`).
 */
export async function askForThumbnails(
  deps: Deps,
  tx: Tx,
  videoId: VideoId,
): Promise<Result<object, 'not-found' | 'not-ready'>> {
  const row = await tx('videos').where({ id: videoId }).forUpdate().first('media_state', 'local');
  if (!row) return fail('not-found', 'There is no such video.');
  if (row.media_state !== 'ready')
    return fail('not-ready', 'This video is not ready, so there is nothing to make thumbnails of.');
  await deps.enqueue(tx, await stageJob(tx, 'media.extras', videoId));
  if (row.local) await deps.enqueue(tx, await stageJob(tx, 'media.poster', videoId));
  return ok();
}

/** Has everything of a video made anew: from what was uploaded, or from its server. Asking again changes nothing. */
export async function askToRemake(
  deps: Deps,
  tx: Tx,
  videoId: VideoId,
): Promise<Result<object, 'not-found' | 'no-source' | 'not-ready'>> {
  const row = await tx('videos')
    .where({ id: videoId })
    .forUpdate()
    .first('local', 'state', 'media_state', 'media_reason', 'original_key', 'source_url');
  if (!row) return fail('not-found', 'There is no such video.');
  const isAsked = !row.local && row.media_state === 'waiting' && row.media_reason === null;
  if (isAsked) return ok();
  if (row.media_state !== 'ready')
    return fail('not-ready', 'This video is not ready, so there is nothing to make anew.');
  if (row.local) {
    if (row.original_key === null) return fail('no-source', 'The uploaded file of this video was not kept.');
    await deps.enqueue(tx, await stageJob(tx, 'media.remake', videoId));
    return ok();
  }
  if (row.source_url === null) return fail('no-source', 'Its server names no file of this video.');
  await tx('videos').where({ id: videoId }).update({ media_state: 'waiting', media_reason: null });
  await deps.enqueue(tx, await replicateJobs(tx, [{ id: videoId, asker: 'staff' }]));
  return ok();
}
