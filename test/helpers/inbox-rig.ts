import { letFollow, outcomeOf, type Rig, startRig, withoutEffect } from './activities.ts';
import { type PeerActor, send, type WireRequest } from './peer.ts';

/** The rig with what is asked of the inbox again and again. */
export interface InboxRig extends Rig {
  /** Sends what must have no effect, and returns the status. */
  refused(request: WireRequest, allowed?: Parameters<typeof withoutEffect>[3]): Promise<number>;
}

export async function startInboxRig(): Promise<InboxRig> {
  const rig = await startRig();
  const { server, a, e } = rig;
  return Object.assign(rig, {
    async refused(request: WireRequest, allowed: Parameters<typeof withoutEffect>[3] = {}) {
      const answer = await withoutEffect(server, [a, e], () => send(server.origin, request), allowed);
      return answer.status;
    },
  });
}

/** The request without a header. */
export const without = (request: WireRequest, name: string): WireRequest => ({
  ...request,
  headers: request.headers.filter(([header]) => header !== name),
});

/** The rig where alice follows carol and mallory. */
export interface Circle extends Rig {
  /** Of the same server as carol. */
  readonly mole: PeerActor;
  /** Sends an activity that the gate must take, and returns what became of it. */
  outcome(actor: PeerActor, activity: { id: string }): Promise<string>;
  /** Those whom the server counts as followers of alice. */
  followersOfAlice(): Promise<string[]>;
}

export async function startCircle(): Promise<Circle> {
  const rig = await startRig();
  const { server, alice } = rig;
  const mole = await rig.a.actor('mole');
  await letFollow(rig, rig.a, rig.carol);
  await letFollow(rig, rig.e, rig.mallory);
  return Object.assign(rig, {
    mole,
    outcome: (actor: PeerActor, activity: { id: string }) => outcomeOf(server, actor, activity),
    async followersOfAlice() {
      const response = await fetch(`${alice.account.uri}/followers?cursor=`, {
        headers: { accept: 'application/activity+json' },
      });
      const { orderedItems } = (await response.json()) as { orderedItems?: string | string[] };
      return [orderedItems ?? []].flat();
    },
  });
}
