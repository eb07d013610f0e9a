import type { Tx } from '../../src/db/database.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Relay } from '../../src/modules/relays/index.ts';
import { deliver } from '../outbox/deliveries.ts';
import { answerOf } from '../translate/follow.ts';
import { applied, ignored, lockObject, type Outcome, refused, type VerbContext, verb } from './verb.ts';

/** Somebody elsewhere asks to follow an account of this server. The answer goes out by the module's event. */
export const follow = verb<
  { follower: Account; target: Account; uri: string } | { relay: Relay; uri: string }
>({
  async verify(activity, { accounts, lookup, relays, urls, inspector }) {
    if (activity.objectId === urls.instanceActor) {
      const relay = await relays.byActorUri(activity.actorUri);
      if (relay && relay.state !== 'rejected') return { plan: { relay, uri: activity.id } };
    }
    const target = activity.objectId === null ? null : await accounts.byActorUri(activity.objectId);
    if (target?.domain !== null) return ignored('not-ours');
    if (target.state !== 'active') return ignored('target-not-active');
    const found = await lookup.actor(activity.actorUri);
    if (!found.ok) {
      if (found.reason === 'unreachable') throw new Error(found.detail ?? found.reason);
      return ignored(`follower-${found.reason}`);
    }
    await inspector.ensure(new URL(activity.actorUri).host);
    return { plan: { follower: found.account, target, uri: activity.id } };
  },
  async apply(plan, tx, context) {
    if ('relay' in plan) return letRelayFollow(plan.relay, plan.uri, tx, context);
    const { follower, target, uri } = plan;
    await lockObject(tx, uri);
    const outcome = await context.social.follow(tx, follower, target, uri);
    if (outcome.ok) return applied;
    return outcome.reason === 'undone' ? ignored(outcome.reason) : refused(outcome.reason);
  },
});

/** Relays of LitePub's kind pass nothing on before the server lets them follow it, too (FEP-ae0c). */
async function letRelayFollow(relay: Relay, uri: string, tx: Tx, context: VerbContext): Promise<Outcome> {
  const { instanceAccount, ids } = context;
  const facts = { uri, followerUri: relay.actorUri ?? relay.inboxUri, targetUri: instanceAccount.actorUri };
  await deliver(context, tx, {
    senderId: instanceAccount.id,
    activity: answerOf('Accept', facts, ids.next()),
    objectUri: uri,
    audience: { kind: 'inbox', uri: relay.inboxUri },
  });
  return applied;
}
