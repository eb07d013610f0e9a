import type { Account } from '../../src/modules/accounts/index.ts';
import type { RemoteVideo } from '../../src/modules/videos/index.ts';
import { readVideoNote } from '../translate/note.ts';
import { type JsonObject, sameOrigin } from '../translate/read.ts';
import type { Activity } from './normalise.ts';
import { applied, ignored, type Outcome, refused, type VerbContext, verb } from './verb.ts';

/** Somebody whom one of our people follows publishes a video. */
export const create = verb<{ author: Account; video: RemoteVideo }>({
  async verify(activity, context) {
    const author = await context.accounts.byActorUri(activity.actorUri);
    // Posts of people nobody here follows are how spam spreads (federation-interop.md 2).
    if (!author || !(await context.social.isFollowedHere(author.id))) return ignored('not-followed');
    const found = await objectOf(activity, context);
    if ('state' in found) return found;
    const read = readVideoNote(found.object, author.actorUri, context.clock.now());
    if (!read.ok) return read.reason === 'not-the-author' ? refused(read.reason) : ignored(read.reason);
    return { plan: { author, video: read.video } };
  },
  async apply({ author, video }, tx, { videos }) {
    const outcome = await videos.receiveRemote(tx, author, video);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});

/** The embedded object where its id is the sender's to speak for; else what that id's server says (O2). */
async function objectOf(
  activity: Activity,
  context: VerbContext,
): Promise<Outcome | { readonly object: JsonObject }> {
  const { object, objectId } = activity;
  if (objectId === null) return ignored('object-without-id');
  if (context.urls.isOurs(objectId)) return refused('object-is-ours');
  if (object?.type !== undefined && sameOrigin(objectId, activity.actorUri)) return { object };
  const loaded = await context.loadDocument(objectId);
  if (loaded.ok) return { object: loaded.document };
  if (['timeout', 'connection-failed', 'server-error'].includes(loaded.reason)) {
    throw new Error(`The object could not be fetched: ${loaded.reason}`);
  }
  return ignored(`object-${loaded.reason}`);
}
