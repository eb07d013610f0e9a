import type { Account } from '../../src/modules/accounts/index.ts';
import { applied, ignored, lockObject, ourPerson, senderOf, verb } from './verb.ts';

/** Somebody elsewhere blocks one of our people: both stop following, and neither sees the other. */
export const block = verb<{ account: Account; target: Account; uri: string }>({
  async verify(activity, context) {
    const target = await ourPerson(activity.objectId, context);
    if (!target) return ignored('not-ours');
    const sender = await senderOf(activity, context);
    if ('state' in sender) return sender;
    return { plan: { account: sender.account, target, uri: activity.id } };
  },
  async apply({ account, target, uri }, tx, { social }) {
    await lockObject(tx, uri);
    const outcome = await social.block(tx, account, target, uri);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});
