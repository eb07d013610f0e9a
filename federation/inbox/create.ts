import type { Account } from '../../src/modules/accounts/index.ts';
import type { RemoteVideo } from '../../src/modules/videos/index.ts';
import { readVideoNote } from '../translate/note.ts';
import { type JsonObject, listOf, sameOrigin } from '../translate/read.ts';
import type { Activity } from './normalise.ts';
import { applied, ignored, lockObject, type Outcome, refused, type VerbContext, verb } from './verb.ts';

/** Somebody whom one of our people follows publishes a video. */
export const create = verb<{ author: Account; video: RemoteVideo }>({
  async verify(activity, context) {
    const author = await context.accounts.byActorUri(activity.actorUri);
    // Posts of people nobody here follows are how spam spreads (federation-interop.md 2).
    if (!author || !(await context.social.isFollowedHere(author.id))) return ignored('not-followed');
    const found = await objectOf(activity, context);
    if ('state' in found) return found;
    const note = withAudienceOf(activity, found.object);
    const read = readVideoNote(note, author.actorUri, context.clock.now());
    if (!read.ok) return read.reason === 'not-the-author' ? refused(read.reason) : ignored(read.reason);
    return { plan: { author, video: read.video } };
  },
  async apply({ author, video }, tx, { videos }) {
    await lockObject(tx, video.uri);
    const outcome = await videos.receiveRemote(tx, author, video);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});

/** The audience stands on the object, the activity, or both; what either says counts (federation-interop.md 1.3). */
function withAudienceOf({ raw }: Activity, object: JsonObject): JsonObject {
  const both = (name: 'to' | 'cc') => [...listOf(object[name]), ...listOf(raw[name])];
  return { ...object, to: both('to'), cc: both('cc') };
}

/** The embedded object, or what its address says where only that is given: of the sender's own origin (O2). */
async function objectOf(
  activity: Activity,
  context: VerbContext,
): Promise<Outcome | { readonly object: JsonObject }> {
  const { object, objectId } = activity;
  if (objectId === null) return ignored('object-without-id');
  if (context.urls.isOurs(objectId)) return refused('object-is-ours');
  // Whatever another server says of it, this sender did not make it; asking would only serve a flood.
  if (!sameOrigin(objectId, activity.actorUri)) return refused('not-the-author');
  if (object?.type !== undefined) return { object };
  const loaded = await context.loadDocument(objectId);
  if (loaded.ok) return { object: loaded.document };
  if (['timeout', 'connection-failed', 'server-error'].includes(loaded.reason)) {
    throw new Error(`The object could not be fetched: ${loaded.reason}`);
  }
  return ignored(`object-${loaded.reason}`);
}
