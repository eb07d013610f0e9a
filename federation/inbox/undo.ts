import type { AccountId } from '../../src/lib/ids.ts';
import { idOf, listOf, typesOf } from '../translate/read.ts';
import { applied, ignored, refused, verb } from './verb.ts';

/** Somebody takes back a Follow. Only what the sender did can the sender undo (security.md V4). */
export const undo = verb<{ followerId: AccountId; targetId: AccountId }>({
  async verify(activity, { accounts, social }) {
    const follower = await accounts.byActorUri(activity.actorUri);
    if (!follower) return ignored('unknown-actor');
    const inner = activity.object;
    if (inner) {
      if (!typesOf(inner).includes('Follow')) return ignored('unsupported-undo');
      if (idOf(listOf(inner.actor)[0]) !== activity.actorUri) return refused('not-the-one-who-did-it');
      const targetUri = idOf(listOf(inner.object)[0]);
      const target = targetUri === null ? null : await accounts.byActorUri(targetUri);
      if (target?.domain !== null) return ignored('not-ours');
      return { plan: { followerId: follower.id, targetId: target.id } };
    }
    const request = activity.objectId === null ? null : await social.requestByUri(activity.objectId);
    if (!request) return ignored('nothing-to-undo');
    if (request.followerId !== follower.id) return refused('not-the-one-who-did-it');
    return { plan: { followerId: request.followerId, targetId: request.targetId } };
  },
  async apply(plan, tx, { social }) {
    return (await social.unfollow(tx, plan)) ? applied : ignored('nothing-to-undo');
  },
});
