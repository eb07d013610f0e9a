import { inboxLimits } from '../../config/limits.ts';
import type { NewPost } from '../posts.ts';
import { idOf, isObject, type JsonObject, listOf, sameOrigin, typesOf } from '../translate/read.ts';
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

/**
 * Somebody publishes a video that one of our people asked for, or comments on one that is here. One Create may
 * bring several posts, as GoToSocial sends votes: each is taken or left by itself.
 */
export const create = verb<{ posts: readonly NewPost[] }>({
  async verify(activity, context) {
    const found = [];
    for (const one of eachObject(activity)) found.push(await newPostOf(one, context));
    const posts = found.flatMap((one) => ('plan' in one ? [one.plan.post] : []));
    const [reason] = found.flatMap((one) => ('state' in one ? [one] : []));
    return posts.length === 0 ? (reason ?? ignored('object-without-id')) : { plan: { posts } };
  },
  async apply({ posts }, tx, context) {
    const outcomes: Outcome[] = [];
    // In one order whoever sends them, so that two of these never wait for each other.
    for (const post of posts.toSorted((a, b) => (uriOfPost(a) < uriOfPost(b) ? -1 : 1))) {
      await lockObject(tx, uriOfPost(post));
      const outcome = await context.posts.store(tx, post);
      outcomes.push(outcome.ok ? applied : ignored(outcome.reason));
    }
    return outcomes.find(({ state }) => state === 'applied') ?? outcomes[0] ?? ignored('object-without-id');
  },
});

/** The activity once for each of its objects, up to as many as anybody would send. */
function eachObject(activity: Activity): Activity[] {
  const objects = listOf(activity.raw.object);
  if (objects.length <= 1) return [activity];
  return objects.slice(0, inboxLimits.maxObjectsPerActivity).map((object) => ({
    ...activity,
    objectId: idOf(object),
    object: isObject(object) ? object : null,
  }));
}

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
  // What is here was asked for once; its author goes on speaking for it.
  const isKnown = (await context.posts.find(uriOfPost(read.post))) !== null;
  const unwanted = isKnown ? null : await context.posts.whyNotWanted(read.post);
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
