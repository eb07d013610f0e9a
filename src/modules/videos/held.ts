import type { Tx } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { VideoCommandDeps } from './commands.ts';
import { lockVideo } from './media-rows.ts';
import { enqueuePurge, type PurgeDeps } from './purge.ts';

/** Videos that wait for a moderator: everything is made of them, and nobody sees them but their author. */

const notHeld = () => fail('not-found', 'This video does not wait for a moderator.');

/**
 * Lets a video be seen. Where all of it is made, others are told at once, and otherwise as soon as that is so: once in
 * any case.
 */
export async function releaseVideo(
  deps: VideoCommandDeps,
  tx: Tx,
  videoId: VideoId,
): Promise<Result<object, 'not-found'>> {
  const video = await lockVideo(tx, videoId);
  if (!video?.hold) return notHeld();
  const mine = tx('videos').where({ id: videoId });
  // What is not made yet is seen once it is, like any other.
  if (video.state !== 'held') {
    await mine.update({ hold: false });
    return ok();
  }
  if (!video.local) {
    await mine.update({ hold: false, state: 'published' });
    // One that was copied was known before it was held.
    if (video.media_state !== 'ready') await deps.emit(tx, 'video.discovered', { videoId });
    return ok();
  }
  const isMade = video.media_state === 'ready';
  await mine.update({ hold: false, state: 'published', published_at: tx.fn.now(), unannounced: !isMade });
  if (isMade) await deps.emit(tx, 'video.published', { videoId });
  return ok();
}

/**
 * Refuses a video that is held. Its author finds it with the reason among those that could not be published; its files
 * go, and one of another server is not taken again.
 */
export async function refuseVideo(
  deps: VideoCommandDeps & PurgeDeps,
  tx: Tx,
  { videoId, reason }: { readonly videoId: VideoId; readonly reason: string },
): Promise<Result<object, 'not-found'>> {
  const video = await lockVideo(tx, videoId);
  if (!video?.hold) return notHeld();
  await tx('videos')
    .where({ id: videoId })
    .update({
      ...{ hold: false, state: 'rejected', unannounced: false },
      ...{ media_state: 'failed', media_stage: null, media_reason: 'not-allowed', media_detail: reason },
    });
  if (video.local) await deps.emit(tx, 'video.rejected', { videoId });
  await tx('video_assets').where({ video_id: videoId }).delete();
  await enqueuePurge(deps, tx, videoId);
  return ok();
}
