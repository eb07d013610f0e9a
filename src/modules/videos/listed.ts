import { join } from 'node:path';
import type { Asset as StoredAsset } from '../../../media/asset.ts';
import type { Finish } from '../../jobs/registry.ts';
import { fail } from '../../lib/result.ts';
import type { Found } from '../hashes/index.ts';
import { failedColumns, lockVideo } from './media-rows.ts';
import type { MediaJobDeps, MediaRun } from './media-work.ts';
import type { Video } from './model.ts';
import { enqueuePurge } from './purge.ts';

/** Videos that are on a list of what must not be posted again: nobody sees them, and the file is kept as evidence. */

const LISTED = fail('listed', 'This video is on a list of videos that this server does not take.');

/** What is listed that the MP4 shows which was just made, or null. */
export async function listedPicture(
  deps: MediaJobDeps,
  assets: readonly Pick<StoredAsset, 'key' | 'role'>[],
  sha256: string,
  { dir, signal }: Pick<MediaRun, 'dir' | 'signal'>,
): Promise<Found | null> {
  const mp4 = assets.find(({ role }) => role === 'mp4');
  if (!mp4 || !(await deps.hashes.looksAtPictures())) return null;
  const mp4Path = join(dir, 'compared.mp4');
  if (!(await deps.storage.download(mp4.key, mp4Path))) throw new Error('What was just made is not there.');
  return deps.hashes.byPicture({ mp4Path, scratchDirectory: dir, sha256, signal });
}

/** Keeps the file outside of what is served, and refuses the video with all that was made of it. */
export async function keepFromAll(
  deps: MediaJobDeps,
  { id, accountId }: Pick<Video, 'id' | 'accountId'>,
  found: Found,
  sourcePath: string,
): Promise<Finish> {
  const key = await deps.hashes.quarantine(id, sourcePath);
  deps.log.warn({ videoId: id, listedId: found.listedId, by: found.by }, 'a listed video was refused');
  return async (tx) => {
    await deps.hashes.noteMatch(tx, { found, videoId: id, accountId, key });
    const video = await lockVideo(tx, id);
    if (!video) return enqueuePurge(deps, tx, id);
    await tx('videos')
      .where({ id })
      .update({ state: 'rejected', hold: false, unannounced: false, ...failedColumns(LISTED) });
    if (video.local) await deps.emit(tx, 'video.rejected', { videoId: id });
    await tx('video_assets').where({ video_id: id }).delete();
    return enqueuePurge(deps, tx, id);
  };
}
