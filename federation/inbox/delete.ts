import type { AccountId } from '../../src/lib/ids.ts';
import type { Video } from '../../src/modules/videos/index.ts';
import { sameOrigin } from '../translate/read.ts';
import { applied, ignored, lockObject, refused, type VerbContext, verb } from './verb.ts';

type Plan =
  | { readonly what: 'account'; readonly accountId: AccountId }
  | { readonly what: 'object'; readonly uri: string; readonly actorUri: string };

/** An author deletes a video, or an account is gone. Only the exact author may (security.md V1). */
export const del = verb<Plan>({
  async verify({ actorUri, objectId }, context) {
    if (objectId === null) return ignored('object-without-id');
    if (context.urls.isOurs(objectId)) return refused('object-is-ours');
    if (objectId === actorUri) {
      const account = await context.accounts.byActorUri(actorUri);
      return account ? { plan: { what: 'account', accountId: account.id } } : ignored('unknown-actor');
    }
    if (!sameOrigin(objectId, actorUri) || (await videoOf(context, objectId, actorUri)) === 'not-theirs') {
      return refused('not-the-author');
    }
    return { plan: { what: 'object', uri: objectId, actorUri } };
  },
  async apply(plan, tx, context) {
    if (plan.what === 'account') {
      return (await context.accounts.markGone(tx, plan.accountId)) ? applied : ignored('already-gone');
    }
    await lockObject(tx, plan.uri);
    // Asked again: its Create may have come in between.
    const video = await videoOf(context, plan.uri, plan.actorUri);
    if (video === 'not-theirs') return refused('not-the-author');
    // Perhaps the Create is still on the way: remembering keeps it from coming back.
    if (video === null) await context.videos.rememberDeleted(tx, plan.uri, plan.actorUri);
    else await context.videos.remove(tx, video.id, video.accountId);
    return applied;
  },
});

async function videoOf(
  { accounts, videos }: VerbContext,
  uri: string,
  actorUri: string,
): Promise<Video | 'not-theirs' | null> {
  const video = await videos.internalByUri(uri);
  if (!video) return null;
  const author = await accounts.byId(video.accountId);
  return author?.actorUri === actorUri ? video : 'not-theirs';
}
