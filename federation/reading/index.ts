import { readingLimits } from '../../config/limits.ts';
import type { Finish, JobHandlers, JobPayload, JobRun } from '../../src/jobs/registry.ts';
import type { Instances } from '../../src/modules/instances/index.ts';
import { processAgain } from '../inbox/index.ts';
import { type BackfillDeps, createBackfill } from './backfill.ts';
import { createFollowersSync, type FollowersSyncDeps } from './followers-sync.ts';
import { createKeep } from './keep.ts';
import { createReadOutbox } from './outbox.ts';
import { createRefresh, type RefreshDeps } from './refresh.ts';
import { type CheckRemixDeps, createCheckRemix } from './remixes.ts';
import { createFetchReplies, type RepliesDeps } from './replies.ts';
import { createResolve, type ResolveDeps } from './resolve.ts';
import { type CheckSoundDeps, createCheckSound } from './sounds.ts';
import { createThreads, type ThreadDeps } from './threads.ts';
import { createLookAtOrigin, type ToldDeps } from './told.ts';

export { createReadPack } from './packs.ts';

type Made = 'keep' | 'threads';

type ReadingDeps = Omit<BackfillDeps, Made> &
  Omit<RepliesDeps, Made> &
  Omit<ResolveDeps, Made> &
  Omit<ThreadDeps, Made> &
  Omit<CheckRemixDeps, Made> &
  Omit<CheckSoundDeps, Made> &
  Omit<ToldDeps, Made> &
  RefreshDeps &
  FollowersSyncDeps & { readonly instances: Instances };

type ReadingJob =
  | 'outbox.backfill'
  | 'thread.fetch'
  | 'replies.fetch'
  | 'remixes.check'
  | 'sounds.check'
  | 'post.refresh'
  | 'followers.sync';

/** What this server reads of others beyond what they send: always in bounds, and never believed beyond its origin. */
export function createReading(deps: ReadingDeps) {
  const keep = createKeep(deps);
  const threads = createThreads({ ...deps, keep });
  const backfill = createBackfill({ ...deps, keep });
  const fetchReplies = createFetchReplies({ ...deps, keep });
  const refresh = createRefresh(deps);
  const checkRemix = createCheckRemix({ ...deps, keep, threads });
  const checkSound = createCheckSound({ ...deps, keep, threads });
  const syncFollowers = createFollowersSync(deps);

  /** The job `thread.fetch`. What an activity answers is brought here, and then the activity is looked at again. */
  async function fetchThread(
    { parentUri, activity, wanted }: JobPayload<'thread.fetch'>,
    run: JobRun,
  ): Promise<Finish | undefined> {
    const { maxDepth } = readingLimits;
    const end = await threads.complete(parentUri, { maxDepth, signal: run.signal, mayBringVideo: wanted });
    run.signal.throwIfAborted();
    if (!end.ok) {
      if (end.why.again && !run.lastAttempt)
        throw new Error(`It could not be had just now: ${end.why.reason}`);
      deps.log.debug({ parentUri, reason: end.why.reason }, 'a thread could not be completed');
      return;
    }
    return async (tx) => {
      await processAgain(deps.enqueue, tx, activity);
      return null;
    };
  }

  const jobs: Pick<JobHandlers, ReadingJob> = {
    'outbox.backfill': ({ accountId }, run) => backfill.run(accountId, run),
    'thread.fetch': fetchThread,
    'replies.fetch': ({ videoId }, run) => fetchReplies(videoId, run),
    'remixes.check': ({ videoId }, run) => checkRemix(videoId, run),
    'sounds.check': ({ videoId }, run) => checkSound(videoId, run),
    'post.refresh': ({ videoId }, run) => refresh(videoId, run),
    'followers.sync': syncFollowers,
  };
  return {
    jobs,
    threads,
    address: createResolve({ ...deps, keep, threads }),
    lookAtOrigin: createLookAtOrigin({ ...deps, keep }),
    readOutbox: createReadOutbox(deps),
    onFollowAccepted: backfill.onFollowAccepted,
  };
}
