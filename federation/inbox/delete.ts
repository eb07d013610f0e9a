import { rememberDeleted } from '../../src/db/tombstones.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { KnownPost } from '../posts.ts';
import { sameOrigin } from '../translate/read.ts';
import { applied, ignored, lockObject, refused, type VerbContext, verb } from './verb.ts';

type Plan =
  | { readonly what: 'account'; readonly accountId: AccountId }
  | { readonly what: 'object'; readonly uri: string; readonly actorUri: string };

/** An author deletes a post, or an account is gone. Only the exact author may (security.md V1). */
export const del = verb<Plan>({
  async verify({ actorUri, objectId }, context) {
    if (objectId === null) return ignored('object-without-id');
    if (context.urls.isOurs(objectId)) return refused('object-is-ours');
    if (objectId === actorUri) {
      const account = await context.accounts.byActorUri(actorUri);
      return account ? { plan: { what: 'account', accountId: account.id } } : ignored('unknown-actor');
    }
    if (!sameOrigin(objectId, actorUri) || (await postOf(context, objectId, actorUri)) === 'not-theirs') {
      return refused('not-the-author');
    }
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
    await rememberDeleted(tx, plan.uri, plan.actorUri);
    if (post?.kind === 'video') await context.videos.remove(tx, post.video.id, post.video.accountId);
    else if (post) await context.comments.remove(tx, post.comment.id, post.comment.accountId);
    return applied;
  },
});

/** The post at this address, where the actor may delete it: its author, or one whom it is attributed to. */
async function postOf(
  { accounts, posts }: VerbContext,
  uri: string,
  actorUri: string,
): Promise<KnownPost | 'not-theirs' | null> {
  const post = await posts.find(uri);
  if (!post) return null;
  const { accountId } = post.kind === 'video' ? post.video : post.comment;
  const others = post.kind === 'video' ? post.video.attributedTo : [];
  const author = await accounts.byId(accountId);
  return author?.actorUri === actorUri || others.includes(actorUri) ? post : 'not-theirs';
}
