import type { Tx } from '../../src/db/database.ts';
import { rememberUndone } from '../../src/db/undone.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { idOf, type JsonObject, listOf, sameOrigin, typesOf } from '../translate/read.ts';
import type { Activity } from './normalise.ts';
import {
  applied,
  ignored,
  likeableOf,
  lockObject,
  type Outcome,
  ourPerson,
  refused,
  senderOf,
  type VerbContext,
  verb,
} from './verb.ts';

interface Plan {
  /** Id of what is taken back, where it has one. */
  readonly uri: string | null;
  /** Does it; false when there was nothing to take back. */
  readonly take: (tx: Tx) => Promise<boolean>;
}

type Found = Outcome | { readonly plan: Plan };

/**
 * Somebody takes something back. Only what the sender did can the sender undo (security.md V4). It is found by
 * the pair that an embedded activity names, for servers that make new ids, or by its id; one that comes before
 * what it takes back is remembered.
 */
export const undo = verb<Plan>({
  async verify(activity, context) {
    const { object: inner, actorUri } = activity;
    if (inner?.type === undefined) return byId(activity, context);
    const kind = typesOf(inner).find((type) => Object.hasOwn(byPair, type));
    if (kind === undefined) return ignored('unsupported-undo');
    if (idOf(listOf(inner.actor)[0]) !== actorUri) return refused('not-the-one-who-did-it');
    return byPair[kind as keyof typeof byPair](activity, inner, context);
  },
  async apply({ uri, take }, tx) {
    if (uri !== null) await lockObject(tx, uri);
    return (await take(tx)) ? applied : ignored('nothing-to-undo');
  },
});

/** What each kind of activity needs to be taken back, when it is embedded. */
const byPair = {
  Follow: undoFollow,
  Block: undoBlock,
  Like: undoReaction('unlike'),
  EmojiReact: undoReaction('unlike'),
  Dislike: undoReaction('undislike'),
  Announce: undoReaction('unshare'),
};

async function undoFollow(activity: Activity, inner: JsonObject, context: VerbContext): Promise<Found> {
  const target = await ourAccount(inner, context);
  if (!target) return ignored('not-ours');
  // Unknown where the Undo overtakes the very first Follow of an account.
  const sender = await senderOf(activity, context);
  if ('state' in sender) return sender;
  const pair = { followerId: sender.account.id, targetId: target.id };
  const uri = activity.objectId;
  return {
    plan: { uri, take: (tx) => context.social.unfollow(tx, uri === null ? pair : { ...pair, uri }) },
  };
}

async function undoBlock(activity: Activity, inner: JsonObject, context: VerbContext): Promise<Found> {
  const target = await ourPerson(idOf(listOf(inner.object)[0]), context);
  if (!target) return ignored('not-ours');
  const sender = await senderOf(activity, context);
  if ('state' in sender) return sender;
  const uri = activity.objectId;
  return {
    plan: { uri, take: (tx) => context.social.unblock(tx, sender.account, target, uri ?? undefined) },
  };
}

async function ourAccount(inner: JsonObject, { accounts }: VerbContext): Promise<Account | null> {
  const uri = idOf(listOf(inner.object)[0]);
  const target = uri === null ? null : await accounts.byActorUri(uri);
  return target?.domain === null ? target : null;
}

function undoReaction(how: 'unlike' | 'undislike' | 'unshare') {
  return async (activity: Activity, inner: JsonObject, context: VerbContext): Promise<Found> => {
    const uri = activity.objectId;
    const objectUri = idOf(listOf(inner.object)[0]);
    const post = objectUri === null ? null : await context.posts.find(objectUri);
    if (!post || (post.kind === 'comment' && how !== 'unlike')) return byId(activity, context);
    const sender = await senderOf(activity, context);
    if ('state' in sender) return sender;
    const { account } = sender;
    const { engagement } = context;
    const take = (tx: Tx): Promise<boolean> => {
      if (how === 'unlike') return engagement.unlike(tx, account, likeableOf(post), uri ?? undefined);
      if (post.kind !== 'video') throw new Error('Only videos are shared and disliked.');
      return engagement[how](tx, account, post.video.id, uri ?? undefined);
    };
    return { plan: { uri, take } };
  };
}

/** Only an id is given, or what it was about is unknown: then it is looked up among what the sender did. */
function byId({ actorUri, objectId: uri }: Activity, context: VerbContext): Found {
  if (uri === null) return ignored('nothing-to-undo');
  // Under the lock: what is taken back may come at this very moment.
  return { plan: { uri, take: (tx) => takeById(tx, actorUri, uri, context) } };
}

async function takeById(tx: Tx, actorUri: string, uri: string, context: VerbContext): Promise<boolean> {
  const { accounts, social, engagement } = context;
  const account = await accounts.byActorUri(actorUri);
  const request = account && (await social.requestByUri(uri, account.id));
  if (request) return social.unfollow(tx, request);
  const blockedId = account && (await social.blockedByUri(account.id, uri));
  const blocked = blockedId ? await accounts.byId(blockedId) : null;
  if (account && blocked) return social.unblock(tx, account, blocked, uri);
  const reaction = account && (await engagement.reactionByUri(account.id, uri));
  if (account && reaction) {
    const { target } = reaction;
    if (reaction.kind === 'like') return engagement.unlike(tx, account, target, uri);
    if (!('videoId' in target)) throw new Error('Only videos are shared and disliked.');
    const how = reaction.kind === 'share' ? 'unshare' : 'undislike';
    return engagement[how](tx, account, target.videoId, uri);
  }
  if (sameOrigin(uri, actorUri)) await rememberUndone(tx, actorUri, uri);
  return false;
}
