import type { AccountId } from '../../src/lib/ids.ts';
import { idOf, listOf, typesOf } from '../translate/read.ts';
import type { Activity } from './normalise.ts';
import type { Outcome, VerbContext } from './verb.ts';
import { ignored, refused } from './verb.ts';

/** A follow of one of our people that another server answers. */
export interface AnsweredFollow {
  readonly followerId: AccountId;
  readonly targetId: AccountId;
  /** Given where the answer names the request by our id; the request must then be that one. */
  readonly uri?: string;
}

/**
 * Finds the request that an Accept or Reject answers: by the id of our Follow, or by the pair that an
 * embedded Follow names, for servers that forget the id. The one who answers must be the one who was asked;
 * the module then demands a request that is really there (security.md V5).
 */
export async function answeredFollow(
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
