import { readingLimits } from '../../config/limits.ts';
import type { Tx } from '../../src/db/database.ts';
import type { Finish, JobRun } from '../../src/jobs/registry.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import type { Posts } from '../posts.ts';

export interface RefreshDeps {
  readonly videos: Videos;
  readonly posts: Posts;
  readonly clock: Clock;
}

/**
 * The job `post.refresh`: asks whether a public video of another server still exists. One that its server calls
 * gone (410) is dropped at once, one that it does not find (404) when it says so again hours later
 * (federation-interop.md 3). Servers that are away, or refuse, decide nothing.
 */
export function createRefresh({ videos, posts, clock }: RefreshDeps) {
  return async (videoId: VideoId, run: JobRun): Promise<Finish | undefined> => {
    const video = await videos.internal(videoId);
    if (!video || video.local || !['public', 'unlisted'].includes(video.visibility)) return;
    const loaded = await posts.load(video.uri, run.signal);
    if (!loaded.ok && loaded.why.again && !run.lastAttempt) {
      throw new Error(`It could not be had just now: ${loaded.why.reason}`);
    }
    const drop = async (tx: Tx) => {
      await videos.remove(tx, video.id, video.accountId);
      return null;
    };
    if (!loaded.ok && loaded.why.reason === 'object-gone') return drop;
    const isMissing = !loaded.ok && loaded.why.reason === 'object-not-found';
    return async (tx) => {
      if (!loaded.ok && !isMissing) return null;
      const since = await videos.noteMissing(tx, video.id, isMissing);
      if (since === null) return null;
      const dueAt = since.getTime() + readingLimits.missingPauseMs;
      return clock.now() >= dueAt ? drop(tx) : new Date(dueAt);
    };
  };
}
