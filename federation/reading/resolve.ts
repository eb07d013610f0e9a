import { readingLimits } from '../../config/limits.ts';
import { type CommentId, parseId, type VideoId } from '../../src/lib/ids.ts';
import { fail, ok } from '../../src/lib/result.ts';
import type { Account, Accounts, FoundByAddress, RemoteLookup } from '../../src/modules/accounts/index.ts';
import type { Comments } from '../../src/modules/comments/index.ts';
import type { Instances, Urls } from '../../src/modules/instances/index.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import type { Lookup } from '../lookup.ts';
import type { KnownPost, Posts, Unusable } from '../posts.ts';
import { isActor } from '../translate/actor.ts';
import { type JsonObject, uriOf } from '../translate/read.ts';
import type { Keep } from './keep.ts';
import type { Threads } from './threads.ts';

export interface ResolveDeps {
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly instances: Instances;
  readonly urls: Urls;
  readonly lookup: Lookup;
  readonly posts: Posts;
  readonly keep: Keep;
  readonly threads: Threads;
}

/** Finds what a web address stands for, here or at its own server. */
export function createResolve(deps: ResolveDeps): RemoteLookup['address'] {
  const { accounts, videos, comments, urls, lookup, posts } = deps;

  async function known(address: string): Promise<FoundByAddress | null> {
    const page = urls.pageAt(address);
    if (page) return ofPage(page);
    const account = await accounts.byActorUri(address);
    if (account) return { kind: 'account', account };
    const post = await posts.find(address);
    return post && foundPost(post);
  }

  /** The page of a person of this server, or of a post; the name in it must be that of the author. */
  async function ofPage(page: { username: string; postId: string | null }): Promise<FoundByAddress | null> {
    const account: Account | null = await accounts.byHandle(page.username);
    if (account?.domain !== null) return null;
    if (page.postId === null) return { kind: 'account', account };
    const id = parseId(page.postId);
    const post =
      id &&
      ((await videos.internal(id as string as VideoId)) ??
        (await comments.internal(id as string as CommentId)));
    return post && post.accountId === account.id ? { kind: 'post', id: post.id } : null;
  }

  async function ask(address: string) {
    const signal = AbortSignal.timeout(readingLimits.waitMs);
    const loaded = await posts.load(address, signal);
    if (!loaded.ok) return failed(loaded.why);
    const { document } = loaded;
    const id = uriOf(document.id);
    if (id === null) return fail('not-found');
    if (isActor(document)) {
      const found = await lookup.actor(id);
      return found.ok ? ok({ found: { kind: 'account' as const, account: found.account } }) : found;
    }
    const here = await posts.find(id);
    if (here) return ok({ found: foundPost(here) });
    return bring(document, signal);
  }

  async function bring(document: JsonObject, signal: AbortSignal) {
    const read = await posts.readServed(document);
    if (!read.ok && read.orphan) {
      const walk = { maxDepth: readingLimits.maxDepthWhileWaiting, signal, mayBringVideo: true };
      const parent = await deps.threads.complete(read.orphan.parentUri, walk);
      if (!parent.ok) return failed(parent.why);
    }
    const again = !read.ok && read.orphan ? await posts.readServed(document) : read;
    if (!again.ok) return failed(again.why);
    const kept = await deps.keep(again.post, { isPast: true });
    return kept.ok ? ok({ found: foundPost(kept.post) }) : fail('not-found');
  }

  return async (address, options) => {
    const url = URL.parse(address);
    const uri = url && uriOf(address);
    if (!url || uri === null) return fail('not-found');
    url.hash = '';
    const found = await known(address);
    if (found) return ok({ found });
    if (!options.ask || urls.isOurs(url.href)) return fail('not-found');
    if (await deps.instances.isBlocked(url.host)) {
      return fail('blocked', `This server does not talk to ${url.host}.`);
    }
    return ask(url.href);
  };
}

function foundPost(post: KnownPost): FoundByAddress {
  return { kind: 'post', id: post.kind === 'video' ? post.video.id : post.comment.id };
}

function failed({ reason, again }: Unusable) {
  return again
    ? fail('unreachable', `The other server could not be asked just now (${reason}). Try again later.`)
    : fail('not-found', 'There is no account and no video that this server can show.');
}
