import { rememberDeleted } from '../../src/db/tombstones.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { KnownPost } from '../posts.ts';
import { sameOrigin } from '../translate/read.ts';
import { applied, ignored, lockObject, refused, type VerbContext, verb } from './verb.ts';

type Plan =
  | { readonly what: 'account'; readonly accountId: AccountId }
  | { readonly what: 'object'; readonly uri: string; readonly actorUri: string };

/**
 * An author deletes a post, or an account is gone. Only the exact author may (security.md V1), and for a comment
 * the author of the video it stands under, wherever the comment is from.
 */
export const del = verb<Plan>({
  async verify({ actorUri, objectId }, context) {
    if (objectId === null) return ignored('object-without-id');
    const post = await postOf(context, objectId, actorUri);
    if (context.urls.isOurs(objectId) && (post === null || post === 'not-theirs')) {
      return refused('object-is-ours');
    }
    if (objectId === actorUri) {
      const account = await context.accounts.byActorUri(actorUri);
      return account ? { plan: { what: 'account', accountId: account.id } } : ignored('unknown-actor');
    }
    const mayBeTheirs = sameOrigin(objectId, actorUri) || post !== null;
    if (!mayBeTheirs || post === 'not-theirs') return refused('not-the-author');
    return { plan: { what: 'object', uri: objectId, actorUri } };
  },
  async apply(plan, tx, context) {
    if (plan.what === 'account') {
      return (await context.accounts.markGone(tx, plan.accountId)) ? applied : ignored('already-gone');
    }
    await lockObject(tx, plan.uri);
    // Asked again: its Create may have come in between.
    const post = await postOf(context, plan.uri, plan.actorUri);
    if (post === 'not-theirs') return refused('not-the-author');
    // Also where the Create is still on the way: remembering keeps it from coming back.
    if (!context.urls.isOurs(plan.uri)) await rememberDeleted(tx, plan.uri, plan.actorUri);
    if (post?.kind === 'video') await context.videos.remove(tx, post.video.id, post.video.accountId);
    else if (post) await context.comments.remove(tx, post.comment.id, post.comment.accountId);
    return applied;
  },
});

/**
 * The post at this address, where the actor may delete it: its author, one whom it is attributed to, or for a
 * comment those of the video. Videos of ours are nobody’s elsewhere.
 */
async function postOf(
  context: VerbContext,
  uri: string,
  actorUri: string,
): Promise<KnownPost | 'not-theirs' | null> {
  const post = await context.posts.find(uri);
  if (!post) return null;
  const video = post.kind === 'video' ? post.video : await context.videos.internal(post.comment.videoId);
  const ids = [video?.accountId, post.kind === 'comment' ? post.comment.accountId : undefined];
  const authors = await context.accounts.byIds(ids.filter((id) => id !== undefined));
  const theirs = [...(video?.attributedTo ?? []), ...[...authors.values()].map((one) => one.actorUri)];
  return theirs.includes(actorUri) ? post : 'not-theirs';
}
