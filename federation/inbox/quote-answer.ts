import type { VideoId } from '../../src/lib/ids.ts';
import { checkStamp } from '../stamps.ts';
import { quoteRequestUri } from '../translate/activities.ts';
import { idOf, listOf, typesOf } from '../translate/read.ts';
import type { Activity } from './normalise.ts';
import { ignored, type Outcome, refused, type VerbContext } from './verb.ts';

/** A request of ours to show a video of another server in one of ours, which that server answers. */
export interface AnsweredQuote {
  readonly remixId: VideoId;
  /** Of an Accept. */
  readonly stampUri: string | null;
}

/**
 * What an Accept or Reject answers, where that is a request to quote; null where it is none. Only the author of the
 * original answers, and a stamp is looked at where it is served (security.md V5, FEP-044f).
 */
export async function answeredQuote(
  activity: Activity,
  type: 'Accept' | 'Reject',
  context: VerbContext,
): Promise<Outcome | { readonly plan: AnsweredQuote } | null> {
  const { object, objectId, actorUri } = activity;
  const isRequest = object !== null && typesOf(object).includes('QuoteRequest');
  const named = isRequest ? idOf(listOf(object.instrument)[0]) : null;
  const remixUri = objectId === null ? named : (quoteRequestUri.remixOf(objectId) ?? named);
  if (remixUri === null) return isRequest ? ignored('no-such-request') : null;
  const remix = await context.videos.internalByUri(remixUri);
  const original = remix?.remix?.id ? await context.videos.internal(remix.remix.id) : null;
  const author = original && (await context.accounts.byId(original.accountId));
  if (!remix?.local || !original || !author) return ignored('no-such-request');
  if (author.actorUri !== actorUri) return refused('not-the-one-asked');
  if (type === 'Reject') return { plan: { remixId: remix.id, stampUri: null } };
  const stampUri = idOf(listOf(activity.raw.result)[0]);
  if (stampUri === null) return ignored('no-stamp');
  const answer = await checkStamp(context.posts.load, { stampUri, author, remix, original });
  if (answer === 'again') throw new Error('The stamp could not be had just now.');
  return answer === 'valid' ? { plan: { remixId: remix.id, stampUri } } : refused('stamp-invalid');
}
