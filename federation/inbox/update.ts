import type { Account, RemoteActor } from '../../src/modules/accounts/index.ts';
import type { NewPost } from '../posts.ts';
import { isActor, readActor } from '../translate/actor.ts';
import { newPostOf, uriOfPost } from './create.ts';
import type { Activity } from './normalise.ts';
import { applied, ignored, lockObject, type Outcome, refused, type VerbContext, verb } from './verb.ts';

type Plan =
  | { readonly what: 'actor'; readonly actor: RemoteActor }
  | { readonly what: 'post'; readonly post: NewPost };

/**
 * An author edits a post, or an account its profile. Only the exact author may (security.md V2). An edit that
 * overtakes its Create stands for it: the later Create then finds the post known.
 */
export const update = verb<Plan>({
  async verify(activity, context) {
    if (activity.object && isActor(activity.object)) return actorUpdate(activity, context);
    const found = await newPostOf(activity, context);
    if ('state' in found) return found;
    // An edit is no reason to ask for a thread that its Create did not bring.
    if ('thread' in found.plan) return ignored('unknown-parent');
    const { post } = found.plan;
    const { editedAt } = post.kind === 'video' ? post.video : post.comment;
    // Mastodon sends one for every vote in a poll; without a newer date nothing of ours changed.
    const isStamped = post.kind === 'video' && (post.video.remix?.stampUri ?? null) !== null;
    if (editedAt === null && !isStamped) return ignored('not-edited');
    return { plan: { what: 'post', post } };
  },
  async apply(plan, tx, context) {
    if (plan.what === 'actor') {
      const outcome = await context.accounts.receiveRemote(tx, plan.actor);
      return outcome.ok ? applied : ignored(outcome.reason);
    }
    const { post } = plan;
    await lockObject(tx, uriOfPost(post));
    const known = await context.posts.find(uriOfPost(post));
    if (!known) {
      const stored = await context.posts.store(tx, post);
      return stored.ok ? applied : ignored(stored.reason);
    }
    if (known.kind === 'video' && post.kind === 'video') {
      if (known.video.accountId !== post.author.id) return refused('not-the-author');
      const { stampUri = null } = post.video.remix ?? {};
      // Others tell of it without a newer date: nobody edited anything.
      const isStamped = stampUri !== null && (await context.remixes.noteStamp(tx, known.video.id, stampUri));
      const outcome = await context.videos.updateRemote(tx, known.video.id, post.video, post.mentions);
      if (isStamped) return applied;
      return outcome.ok ? applied : ignored(outcome.reason);
    }
    if (known.kind === 'comment' && post.kind === 'comment') {
      if (known.comment.accountId !== post.author.id) return refused('not-the-author');
      const outcome = await context.comments.updateRemote(tx, known.comment.id, post.comment);
      return outcome.ok ? applied : ignored(outcome.reason);
    }
    return ignored('became-something-else');
  },
});

/** A profile as its owner sends it; a channel's may also come from elsewhere on its server, and is then asked for. */
async function actorUpdate(
  activity: Activity,
  context: VerbContext,
): Promise<Outcome | { readonly plan: Plan }> {
  const { objectId, actorUri, object } = activity;
  if (objectId !== actorUri) return refused('not-the-owner');
  const known: Account | null = await context.accounts.byActorUri(actorUri);
  if (!known) return ignored('unknown-actor');
  const read = readActor(object ?? {});
  return read.ok ? { plan: { what: 'actor', actor: read.actor } } : ignored(read.reason);
}
