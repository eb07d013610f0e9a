import { fail, ok } from '../../src/lib/result.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { LookAtOrigin } from '../../src/modules/exchange/index.ts';
import type { Instances, Urls } from '../../src/modules/instances/index.ts';
import type { KnownPost, Posts } from '../posts.ts';
import { uriOf } from '../translate/read.ts';
import type { Keep } from './keep.ts';

export interface ToldDeps {
  readonly accounts: Accounts;
  readonly instances: Instances;
  readonly urls: Urls;
  readonly posts: Posts;
  readonly keep: Keep;
}

const no = (reason: string, again = false) => ({ ...fail(reason), again });

/** See `LookAtOrigin`: the one who tells is not asked for anything but the address. */
export function createLookAtOrigin(deps: ToldDeps): LookAtOrigin {
  const { accounts, instances, urls, posts } = deps;

  return async (address, { signal, whyNot }) => {
    const uri = uriOf(address);
    const host = uri === null ? undefined : URL.parse(uri)?.host;
    if (uri === null || host === undefined) return no('not-an-address');
    if (urls.isOurs(uri)) return no('our-own');
    const refusal = await instances.mediaRefusal([host]);
    if (refusal !== null) return no(refusal);
    const known = await posts.find(uri);
    if (known) return ofKnown(known, whyNot);

    const loaded = await posts.load(uri, signal);
    if (!loaded.ok) return no(loaded.why.reason, loaded.why.again);
    const read = await posts.readServed(loaded.document);
    if (!read.ok) return no(read.why.reason, read.why.again);
    const { post } = read;
    if (post.kind !== 'video') return no('not-a-video');
    if (post.video.visibility !== 'public') return no('not-public');
    if (post.video.sensitive) return no('sensitive');
    // Named by another of its addresses.
    const here = await posts.find(post.video.uri);
    if (here) return ofKnown(here, whyNot);
    const why = await whyNot(post.author, true);
    if (why !== null) return no(why);
    const isDiscovery = (await posts.whyNotWanted(post)) !== null;
    const kept = await deps.keep(post, { isPast: true, isDiscovery });
    if (!kept.ok) return no(kept.reason);
    return kept.post.kind === 'video' ? ok({ videoId: kept.post.video.id }) : no('not-a-video');
  };

  async function ofKnown(post: KnownPost, whyNot: Parameters<LookAtOrigin>[1]['whyNot']) {
    if (post.kind !== 'video') return no('not-a-video');
    const { id, accountId, visibility, sensitive, state } = post.video;
    if (state !== 'published') return no('not-published');
    if (visibility !== 'public') return no('not-public');
    if (sensitive) return no('sensitive');
    const author = await accounts.byId(accountId);
    const why = author === null ? 'author-not-active' : await whyNot(author, false);
    return why === null ? ok({ videoId: id }) : no(why);
  }
}
