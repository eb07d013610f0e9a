import type { Finish, JobRun } from '../../src/jobs/registry.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { Sounds } from '../../src/modules/sounds/index.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import { createOriginalAt, type OriginalDeps } from './originals.ts';

export interface CheckSoundDeps extends OriginalDeps {
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly sounds: Sounds;
}

/**
 * The job `sounds.check`. A video of another server says that it was made with the sound of another one: it is among the
 * videos of that sound, and names whose it is, where that author lets whoever made it use it.
 */
export function createCheckSound(deps: CheckSoundDeps) {
  const originalAt = createOriginalAt(deps);

  return async (videoId: VideoId, run: JobRun): Promise<Finish | undefined> => {
    const [video, uri] = await Promise.all([deps.videos.internal(videoId), deps.sounds.claimOf(videoId)]);
    const maker = video && (await deps.accounts.byId(video.accountId));
    if (!maker || uri === null) return;
    const original = await originalAt(uri, maker, run);
    if (!original) return;
    return async (tx) => {
      await deps.sounds.credit(tx, videoId, original.id);
      return null;
    };
  };
}
