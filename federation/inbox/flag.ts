import { reportLimits } from '../../config/limits.ts';
import { textOfHtml } from '../../src/lib/html/sanitize.ts';
import type { CommentId, PackId, VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { idOf, listOf, textOf } from '../translate/read.ts';
import { applied, ignored, senderOf, verb } from './verb.ts';

interface Plan {
  readonly reporter: Account;
  readonly target: Account;
  readonly videoIds: readonly VideoId[];
  readonly commentIds: readonly CommentId[];
  readonly packIds: readonly PackId[];
  readonly comment: string;
  readonly uri: string;
}

/**
 * Another server reports one of our accounts, or posts or starter packs of it, to our staff. Ids alone are kept: what the posts
 * say is looked up here, where it may be seen by those who may (security.md V7).
 */
export const flag = verb<Plan>({
  async verify(activity, context) {
    const sender = await senderOf(activity, context);
    if ('state' in sender) return sender;
    const { rejectsReports } = await context.instances.standingOf(new URL(activity.actorUri).host);
    if (rejectsReports) return ignored('reports-rejected');
    const named = listOf(activity.raw.object)
      .slice(0, reportLimits.maxPosts)
      .flatMap((object) => idOf(object) ?? [])
      .filter((uri) => context.urls.isOurs(uri));
    const accounts = (await context.accounts.byActorUris(named)).flatMap((account) => account ?? []);
    const found = await Promise.all(named.map((uri) => context.posts.find(uri)));
    const videos = found.flatMap((post) => (post?.kind === 'video' ? [post.video] : []));
    const comments = found.flatMap((post) => (post?.kind === 'comment' ? [post.comment] : []));
    const packs = (await Promise.all(named.map((uri) => context.packs.byUri(uri)))).flatMap(
      (one) => one ?? [],
    );
    const authorId = [...videos, ...comments][0]?.accountId ?? packs[0]?.ownerId;
    const targetId = accounts[0]?.ownerId ?? accounts[0]?.id ?? authorId;
    const target = targetId ? await context.accounts.byId(targetId) : null;
    if (target?.domain !== null) return ignored('not-ours');
    const comment = textOfHtml(
      textOf(activity.raw.content ?? activity.raw.summary, reportLimits.maxCommentCharacters) ?? '',
      reportLimits.maxCommentCharacters,
    );
    const ids = {
      videoIds: videos.map(({ id }) => id),
      commentIds: comments.map(({ id }) => id),
      packIds: packs.map(({ id }) => id),
    };
    return { plan: { reporter: sender.account, target, ...ids, comment, uri: activity.id } };
  },
  async apply({ reporter, target, ...report }, tx, { moderation }) {
    const filed = { ...report, reporterId: reporter.id, targetId: target.id, forward: false };
    const outcome = await moderation.file(tx, filed);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});
