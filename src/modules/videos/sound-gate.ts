import { join } from 'node:path';
import type { Asset as StoredAsset } from '../../../media/asset.ts';
import type { Tx } from '../../db/database.ts';
import type { Finish } from '../../jobs/registry.ts';
import type { SoundId, VideoId } from '../../lib/ids.ts';
import { fail } from '../../lib/result.ts';
import { type Ruling, withSound } from '../sounds/index.ts';
import { replicateJobs } from './media-order.ts';
import { failedColumns, lockVideo } from './media-rows.ts';
import type { MediaJobDeps, MediaRun } from './media-work.ts';
import type { Video } from './model.ts';
import { enqueuePurge } from './purge.ts';

/** Videos with a sound that the staff has decided about: it is known before anybody hears them. */

/** Why a video is not there: its sound. */
export const SOUND_REFUSED = 'sound-refused';

/**
 * What counts for the sound of a video that was just made; null where it may be heard. One that is to be muted is under
 * that measure from then on.
 */
export async function ruleOfSound(
  deps: MediaJobDeps,
  videoId: VideoId,
  assets: readonly Pick<StoredAsset, 'key' | 'role' | 'codecs'>[],
  { dir, signal }: Pick<MediaRun, 'dir' | 'signal'>,
): Promise<Ruling | null> {
  const mp4 = assets.find(({ role, codecs }) => role === 'mp4' && codecs?.includes(','));
  if (!mp4 || !(await deps.sounds.hasRules(deps.db))) return null;
  const mp4Path = join(dir, 'heard.mp4');
  if (!(await deps.storage.download(mp4.key, mp4Path))) throw new Error('What was just made is not there.');
  const print = await deps.sounds.listen({ mp4Path, scratchDirectory: dir, signal });
  await deps.inTx(async (tx) => {
    if (await lockVideo(tx, videoId)) await deps.sounds.attach(tx, videoId, { print });
  });
  return deps.inTx((tx) => deps.sounds.judge(tx, videoId));
}

/** Refuses a video for its sound, with all that was made of it. */
export function refuseForSound(deps: MediaJobDeps, { id }: Pick<Video, 'id'>, ruling: Ruling): Finish {
  deps.log.info({ videoId: id, listedId: ruling.listedId }, 'a video was refused for its sound');
  return async (tx) => {
    const video = await lockVideo(tx, id);
    if (!video) return enqueuePurge(deps, tx, id);
    await deps.sounds.noteRefusal(tx, { videoId: id, ruling });
    const failed = failedColumns(fail(SOUND_REFUSED, deps.sounds.factsOf(ruling)));
    await tx('videos')
      .where({ id })
      .update({ state: 'rejected', hold: false, unannounced: false, ...failed });
    if (video.local) await deps.emit(tx, 'video.rejected', { videoId: id });
    await tx('video_assets').where({ video_id: id }).delete();
    return enqueuePurge(deps, tx, id);
  };
}

/** Shows and copies videos of other servers again that were refused for this sound. What was uploaded here is gone. */
export async function readmit(deps: Pick<MediaJobDeps, 'enqueue'>, tx: Tx, soundId: SoundId): Promise<void> {
  const rows: { id: VideoId }[] = await tx('videos')
    .whereIn('id', withSound(tx, soundId))
    .where({ local: false, state: 'rejected', media_reason: SOUND_REFUSED })
    .update({ state: 'published', media_state: 'waiting', media_reason: null, media_detail: null })
    .returning('id');
  await deps.enqueue(
    tx,
    await replicateJobs(
      tx,
      rows.map(({ id }) => ({ id, asker: 'list' })),
    ),
  );
}
