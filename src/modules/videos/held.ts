import type { Tx } from '../../db/database.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { VideoCommandDeps } from './commands.ts';
import { lockVideo } from './media-rows.ts';
import { enqueuePurge, type PurgeDeps } from './purge.ts';

/**
 * Videos that wait for a moderator, or for the author of what they were made from: everything is made of them, and nobody
 * sees them but their author.
 */

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
  await mine.update({ hold: false });
  const isMade = video.media_state === 'ready';
  if (!video.awaits_consent) await letBeSeen(deps, tx, videoId, isMade);
  else if (isMade) await deps.emit(tx, 'video.awaits-consent', { videoId });
  return ok();
}

async function letBeSeen(deps: VideoCommandDeps, tx: Tx, videoId: VideoId, isMade: boolean): Promise<void> {
  await tx('videos')
    .where({ id: videoId })
    .update({ state: 'published', published_at: tx.fn.now(), unannounced: !isMade });
  if (isMade) await deps.emit(tx, 'video.published', { videoId });
}

/** The author of what it was made from allows a video that waits for that; false for one that does not. */
export async function consentTo(deps: VideoCommandDeps, tx: Tx, videoId: VideoId): Promise<boolean> {
  const video = await lockVideo(tx, videoId);
  if (!video?.awaits_consent) return false;
  await tx('videos').where({ id: videoId }).update({ awaits_consent: false });
  // What is a draft, or waits for a moderator as well, is seen later.
  if (video.state === 'held' && !video.hold) {
    await letBeSeen(deps, tx, videoId, video.media_state === 'ready');
  }
  return true;
}

/** What a moderator released is kept from all again: of another server alone, which nobody had to be told of. */
export async function holdVideoAgain(
  tx: Tx,
  videoId: VideoId,
): Promise<Result<{ accountId: AccountId }, 'not-undoable'>> {
  const row = await tx('videos').where({ id: videoId, state: 'published' }).forUpdate().first();
  if (!row)
    return fail('not-undoable', 'This video is not there any more, or waits for a moderator already.');
  if (row.local) {
    return fail(
      'not-undoable',
      'Other servers were told of this video. Remove it instead: that can be taken back.',
    );
  }
  await tx('videos').where({ id: videoId }).update({ state: 'held', hold: true });
  return ok({ accountId: row.account_id });
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
