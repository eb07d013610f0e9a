import type { Account } from '../../src/modules/accounts/index.ts';
import { applied, ignored, lockObject, refused, verb } from './verb.ts';

/** Somebody elsewhere asks to follow an account of this server. The answer goes out by the module's event. */
export const follow = verb<{ follower: Account; target: Account; uri: string }>({
  async verify(activity, { accounts, lookup }) {
    const target = activity.objectId === null ? null : await accounts.byActorUri(activity.objectId);
    if (target?.domain !== null) return ignored('not-ours');
    if (target.state !== 'active') return ignored('target-not-active');
    const found = await lookup.actor(activity.actorUri);
    if (!found.ok) {
      if (found.reason === 'unreachable') throw new Error(found.detail ?? found.reason);
      return ignored(`follower-${found.reason}`);
    }
    return { plan: { follower: found.account, target, uri: activity.id } };
  },
  async apply({ follower, target, uri }, tx, { social }) {
    await lockObject(tx, uri);
    const outcome = await social.follow(tx, follower, target, uri);
    if (outcome.ok) return applied;
    return outcome.reason === 'undone' ? ignored(outcome.reason) : refused(outcome.reason);
  },
});
