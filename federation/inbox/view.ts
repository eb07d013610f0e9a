import type { VideoId } from '../../src/lib/ids.ts';
import { applied, ignored, seenPost, senderOf, verb } from './verb.ts';

/**
 * A PeerTube server tells of views on its site. Numbers from elsewhere can be made up: they are capped for
 * each server and day, shown as what they are, and ranked by never (peertube.md 4, security.md V9).
 */
export const view = verb<{ videoId: VideoId; host: string }>({
  async verify(activity, context) {
    // With an end it says that somebody is watching just now, again and again; that is no view.
    if (activity.raw.expires !== undefined) return ignored('presence');
    const sender = await senderOf(activity, context);
    if ('state' in sender) return sender;
    const post = await seenPost(activity.objectId, sender.account, context);
    if (post?.kind !== 'video' || !post.video.local) return ignored('unknown-object');
    return { plan: { videoId: post.video.id, host: new URL(activity.actorUri).host } };
  },
  async apply({ videoId, host }, tx, { engagement }) {
    const counted = await engagement.countRemoteView(tx, videoId, host);
    return counted ? applied : ignored('too-many-views');
  },
});
