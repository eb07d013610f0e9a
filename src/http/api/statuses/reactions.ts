import type { Tx } from '../../../db/database.ts';
import type { AccountId } from '../../../lib/ids.ts';
import type { Failure } from '../../../lib/result.ts';
import type { Scope, Viewer } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { type StatusEntity, statusEntity, statusParams } from '../schemas.ts';
import { againOf, likeableOf, type Post, postEntityOf, reactedToOf, seenPost } from './posts.ts';

type Act = (
  deps: HttpDeps,
  tx: Tx,
  viewer: Viewer,
  post: Post,
) => Promise<{ ok: true } | Failure | boolean | undefined>;
type Show = (deps: HttpDeps, post: Post, viewerId: AccountId) => Promise<StatusEntity>;

/** A route that does something to a post the viewer sees, and answers with the post as it is then. */
function reaction(name: string, scope: Scope, summary: string, act: Act, show: Show = againOf) {
  return route({
    method: 'post',
    path: `/api/v1/statuses/:id/${name}`,
    summary,
    audience: 'signed-in',
    scope,
    params: statusParams,
    output: statusEntity,
    handler: async ({ deps, params, viewer }) => {
      const post = await seenPost(deps, params.id, viewer.account.id);
      const outcome = await deps.inTx((tx) => act(deps, tx, viewer, post));
      // Doing it twice, or undoing what was not done, ends where the client wants to be.
      if (typeof outcome === 'object' && !outcome.ok && outcome.reason !== 'known') throw refused(outcome);
      return show(deps, post, viewer.account.id);
    },
  });
}

function videoOf(post: Post) {
  if ('video' in post) return post.video;
  throw new ApiError('not-a-video', 'This can be done with videos only.');
}

export const likeStatus = reaction(
  'favourite',
  'write:favourites',
  'Like a video or a comment.',
  (deps, tx, viewer, post) => deps.engagement.like(tx, viewer.account, likeableOf(post)),
  reactedToOf,
);

export const unlikeStatus = reaction(
  'unfavourite',
  'write:favourites',
  'Take a like back.',
  (deps, tx, viewer, post) => deps.engagement.unlike(tx, viewer.account, likeableOf(post)),
  reactedToOf,
);

/** A share is a status of its own, with the video in it. */
const asShared: Show = async (deps, post, viewerId) => {
  const video = videoOf(post);
  const facts = await deps.engagement.shareOf(viewerId, video.id);
  const item = facts && (await deps.feed.ofShare(facts, viewerId));
  return item?.share
    ? postEntityOf(deps, { video, share: item.share }, viewerId)
    : againOf(deps, post, viewerId);
};

export const shareStatus = reaction(
  'reblog',
  'write:statuses',
  'Pass a video on to your followers.',
  (deps, tx, viewer, post) => deps.engagement.share(tx, viewer.account, videoOf(post)),
  asShared,
);

export const unshareStatus = reaction(
  'unreblog',
  'write:statuses',
  'Take a share back.',
  (deps, tx, viewer, post) => deps.engagement.unshare(tx, viewer.account, videoOf(post).id),
);

export const bookmarkStatus = reaction(
  'bookmark',
  'write:bookmarks',
  'Keep a video or a comment on your list.',
  async (deps, tx, viewer, post) => {
    await deps.engagement.bookmark(tx, viewer.account.id, likeableOf(post));
    return true;
  },
  reactedToOf,
);

export const unbookmarkStatus = reaction(
  'unbookmark',
  'write:bookmarks',
  'Take a post from your list.',
  async (deps, tx, viewer, post) => {
    await deps.engagement.unbookmark(tx, viewer.account.id, likeableOf(post));
    return true;
  },
  reactedToOf,
);

const mute =
  (muted: boolean): Act =>
  async (deps, tx, viewer, post) => {
    const videoId = 'video' in post ? post.video.id : post.comment.videoId;
    await deps.engagement.muteThread(tx, { accountId: viewer.account.id, videoId, muted });
    return true;
  };

export const muteStatus = reaction(
  'mute',
  'write:mutes',
  'Hear no more of what is said below a video.',
  mute(true),
);

export const unmuteStatus = reaction(
  'unmute',
  'write:mutes',
  'Hear again of what is said below a video.',
  mute(false),
);

const pin =
  (pinned: boolean): Act =>
  (deps, tx, viewer, post) =>
    deps.videos.pin(tx, { videoId: videoOf(post).id, accountId: viewer.account.id, pinned });

export const pinStatus = reaction(
  'pin',
  'write:accounts',
  'Put one of your videos on top of your profile.',
  pin(true),
);

export const unpinStatus = reaction('unpin', 'write:accounts', 'Take a pinned video down.', pin(false));

export const wantSizes = reaction(
  'sizes',
  'write:media',
  'Ask for all sizes of a video, where this server makes the large ones at first demand only.',
  async (deps, tx, _viewer, post) => deps.videos.wantAllRungs(tx, videoOf(post).id),
);
