import type { z } from 'zod';
import type { Tx } from '../../src/db/database.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { relayEvents } from '../../src/modules/relays/index.ts';
import { followOf, undoFollowOf } from '../translate/follow.ts';
import { AS_PUBLIC } from '../translate/read.ts';
import { type DeliveryDeps, deliver } from './deliveries.ts';

export interface RelayBridgeDeps extends DeliveryDeps {
  readonly instanceAccount: Account;
}

type RelayEvent = z.output<(typeof relayEvents)['relay.added']>;

/**
 * Asks relays for their posts in the name of the server, and takes that back. Relays of the older kind are followed
 * by a Follow of the public collection, the others by one of their actor (FEP-ae0c).
 */
export function relayBridge(deps: RelayBridgeDeps) {
  const { instanceAccount } = deps;
  const factsOf = ({ kind, actorUri, followUri }: RelayEvent) => ({
    uri: followUri,
    followerUri: instanceAccount.actorUri,
    targetUri: kind === 'litepub' && actorUri !== null ? actorUri : AS_PUBLIC,
  });
  async function tell(tx: Tx, event: RelayEvent, activity: ReturnType<typeof followOf>): Promise<void> {
    await deliver(deps, tx, {
      senderId: instanceAccount.id,
      activity,
      objectUri: event.followUri,
      audience: { kind: 'inbox', uri: event.inboxUri },
    });
  }
  return {
    onRelayAdded: (tx: Tx, event: RelayEvent): Promise<void> => tell(tx, event, followOf(factsOf(event))),
    onRelayRemoved: (tx: Tx, event: RelayEvent): Promise<void> =>
      tell(tx, event, undoFollowOf(factsOf(event), deps.ids.next())),
  };
}
