import type { Tx } from '../../src/db/database.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Relay } from '../../src/modules/relays/index.ts';
import { idOf, listOf, sameOrigin, typesOf } from '../translate/read.ts';
import type { Activity } from './normalise.ts';
import type { Outcome, VerbContext } from './verb.ts';
import { applied, ignored, refused } from './verb.ts';

/** A follow of one of our people that another server answers. */
export interface AnsweredFollow {
  readonly followerId: AccountId;
  readonly targetId: AccountId;
  /** Given where the answer names the request by our id; the request must then be that one. */
  readonly uri?: string;
}

/** A request to a relay that the relay answers. */
interface AnsweredRelay {
  readonly relay: Relay;
  readonly actorUri: string;
}

export type Answered = AnsweredFollow | AnsweredRelay;

/** What an Accept or Reject answers: a follow of one of our people, or a request to a relay. */
export async function answered(
  activity: Activity,
  context: VerbContext,
): Promise<Outcome | { readonly plan: Answered }> {
  const relay = await askedRelay(activity, context);
  if (!relay) return answeredFollow(activity, context);
  const { actorUri } = activity;
  // A relay of the older kind was asked by its inbox alone: whoever answers must be of the same server.
  const isTheOne =
    relay.actorUri === null ? sameOrigin(relay.inboxUri, actorUri) : relay.actorUri === actorUri;
  return isTheOne ? { plan: { relay, actorUri } } : refused('not-the-one-asked');
}

/** By the id of our request, or where the relay forgot it, by who asked and who answers. */
async function askedRelay(
  { object, objectId, actorUri }: Activity,
  context: VerbContext,
): Promise<Relay | null> {
  const { relays, urls } = context;
  const byId = objectId !== null && urls.isOurs(objectId) ? await relays.byFollowUri(objectId) : null;
  if (byId) return byId;
  const isOfServer = object !== null && idOf(listOf(object.actor)[0]) === urls.instanceActor;
  return isOfServer ? relays.byActorUri(actorUri) : null;
}

/** Keeps what a relay answered, and who answered for it. */
export async function answerByRelay(
  tx: Tx,
  { relay, actorUri }: AnsweredRelay,
  state: 'accepted' | 'rejected',
  { relays }: VerbContext,
): Promise<Outcome> {
  const other = await relays.byActorUri(actorUri);
  if (other && other.id !== relay.id) return ignored('known-relay');
  return (await relays.answered(tx, { id: relay.id, actorUri, state }))
    ? applied
    : ignored('no-such-request');
}

/**
 * Finds the request that an Accept or Reject answers: by the id of our Follow, or by the pair that an
 * embedded Follow names, for servers that forget the id. The one who answers must be the one who was asked;
 * the module then demands a request that is really there (security.md V5).
 */
async function answeredFollow(
  activity: Activity,
  context: VerbContext,
): Promise<Outcome | { readonly plan: AnsweredFollow }> {
  const target = await context.accounts.byActorUri(activity.actorUri);
  if (!target) return ignored('unknown-actor');
  const inner = activity.object;
  if (inner?.type !== undefined && !typesOf(inner).includes('Follow')) return ignored('no-such-request');
  if (
    inner &&
    idOf(listOf(inner.object)[0]) !== null &&
    idOf(listOf(inner.object)[0]) !== activity.actorUri
  ) {
    return refused('not-the-one-asked');
  }
  const ours = activity.objectId !== null && context.urls.isOurs(activity.objectId);
  if (ours && activity.objectId !== null) {
    const request = await context.social.requestByUri(activity.objectId);
    if (!request) return ignored('no-such-request');
    if (request.targetId !== target.id) return refused('not-the-one-asked');
    return { plan: { ...request, uri: activity.objectId } };
  }
  const followerUri = inner ? idOf(listOf(inner.actor)[0]) : null;
  const follower = followerUri === null ? null : await context.accounts.byActorUri(followerUri);
  if (follower?.domain !== null) return ignored('no-such-request');
  return { plan: { followerId: follower.id, targetId: target.id } };
}
