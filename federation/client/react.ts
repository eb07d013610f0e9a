import { fail, ok } from '../../src/lib/result.ts';
import type { Visibility } from '../../src/modules/videos/index.ts';
import { likeableOf } from '../inbox/verb.ts';
import type { KnownPost } from '../posts.ts';
import { AS_PUBLIC, idOf, listOf } from '../translate/read.ts';
import { readAudience } from './audience.ts';
import { type ClientDeps, type ClientVerb, doneAs } from './caller.ts';
import { ownPostAt, personAt, postAt } from './targets.ts';

/** What people do with posts and accounts. Doing it twice is a conflict: the first one stands. */

const rowOf = (post: KnownPost) => (post.kind === 'video' ? post.video : post.comment);

export const like: ClientVerb = {
  scope: 'write:favourites',
  async run(deps, caller, { objectId }) {
    const found = await postAt(deps, caller, objectId);
    if (!found.ok) return found;
    const { account } = caller;
    const outcome = await deps.inTx((tx) => deps.engagement.like(tx, account, likeableOf(found.post)));
    if (!outcome.ok) return outcome;
    const row = rowOf(found.post);
    const author = await deps.accounts.byId(row.accountId);
    const id = await reactionUri(deps, 'likes', account.id, row.id);
    const to = author ? [author.actorUri] : [];
    return ok({ activity: doneAs(caller, { id, type: 'Like', to, object: row.uri }) });
  },
};

async function reactionUri(
  { engagement }: ClientDeps,
  table: 'likes' | 'shares',
  accountId: Parameters<typeof engagement.urisOf>[1][number]['accountId'],
  postId: string,
): Promise<string> {
  const uri = (await engagement.urisOf(table, [{ accountId, postId }])).get(`${accountId} ${postId}`);
  if (uri === undefined) throw new Error('A reaction was made and is not there.');
  return uri;
}

const isOpen = (visibility: Visibility) => visibility === 'public' || visibility === 'unlisted';

/**
 * Passes a video on: to everybody, or for one of one's own for followers to these. A share that is addressed to fewer
 * is refused, not widened.
 */
export const announce: ClientVerb = {
  scope: 'write:statuses',
  async run(deps, caller, activity) {
    const found = await postAt(deps, caller, activity.objectId);
    if (!found.ok) return found;
    if (found.post.kind !== 'video') return fail('not-a-video', 'Only videos can be shared.');
    const { video } = found.post;
    const read = await readAudience(deps, caller, { raw: activity.raw, object: null });
    if (!read.ok) return read;
    const wanted = read.audience?.visibility;
    if (wanted !== undefined && !isOpen(wanted) && isOpen(video.visibility)) {
      return fail(
        'validation-failed',
        'to: A share of this video is for everybody. Address it to the public.',
      );
    }
    const { account } = caller;
    const outcome = await deps.inTx((tx) => deps.engagement.share(tx, account, video));
    if (!outcome.ok) return outcome;
    const id = await reactionUri(deps, 'shares', account.id, video.id);
    const followers = deps.urls.followers(account.id);
    const to = [isOpen(video.visibility) ? AS_PUBLIC : followers];
    const cc = isOpen(video.visibility) ? [followers] : [];
    return ok({ activity: doneAs(caller, { id, type: 'Announce', to, cc, object: video.uri }) });
  },
};

export const follow: ClientVerb = {
  scope: 'write:follows',
  async run(deps, caller, { objectId }) {
    const found = await personAt(deps, caller, objectId);
    if (!found.ok) return found;
    const { account: target } = found;
    const { account } = caller;
    const outcome = await deps.inTx((tx) => deps.social.follow(tx, account, target));
    if (!outcome.ok) return outcome;
    const pair = { followerId: account.id, targetId: target.id };
    const id = (await deps.social.followUris([pair])).get(`${account.id} ${target.id}`);
    // Turned down in this very moment.
    if (id === undefined) return fail('conflict', 'The follow was made, and is over already.');
    const object = target.actorUri;
    return ok({ activity: doneAs(caller, { id, type: 'Follow', to: [object], object }) });
  },
};

export const block: ClientVerb = {
  scope: 'write:blocks',
  async run(deps, caller, { objectId }) {
    const found = await personAt(deps, caller, objectId);
    if (!found.ok) return found;
    const { account: target } = found;
    const outcome = await deps.inTx((tx) => deps.social.block(tx, caller.account, target));
    if (!outcome.ok) return outcome;
    const id = await deps.social.blockUri(caller.account.id, target.id);
    if (id === null) return fail('conflict', 'The block was made, and is lifted already.');
    return ok({ activity: doneAs(caller, { id, type: 'Block', object: target.actorUri }) });
  },
};

/** `Add` to and `Remove` from the own `featured`: the videos on top of the profile. */
const pin = (pinned: boolean): ClientVerb => ({
  scope: 'write:accounts',
  async run(deps, caller, { raw, objectId }) {
    const { account } = caller;
    const featured = deps.urls.featured(account.id);
    const targets = listOf(raw.target);
    const target = idOf(targets[0]);
    if (targets.length !== 1 || target === null) {
      return fail('validation-failed', 'target: Name the collection by its id.');
    }
    if (target !== featured) {
      return fail('not-yours', `target: Things are added to and removed from ${featured} only.`);
    }
    const found = await ownPostAt(deps, caller, objectId);
    if (!found.ok) return found;
    if (found.post.kind !== 'video') return fail('not-a-video', 'Only videos can be pinned.');
    const { id, uri } = found.post.video;
    const outcome = await deps.inTx((tx) =>
      deps.videos.pin(tx, { videoId: id, accountId: account.id, pinned }),
    );
    if (!outcome.ok) return outcome;
    if (!outcome.changed) return fail('known', 'It is so already.');
    const type = pinned ? 'Add' : 'Remove';
    return ok({ activity: doneAs(caller, { id: featured, type, object: uri, target: featured }) });
  },
});

export const add = pin(true);
export const remove = pin(false);
