import type { Finish, JobRun } from '../../src/jobs/registry.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import { type Remixes, remixable } from '../../src/modules/remixes/index.ts';
import type { RemixOf, Video, Videos } from '../../src/modules/videos/index.ts';
import { checkStamp } from '../stamps.ts';
import { createOriginalAt, type OriginalDeps, tryAgain } from './originals.ts';

export interface CheckRemixDeps extends OriginalDeps {
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly remixes: Remixes;
}

/** A remix of another server, and who made it. */
interface Asked {
  readonly video: Video;
  readonly remix: RemixOf & { readonly uri: string };
  readonly remixer: Account;
}

/**
 * The job `remixes.check`. What a remix of another server was made from is looked up, and asked for at its own server where it
 * is not here, only so often for each server that sends remixes. It counts as one only where the author of that allows it: by
 * a stamp of ours, by one that their server serves, or because both are the same person. Until then it names nobody.
 */
export function createCheckRemix(deps: CheckRemixDeps) {
  const originalAt = createOriginalAt(deps);

  async function asked(videoId: VideoId): Promise<Asked | null> {
    const video = await deps.videos.internal(videoId);
    const remixer = video && (await deps.accounts.byId(video.accountId));
    if (!video?.remix || video.local || video.remix.consent !== 'asked' || !remixer) return null;
    const { uri } = video.remix;
    return uri === null ? null : { video, remixer, remix: { ...video.remix, uri } };
  }

  async function isAllowed({ video, remix, remixer }: Asked, original: Video, run: JobRun): Promise<boolean> {
    if (original.accountId === remixer.id) return true;
    const author = await deps.accounts.byId(original.accountId);
    if (!author) return false;
    if (original.local) {
      const seen = await deps.videos.forViewer(original.id, remixer.id);
      const stamp = await deps.remixes.stampFor(original.id, video.uri);
      const allowed = remixable(original, remixer.id, remix.kind);
      // A stamp that was given for a plain quote is no answer to a question.
      return stamp !== null && seen !== null && allowed.ok && (!allowed.asks || stamp.kind === remix.kind);
    }
    if (remix.stampUri === null) return false;
    const stamped = { stampUri: remix.stampUri, author, remix: video, original };
    const answer = await checkStamp((uri) => deps.posts.load(uri, run.signal), stamped);
    if (answer === 'again') tryAgain({ again: true, reason: 'stamp-unreachable' }, run);
    return answer === 'valid';
  }

  return async (videoId: VideoId, run: JobRun): Promise<Finish | undefined> => {
    const one = await asked(videoId);
    if (!one) return;
    const original = await originalAt(one.remix.uri, one.remixer, run);
    if (!original) return;
    const allowed = await isAllowed(one, original, run);
    return async (tx) => {
      await deps.remixes.link(tx, videoId, original.id);
      if (allowed) await deps.remixes.give(tx, videoId, null);
      return null;
    };
  };
}
