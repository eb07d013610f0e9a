import { moveLimits } from '../../config/account-limits.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { idOf, listOf } from '../translate/read.ts';
import { applied, ignored, refused, verb } from './verb.ts';

/**
 * An account goes on under another id, and takes its followers of this server along. The new account, asked
 * for anew, must say that the old one is its own; a chain of moves is not followed (security.md V6).
 */
export const move = verb<{ from: Account; to: Account; followers: readonly Account[] }>({
  async verify({ actorUri, objectId, raw }, { accounts, social, lookup }) {
    if (objectId !== actorUri) return refused('not-the-owner');
    const targetUri = idOf(listOf(raw.target)[0]);
    if (targetUri === null || targetUri === actorUri) return ignored('no-target');
    const from = await accounts.byActorUri(actorUri);
    if (!from) return ignored('unknown-actor');
    const found = await lookup.actor(targetUri, { anew: true });
    if (!found.ok) {
      if (found.reason === 'unreachable') throw new Error(found.detail ?? found.reason);
      return ignored(`target-${found.reason}`);
    }
    const to = found.account;
    if (!to.alsoKnownAs.includes(actorUri)) return refused('target-does-not-know-it');
    if (to.movedToId !== null || to.state !== 'active') return refused('target-is-no-end');
    const ids = await social.localFollowerIds(from.id);
    const followers = [...(await accounts.byIds(ids)).values()];
    return { plan: { from, to, followers } };
  },
  async apply(plan, tx, { accounts, social }) {
    const marked = await accounts.markMoved(tx, plan.from.id, plan.to.id, moveLimits.minDaysBetween);
    if (!marked.ok) return refused(marked.reason);
    await social.moveFollowers(tx, plan);
    return applied;
  },
});
