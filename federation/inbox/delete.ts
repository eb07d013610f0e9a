import { rememberDeleted } from '../../src/db/tombstones.ts';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import type { KnownPost } from '../posts.ts';
import { sameOrigin } from '../translate/read.ts';
import { applied, ignored, lockObject, refused, type VerbContext, verb } from './verb.ts';

type Plan =
  | { readonly what: 'account'; readonly accountId: AccountId }
  | {
      readonly what: 'stamp';
      readonly uri: string;
      readonly actorUri: string;
      readonly remixIds: readonly VideoId[];
    }
  | { readonly what: 'pack'; readonly uri: string }
  | { readonly what: 'object'; readonly uri: string; readonly actorUri: string };

/**
 * An author deletes a post or a starter pack, or takes back a stamp, or an account is gone. Only the exact author may
 * (security.md V1), and for a comment the author of the video it stands under, wherever the comment is from.
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
    const pack = post === null ? await context.packs.byUri(objectId) : null;
    if (pack) {
      const owner = await context.accounts.byId(pack.ownerId);
      return owner?.actorUri === actorUri
        ? { plan: { what: 'pack', uri: objectId } }
        : refused('not-the-author');
    }
    // What is known as something else is none, whoever says that it is a stamp of theirs.
    const isStamp = post === null && sameOrigin(objectId, actorUri);
    const remixIds = isStamp ? await context.remixes.withStamp(objectId, actorUri) : [];
    if (remixIds.length > 0) return { plan: { what: 'stamp', uri: objectId, actorUri, remixIds } };
    const mayBeTheirs = sameOrigin(objectId, actorUri) || post !== null;
    if (!mayBeTheirs || post === 'not-theirs') return refused('not-the-author');
    return { plan: { what: 'object', uri: objectId, actorUri } };
  },
  async apply(plan, tx, context) {
    if (plan.what === 'account') {
      return (await context.accounts.markGone(tx, plan.accountId)) ? applied : ignored('already-gone');
    }
    await lockObject(tx, plan.uri);
    if (plan.what === 'pack') {
      return (await context.packs.forgetRemote(tx, plan.uri)) ? applied : ignored('taken-down');
    }
    if (plan.what === 'stamp') {
      // It may have been a post all the same, whose Create is still on the way.
      await rememberDeleted(tx, plan.uri, plan.actorUri);
      let refusedNow = 0;
      for (const id of plan.remixIds) if (await context.remixes.refuse(tx, id)) refusedNow += 1;
      return refusedNow > 0 ? applied : ignored('revoked-before');
    }
    // Asked again: its Create may have come in between.
    const post = await postOf(context, plan.uri, plan.actorUri);
    if (post === 'not-theirs') return refused('not-the-author');
    // Also where the Create is still on the way: remembering keeps it from coming back.
    if (!context.urls.isOurs(plan.uri)) await rememberDeleted(tx, plan.uri, plan.actorUri);
    await context.remixes.forgetRequest(tx, { instrumentUri: plan.uri, actorUri: plan.actorUri });
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
