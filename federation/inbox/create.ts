import { inboxLimits } from '../../config/limits.ts';
import type { Tx } from '../../src/db/database.ts';
import type { JobPayload } from '../../src/jobs/registry.ts';
import type { NewPost, Orphan } from '../posts.ts';
import { idOf, isObject, type JsonObject, listOf, sameOrigin, typesOf } from '../translate/read.ts';
import { type Hint, hintOf, takeHint } from './hint.ts';
import type { Activity } from './normalise.ts';
import {
  applied,
  ignored,
  lockObjects,
  type Outcome,
  refused,
  unusable,
  type VerbContext,
  verbForMany,
} from './verb.ts';

/**
 * Somebody publishes a video that one of our people asked for, or comments on one that is here. One Create may
 * bring several posts, as GoToSocial sends votes: each is taken or left by itself.
 */
export const create = verbForMany<{ readonly posts: readonly NewOrOrphan[] } | { readonly hint: Hint }>({
  async verify(activity, context) {
    const { objectId, actorUri } = activity;
    if (objectId !== null && !sameOrigin(objectId, actorUri)) {
      const relay = await context.relays.accepted(actorUri);
      const told = relay && (await hintOf(relay, objectId, context));
      if (told) return 'state' in told ? told : { plan: told };
    }
    const found = [];
    for (const one of eachObject(activity)) found.push(await newPostOf(one, context));
    const posts = found.flatMap((one) => ('plan' in one ? [one.plan] : []));
    const [reason] = found.flatMap((one) => ('state' in one ? [one] : []));
    return posts.length === 0 ? (reason ?? ignored('object-without-id')) : { plan: { posts } };
  },
  async applyAll(plans, tx, context) {
    const all = plans.flatMap((plan) => ('hint' in plan ? [] : plan.posts));
    const outcomeOf = await takeAll(all, tx, context);
    const told: Outcome[] = [];
    for (const plan of plans) {
      if ('hint' in plan) told.push(await takeHint(plan.hint, tx, context));
      else {
        const outcomes = plan.posts.flatMap((one) => outcomeOf.get(one) ?? []);
        const isApplied = outcomes.some(({ state }) => state === 'applied');
        told.push(isApplied ? applied : (outcomes[0] ?? ignored('object-without-id')));
      }
    }
    return told;
  },
});

/** A post to be stored, or a comment whose parent is unknown, to be asked for first. */
type NewOrOrphan =
  | { readonly post: NewPost }
  | { readonly thread: JobPayload<'thread.fetch'> & { readonly uri: string } };

async function takeAll(
  all: readonly NewOrOrphan[],
  tx: Tx,
  context: VerbContext,
): Promise<Map<NewOrOrphan, Outcome>> {
  const outcomes = new Map<NewOrOrphan, Outcome>();
  const found = all.flatMap((one) => ('post' in one ? [one] : []));
  const posts = found.map(({ post }) => post);
  await lockObjects(tx, posts.map(uriOfPost));
  const stored = await context.posts.storeAll(tx, posts);
  for (const [at, one] of found.entries()) {
    const outcome = stored[at];
    if (outcome) outcomes.set(one, outcome.ok ? applied : ignored(outcome.reason));
  }
  const orphans = all.flatMap((one) => ('thread' in one ? [one] : []));
  const jobs = orphans.map(({ thread: { uri, ...payload } }) => ({
    ...{ name: 'thread.fetch' as const, payload, key: `thread:${uri}` },
  }));
  await context.enqueue(tx, jobs);
  for (const one of orphans) outcomes.set(one, ignored('parent-is-asked-for'));
  return outcomes;
}

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
): Promise<Outcome | { readonly plan: NewOrOrphan }> {
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
  if (!read.ok && read.orphan) return askForParent(activity, read.orphan, context);
  if (!read.ok) return unusable(read.why);
  const unwanted = await context.posts.whyNotWanted(read.post);
  // What is here was asked for once; its author goes on speaking for it.
  const isTaken = unwanted === null || (await context.posts.find(uriOfPost(read.post))) !== null;
  return isTaken ? { plan: { post: read.post } } : ignored(unwanted);
}

/**
 * A comment in a thread that is not here. Those that somebody here asked for bring the whole thread; of others it
 * shows only at the root whether they stand under a video that is here, and only so many are looked into.
 */
async function askForParent(
  activity: Activity,
  orphan: Orphan,
  context: VerbContext,
): Promise<Outcome | { readonly plan: NewOrOrphan }> {
  const { id, actorUri, objectId } = activity;
  if (objectId === null || context.urls.isOurs(orphan.parentUri)) return ignored('unknown-parent');
  if (!context.threads.mayStart(new URL(actorUri).host)) return ignored('unknown-parent');
  const wanted = await context.posts.isOrphanWanted(orphan);
  const thread = { uri: objectId, parentUri: orphan.parentUri, activity: { actorUri, id }, wanted };
  return { plan: { thread } };
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
