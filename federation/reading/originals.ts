import type { JobRun } from '../../src/jobs/registry.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Video } from '../../src/modules/videos/index.ts';
import type { Posts } from '../posts.ts';
import type { Keep } from './keep.ts';
import type { Threads } from './threads.ts';

export interface OriginalDeps {
  readonly urls: Urls;
  readonly posts: Posts;
  readonly threads: Threads;
  readonly keep: Keep;
}

/**
 * Looks up what a video of another server says that it was made from or with: here, or at its own server, only so often
 * for each server that says so. Null where it is no video that everybody may see.
 */
export function createOriginalAt({ urls, posts, threads, keep }: OriginalDeps) {
  return async (uri: string, by: Pick<Account, 'actorUri'>, run: JobRun): Promise<Video | null> => {
    const known = await posts.find(uri);
    if (known) return known.kind === 'video' ? known.video : null;
    if (urls.isOurs(uri) || !threads.mayStart(new URL(by.actorUri).host)) return null;
    const loaded = await posts.load(uri, run.signal);
    if (!loaded.ok) return tryAgain(loaded.why, run);
    const read = await posts.readServed(loaded.document);
    if (!read.ok) return tryAgain(read.why, run);
    // Nobody here asked for its author.
    const kept = await keep(read.post, { isPast: true, isDiscovery: true });
    return kept.ok && kept.post.kind === 'video' ? kept.post.video : null;
  };
}

/** Another try may help, unless this was the last one. */
export function tryAgain(why: { readonly again: boolean; readonly reason: string }, run: JobRun): null {
  run.signal.throwIfAborted();
  if (why.again && !run.lastAttempt) throw new Error(`It could not be had just now: ${why.reason}`);
  return null;
}
