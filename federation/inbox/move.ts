import type { Account } from '../../src/modules/accounts/index.ts';
import { idOf, listOf } from '../translate/read.ts';
import { applied, ignored, refused, verb } from './verb.ts';

/**
 * An account goes on under another id, and takes its followers of this server along. The new account, asked
 * for anew, must say that the old one is its own; a chain of moves is not followed (security.md V6).
 */
export const move = verb<{ from: Account; to: Account }>({
  async verify({ actorUri, objectId, raw }, { accounts, lookup }) {
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
    return { plan: { from, to } };
  },
  async apply({ from, to }, tx, { accounts }) {
    const marked = await accounts.markMoved(tx, from.id, to.id);
    return marked.ok ? applied : refused(marked.reason);
  },
});
