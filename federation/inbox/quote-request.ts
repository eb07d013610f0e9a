import { remixRequestLimits } from '../../config/media-limits.ts';
import { textOfHtml } from '../../src/lib/html/sanitize.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { remixable } from '../../src/modules/remixes/index.ts';
import type { RemixKind, Video } from '../../src/modules/videos/index.ts';
import { deliver } from '../outbox/deliveries.ts';
import { quoteAnswerOf } from '../translate/activities.ts';
import { idOf, isObject, type JsonObject, listOf, sameOrigin, uriOf } from '../translate/read.ts';
import { QUOTE_LINE, readRemix } from '../translate/remix.ts';
import { applied, ignored, refused, seenPost, senderOf, type VerbContext, verb } from './verb.ts';

/**
 * Somebody asks to quote a video of ours (FEP-044f). Videos that everybody may see can be quoted, and remixed where
 * their author allows that; the answer carries the address of a stamp that others may check. Where the author wants to be
 * asked about each remix, it waits for that; without any other answer a quote would wait for ever.
 */
export const quoteRequest = verb<{
  requester: Account;
  author: Account;
  video: Video;
  requestId: string;
  instrument: string;
  /** Null for a plain quote. */
  kind: RemixKind | null;
  shown: { readonly caption: string; readonly previewUrl: string | null };
}>({
  async verify(activity, context) {
    const [given] = listOf(activity.raw.instrument);
    const instrument = idOf(given);
    if (instrument === null) return ignored('no-instrument');
    if (!sameOrigin(instrument, activity.actorUri)) return refused('not-their-post');
    const sender = await senderOf(activity, context);
    if ('state' in sender) return sender;
    const post = await seenPost(activity.objectId, sender.account, context);
    if (post?.kind !== 'video' || !post.video.local) return ignored('unknown-object');
    const author = await context.accounts.byId(post.video.accountId);
    if (!author) return ignored('unknown-object');
    const { video } = post;
    const kind = await kindOf(given, instrument, context);
    const about = { requestId: activity.id, instrument, kind, shown: shownIn(given, instrument) };
    return { plan: { requester: sender.account, author, video, ...about } };
  },
  async apply(plan, tx, context) {
    const { requester, author, video, requestId, instrument, kind } = plan;
    const isOpen = video.visibility === 'public' || video.visibility === 'unlisted';
    const policy = kind === null ? null : remixable(video, requester.id, kind);
    let isAllowed = isOpen && (policy === null || policy.ok);
    if (isAllowed && kind !== null && policy?.ok && policy.asks) {
      const stamp = await context.remixes.stampFor(video.id, instrument);
      if (stamp?.kind !== kind) {
        const asked = await context.remixes.requestLeave(tx, {
          ...{ kind, videoId: video.id, accountId: requester.id, remixId: null, ...plan.shown },
          ...{ instrumentUri: instrument, requestUri: requestId },
        });
        if (asked === 'waiting') return applied;
        isAllowed = false;
      }
    }
    const stamp = isAllowed
      ? await context.engagement.allowQuote(tx, requester, video.id, instrument, kind)
      : null;
    const remix = await context.videos.internalByUri(instrument);
    // Nobody settles what others made.
    if (remix?.accountId === requester.id && remix.remix?.uri === video.uri) {
      if (stamp === null) await context.remixes.refuse(tx, remix.id);
      else if (kind === remix.remix.kind && policy?.ok) {
        await context.remixes.link(tx, remix.id, video.id);
        await context.remixes.give(tx, remix.id, null);
      }
    }
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

/** What an embedded remix says, and where it can be watched: by its own server alone. */
function shownIn(given: unknown, instrument: string) {
  if (!isObject(given)) return { caption: '', previewUrl: null };
  const html = typeof given.content === 'string' ? given.content.replace(QUOTE_LINE, '') : '';
  const max = remixRequestLimits.maxCaptionCharacters;
  const [url] = listOf(given.attachment).flatMap((one) => (isObject(one) ? (uriOf(one.url) ?? []) : []));
  return {
    caption: textOfHtml(html, 4 * max).slice(0, max),
    previewUrl: url !== undefined && sameOrigin(url, instrument) ? url : null,
  };
}

/**
 * What the quote is: told in the request, known here, or else asked for. Where its server does not show it, it is
 * taken for a plain quote: a remix that comes later is measured again by what the author allows.
 */
async function kindOf(given: unknown, uri: string, context: VerbContext): Promise<RemixKind | null> {
  const known = await context.videos.internalByUri(uri);
  if (known) return known.remix?.kind ?? null;
  const document = isObject(given) && given.type !== undefined ? given : await shown(uri, context);
  return document === null ? null : (readRemix(document)?.kind ?? null);
}

async function shown(uri: string, { posts }: VerbContext): Promise<JsonObject | null> {
  const loaded = await posts.load(uri);
  if (loaded.ok) return loaded.document;
  if (loaded.why.again) throw new Error(`The quote could not be had just now: ${loaded.why.reason}`);
  return null;
}
