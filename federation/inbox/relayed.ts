import { sha256 } from '../../src/lib/crypto.ts';
import type { Relays } from '../../src/modules/relays/index.ts';
import type { Activity } from './normalise.ts';

/** An activity and the body it is stored with. */
export interface Storable {
  readonly activity: Activity;
  readonly body: Buffer;
}

/**
 * Some relays pass the activities of others on as they are, under their own signature. That proves nothing of what
 * is in them, so that only the id of the object is kept: as an Announce by the relay, which is what it means.
 * `not-a-relay` where the sender is none that this server listens to; null for activities that hint at nothing new.
 */
export async function asHint(
  relays: Relays,
  activity: Activity,
  senderUri: string,
): Promise<Storable | null | 'not-a-relay'> {
  if (!(await relays.accepted(senderUri))) return 'not-a-relay';
  const { objectId } = activity;
  if (activity.type !== 'Create' || objectId === null) return null;
  const id = `${senderUri}#relayed/${sha256(Buffer.from(objectId)).toString('hex')}`;
  const raw = { id, type: 'Announce', actor: senderUri, object: objectId };
  return {
    activity: { id, type: 'Announce', actorUri: senderUri, objectId, object: null, raw },
    body: Buffer.from(JSON.stringify(raw)),
  };
}
