import type { Context } from '../../src/context.ts';
import { relayEvents } from '../../src/jobs/relay.ts';
import type { Account } from '../../src/modules/accounts/index.ts';

/** Hands all events to their subscribers, as a worker does, until there are none. */
export async function settle(context: Context): Promise<void> {
  while ((await relayEvents(context)) > 0);
}

/** Does what people do, past HTTP, and lets it have its effects. */
export function createDeeds(context: Context) {
  const { inTx, engagement, social, comments, videos } = context;
  const done = async (deed: Promise<unknown>): Promise<void> => {
    await deed;
    await settle(context);
  };
  const videoOf = async (id: string) => {
    const video = await videos.internal(id as never);
    if (!video) throw new Error('There is no such video.');
    return video;
  };
  return {
    like: (who: Account, videoId: string) =>
      done(inTx((tx) => engagement.like(tx, who, { videoId: videoId as never }))),
    unlike: (who: Account, videoId: string) =>
      done(inTx((tx) => engagement.unlike(tx, who, { videoId: videoId as never }))),
    share: async (who: Account, videoId: string) => {
      const video = await videoOf(videoId);
      await done(inTx((tx) => engagement.share(tx, who, video)));
    },
    unshare: (who: Account, videoId: string) =>
      done(inTx((tx) => engagement.unshare(tx, who, videoId as never))),
    follow: (who: Account, whom: Account) => done(inTx((tx) => social.follow(tx, who, whom))),
    unfollow: (who: Account, whom: Account) =>
      done(inTx((tx) => social.unfollow(tx, { followerId: who.id, targetId: whom.id }))),
    accept: (who: Account, whom: Account) =>
      done(inTx((tx) => social.accept(tx, { followerId: who.id, targetId: whom.id }))),
    block: (who: Account, whom: Account) => done(inTx((tx) => social.block(tx, who, whom))),
    async comment(
      author: Account,
      videoId: string,
      text: string,
      more: {
        readonly parentId?: string;
        readonly visibility?: 'public' | 'direct';
        readonly mentions?: readonly Account[];
      } = {},
    ): Promise<string> {
      const video = await videoOf(videoId);
      const parent = more.parentId === undefined ? null : await comments.internal(more.parentId as never);
      const mentions = new Map((more.mentions ?? []).map((one) => [one.acct, one]));
      const outcome = await inTx((tx) =>
        comments.publish(tx, {
          ...{ author, video, parent, visibility: more.visibility ?? 'public' },
          details: { text, contentWarning: '', sensitive: false, language: null, mentions },
        }),
      );
      if (!outcome.ok) throw new Error(outcome.detail);
      await settle(context);
      return outcome.commentId;
    },
  };
}
