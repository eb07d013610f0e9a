import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import { sameOrigin } from '../translate/read.ts';
import { applied, ignored, refused, verb } from './verb.ts';

type Plan =
  | { readonly what: 'account'; readonly accountId: AccountId }
  | { readonly what: 'video'; readonly videoId: VideoId; readonly accountId: AccountId }
  | { readonly what: 'unknown'; readonly uri: string; readonly actorUri: string };

/** An author deletes a video, or an account is gone. Only the exact author may (security.md V1). */
export const del = verb<Plan>({
  async verify({ actorUri, objectId }, { accounts, videos, urls }) {
    if (objectId === null) return ignored('object-without-id');
    if (urls.isOurs(objectId)) return refused('object-is-ours');
    if (objectId === actorUri) {
      const account = await accounts.byActorUri(actorUri);
      return account ? { plan: { what: 'account', accountId: account.id } } : ignored('unknown-actor');
    }
    if (!sameOrigin(objectId, actorUri)) return refused('not-the-author');
    const video = await videos.internalByUri(objectId);
    // Perhaps its Create is still on the way: remembering keeps it from coming back.
    if (!video) return { plan: { what: 'unknown', uri: objectId, actorUri } };
    const author = await accounts.byId(video.accountId);
    if (author?.actorUri !== actorUri) return refused('not-the-author');
    return { plan: { what: 'video', videoId: video.id, accountId: author.id } };
  },
  async apply(plan, tx, { accounts, videos }) {
    switch (plan.what) {
      case 'account':
        return (await accounts.markGone(tx, plan.accountId)) ? applied : ignored('already-gone');
      case 'video': {
        const outcome = await videos.remove(tx, plan.videoId, plan.accountId);
        return outcome.ok ? applied : ignored(outcome.reason);
      }
      case 'unknown':
        await videos.rememberDeleted(tx, plan.uri, plan.actorUri);
        return applied;
    }
  },
});
