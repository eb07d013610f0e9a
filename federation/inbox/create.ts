import type { NewPost } from '../posts.ts';
import { type JsonObject, listOf, sameOrigin, typesOf } from '../translate/read.ts';
import type { Activity } from './normalise.ts';
import {
  applied,
  ignored,
  lockObject,
  type Outcome,
  refused,
  unusable,
  type VerbContext,
  verb,
} from './verb.ts';

/** Somebody publishes a video that one of our people asked for, or comments on one that is here. */
export const create = verb<{ post: NewPost }>({
  async verify(activity, context) {
    return newPostOf(activity, context);
  },
  async apply({ post }, tx, { posts }) {
    await lockObject(tx, uriOfPost(post));
    const outcome = await posts.store(tx, post);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});

export function uriOfPost(post: NewPost): string {
  return post.kind === 'video' ? post.video.uri : post.comment.uri;
}

/** The post that a Create or Update brings, where its author may bring it and somebody here wants it. */
export async function newPostOf(
  activity: Activity,
  context: VerbContext,
): Promise<Outcome | { readonly plan: { readonly post: NewPost } }> {
  const found = await objectOf(activity, context);
  if ('state' in found) return found;
  // Most of what comes is text that nobody here can show; it costs no look at its author.
  if (!typesOf(found.object).some((type) => type === 'Note' || type === 'Video'))
    return ignored('not-a-post');
  const sender = await context.lookup.actor(activity.actorUri);
  if (!sender.ok) {
    if (sender.reason === 'unreachable') throw new Error(sender.detail ?? sender.reason);
    return ignored(`author-${sender.reason}`);
  }
  const read = await context.posts.read(withAudienceOf(activity, found.object), sender.account);
  if (!read.ok) return unusable(read.why);
  const unwanted = await context.posts.whyNotWanted(read.post);
  return unwanted === null ? { plan: { post: read.post } } : ignored(unwanted);
}

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
  const again = ['timeout', 'connection-failed', 'server-error'].includes(loaded.reason);
  return unusable({ reason: `object-${loaded.reason}`, refused: false, again });
}
