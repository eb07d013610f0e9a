import type { Tx } from '../../src/db/database.ts';
import { fail, ok } from '../../src/lib/result.ts';
import type { Scope } from '../../src/modules/auth/index.ts';
import type { Activity } from '../inbox/normalise.ts';
import { likeableOf } from '../inbox/verb.ts';
import { idOf, type JsonObject, listOf, typesOf } from '../translate/read.ts';
import { allowed, type Caller, type ClientDeps, type ClientVerb, doneAs } from './caller.ts';

/** What the caller did and takes back. */
interface Undoable {
  readonly scope: Scope;
  /** Id of what is taken back, null where only the pair is known. */
  readonly uri: string | null;
  /** False where there was nothing to take back. */
  readonly take: (tx: Tx) => Promise<boolean>;
}

/**
 * Takes back a Like, Announce, Follow or Block of one's own: by its id, which stood in `Location`, or by the embedded
 * activity. It is looked up among what the caller did and nowhere else (security.md V4).
 */
export const undo: ClientVerb = {
  scope: null,
  async run(deps, caller, activity) {
    const { object: inner } = activity;
    if (inner && listOf(inner.actor).some((actor) => idOf(actor) !== caller.account.actorUri)) {
      return fail('not-yours', 'object: You can take back only what you did.');
    }
    const found = await undoableOf(deps, caller, activity);
    if (!found) return fail('not-found', 'There is nothing to take back.');
    const refusal = allowed(caller, found.scope);
    if (refusal) return refusal;
    if (!(await deps.inTx((tx) => found.take(tx))))
      return fail('not-found', 'There is nothing to take back.');
    const object = found.uri ?? inner;
    const id = `${found.uri ?? caller.account.actorUri}#undo`;
    return ok({ activity: doneAs(caller, { id, type: 'Undo', object }) });
  },
};

async function undoableOf(
  deps: ClientDeps,
  caller: Caller,
  { object: inner, objectId }: Activity,
): Promise<Undoable | null> {
  const byId = objectId === null ? null : await undoableAt(deps, caller, objectId);
  if (byId || !inner) return byId;
  const kind = typesOf(inner).find((type) => Object.hasOwn(byPair, type));
  const target = idOf(listOf(inner.object)[0]);
  return kind === undefined || target === null
    ? null
    : byPair[kind as keyof typeof byPair](deps, caller, target, inner);
}

async function undoableAt(
  { accounts, social, engagement }: ClientDeps,
  { account }: Caller,
  uri: string,
): Promise<Undoable | null> {
  const request = await social.requestByUri(uri, account.id);
  if (request) return { scope: 'write:follows', uri, take: (tx) => social.unfollow(tx, request) };
  const blockedId = await social.blockedByUri(account.id, uri);
  const blocked = blockedId && (await accounts.byId(blockedId));
  if (blocked) return { scope: 'write:blocks', uri, take: (tx) => social.unblock(tx, account, blocked) };
  const reaction = await engagement.reactionByUri(account.id, uri);
  if (reaction?.kind === 'like') {
    const { target } = reaction;
    return { scope: 'write:favourites', uri, take: (tx) => engagement.unlike(tx, account, target) };
  }
  if (reaction?.kind !== 'share') return null;
  const { videoId } = reaction.target;
  return { scope: 'write:statuses', uri, take: (tx) => engagement.unshare(tx, account, videoId) };
}

type ByPair = (
  deps: ClientDeps,
  caller: Caller,
  target: string,
  inner: JsonObject,
) => Promise<Undoable | null>;

/** Follows and blocks are of accounts, the rest is of posts. */
const byPair = {
  Follow: ofAccount((deps, { account }, targetId) => ({
    scope: 'write:follows',
    take: (tx) => deps.social.unfollow(tx, { followerId: account.id, targetId: targetId.id }),
  })),
  Block: ofAccount((deps, { account }, target) => ({
    scope: 'write:blocks',
    take: (tx) => deps.social.unblock(tx, account, target),
  })),
  Like: ofPost((deps, { account }, post) => ({
    scope: 'write:favourites',
    take: (tx) => deps.engagement.unlike(tx, account, likeableOf(post)),
  })),
  Announce: ofPost((deps, { account }, post) => ({
    scope: 'write:statuses',
    take: async (tx) => post.kind === 'video' && deps.engagement.unshare(tx, account, post.video.id),
  })),
};

type Known<T> = (deps: ClientDeps, caller: Caller, target: T) => Omit<Undoable, 'uri'>;
type FoundAccount = NonNullable<Awaited<ReturnType<ClientDeps['accounts']['byActorUri']>>>;
type FoundPost = NonNullable<Awaited<ReturnType<ClientDeps['posts']['find']>>>;

function ofAccount(undoable: Known<FoundAccount>): ByPair {
  return async (deps, caller, target) => {
    const account = await deps.accounts.byActorUri(target);
    return account && { ...undoable(deps, caller, account), uri: null };
  };
}

/** Also of a post that is out of sight by now: what was done to it can be taken back. */
function ofPost(undoable: Known<FoundPost>): ByPair {
  return async (deps, caller, target) => {
    const post = await deps.posts.find(target);
    return post && { ...undoable(deps, caller, post), uri: null };
  };
}
