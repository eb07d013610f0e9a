import type { Account } from '../../src/modules/accounts/index.ts';
import type { Video } from '../../src/modules/videos/index.ts';
import { deliver } from '../outbox/deliveries.ts';
import { quoteAnswerOf } from '../translate/activities.ts';
import { idOf, listOf, sameOrigin } from '../translate/read.ts';
import { applied, ignored, refused, seenPost, senderOf, verb } from './verb.ts';

/**
 * Somebody asks to quote a video of ours (FEP-044f). Videos that everybody may see can be quoted; the answer
 * carries the address of a stamp that others may check. Without an answer the quote would wait for ever.
 */
export const quoteRequest = verb<{
  requester: Account;
  author: Account;
  video: Video;
  requestId: string;
  instrument: string;
}>({
  async verify(activity, context) {
    const instrument = idOf(listOf(activity.raw.instrument)[0]);
    if (instrument === null) return ignored('no-instrument');
    if (!sameOrigin(instrument, activity.actorUri)) return refused('not-their-post');
    const sender = await senderOf(activity, context);
    if ('state' in sender) return sender;
    const post = await seenPost(activity.objectId, sender.account, context);
    if (post?.kind !== 'video' || !post.video.local) return ignored('unknown-object');
    const author = await context.accounts.byId(post.video.accountId);
    if (!author) return ignored('unknown-object');
    const { video } = post;
    return { plan: { requester: sender.account, author, video, requestId: activity.id, instrument } };
  },
  async apply({ requester, author, video, requestId, instrument }, tx, context) {
    const isOpen = video.visibility === 'public' || video.visibility === 'unlisted';
    const stamp = isOpen ? await context.engagement.allowQuote(tx, requester, video.id, instrument) : null;
    const activity = quoteAnswerOf({
      type: stamp === null ? 'Reject' : 'Accept',
      actorUri: author.actorUri,
      requesterUri: requester.actorUri,
      request: {
        type: 'QuoteRequest',
        id: requestId,
        actor: requester.actorUri,
        object: video.uri,
        instrument,
      },
      serial: context.ids.next(),
      ...(stamp === null ? {} : { result: context.urls.quoteAuthorization(stamp) }),
    });
    await deliver(context, tx, {
      senderId: author.id,
      activity,
      objectUri: requestId,
      audience: { kind: 'account', id: requester.id },
    });
    return applied;
  },
});
