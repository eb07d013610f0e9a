import type { AccountId } from '../../src/lib/ids.ts';
import { ok } from '../../src/lib/result.ts';
import { idOf, listOf, typesOf } from '../translate/read.ts';
import { applied, ignored, refused, verb } from './verb.ts';

/** Somebody takes back a Follow. Only what the sender did can the sender undo (security.md V4). */
export const undo = verb<{ followerId: AccountId; targetId: AccountId; uri?: string }>({
  async verify(activity, { accounts, social, lookup }) {
    const { actorUri, object: inner, objectId } = activity;
    const known = await accounts.byActorUri(actorUri);
    if (inner?.type === undefined) {
      const request = known && objectId && (await social.requestByUri(objectId, known.id));
      return request ? { plan: request } : ignored('nothing-to-undo');
    }
    if (!typesOf(inner).includes('Follow')) return ignored('unsupported-undo');
    if (idOf(listOf(inner.actor)[0]) !== actorUri) return refused('not-the-one-who-did-it');
    const targetUri = idOf(listOf(inner.object)[0]);
    const target = targetUri === null ? null : await accounts.byActorUri(targetUri);
    if (target?.domain !== null) return ignored('not-ours');
    // Unknown where the Undo overtakes the very first Follow of an account.
    const found = known ? ok({ account: known }) : await lookup.actor(actorUri);
    if (!found.ok) {
      if (found.reason === 'unreachable') throw new Error(found.detail ?? found.reason);
      return ignored(`follower-${found.reason}`);
    }
    const pair = { followerId: found.account.id, targetId: target.id };
    return { plan: objectId === null ? pair : { ...pair, uri: objectId } };
  },
  async apply(plan, tx, { social }) {
    return (await social.unfollow(tx, plan)) ? applied : ignored('nothing-to-undo');
  },
});
