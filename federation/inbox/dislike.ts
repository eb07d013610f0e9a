import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { applied, ignored, lockObject, seenPost, senderOf, verb } from './verb.ts';

/** Somebody elsewhere dislikes a video of this server: kept as a private signal, shown to nobody. */
export const dislike = verb<{ account: Account; videoId: VideoId; uri: string }>({
  async verify(activity, context) {
    const sender = await senderOf(activity, context);
    if ('state' in sender) return sender;
    const post = await seenPost(activity.objectId, sender.account, context);
    if (post?.kind !== 'video') return ignored('unknown-object');
    return { plan: { account: sender.account, videoId: post.video.id, uri: activity.id } };
  },
  async apply({ account, videoId, uri }, tx, { engagement }) {
    await lockObject(tx, uri);
    const outcome = await engagement.dislike(tx, account, videoId, uri);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});
