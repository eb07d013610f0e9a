import type { AccountId } from '../../../lib/ids.ts';
import { type CommentId, parseId, type VideoId } from '../../../lib/ids.ts';
import type { Comment } from '../../../modules/comments/index.ts';
import type { Likeable } from '../../../modules/engagement/index.ts';
import type { FeedItem } from '../../../modules/feed/index.ts';
import type { Posted } from '../../../modules/posts/index.ts';
import type { Video, Visibility } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { commentEntitiesOf, statusEntitiesOf, statusFactsOf } from '../entities.ts';
import type { StatusEntity } from '../schemas.ts';

/**
 * What an id of a status stands for: ids are never given twice, whatever they are of. A video may be meant by
 * the id of somebody's passing it on: `share` is that, then.
 */
export type Post =
  | { readonly video: Video; readonly share?: NonNullable<FeedItem['share']> }
  | { readonly comment: Comment };

/** Audiences by the names that the Mastodon API has for them. */
export const visibilityOf = (name: 'public' | 'unlisted' | 'private' | 'direct'): Visibility =>
  name === 'private' ? 'followers' : name;

/** The post as the viewer may see it. What is out of sight is as absent as what never was (security.md P2). */
export async function seenPost(deps: HttpDeps, id: string, viewerId: AccountId | null): Promise<Post> {
  const video = await deps.videos.forViewer(id as VideoId, viewerId);
  if (video) return { video };
  const comment = await deps.comments.forViewer(id as CommentId, viewerId);
  if (comment) return { comment };
  const share = await deps.engagement.shareFor(id, viewerId);
  const item = share && (await deps.feed.ofShare(share, viewerId));
  if (item?.share) return { video: item.video, share: item.share };
  const deleted =
    (await deps.videos.tombstone(deps.urls.video(id as VideoId))) ??
    (await deps.comments.tombstone(deps.urls.comment(id as CommentId)));
  throw deleted ? new ApiError('gone', 'This post was deleted.') : new ApiError('not-found');
}

/**
 * The same for its author before anybody else: also a video that was posted and is still being made, or was refused.
 * What is still being sent, or waits for its post, is no post yet.
 */
export async function seenOrOwnPost(deps: HttpDeps, id: string, viewerId: AccountId | null): Promise<Post> {
  const own = viewerId === null ? null : await deps.videos.ofAuthor(id as VideoId, viewerId);
  const isPosted = own !== null && !own.awaitsPost && own.state !== 'uploading';
  return isPosted ? { video: own } : seenPost(deps, id, viewerId);
}

/** What is liked, kept or deleted where a post is meant. */
export const likeableOf = (post: Post): Likeable =>
  'video' in post ? { videoId: post.video.id } : { commentId: post.comment.id };

/** A post in the API's shape: as passed on, where it is meant by that. */
export async function postEntityOf(
  deps: HttpDeps,
  post: Post,
  viewerId: AccountId | null,
): Promise<StatusEntity> {
  const [entity] =
    'video' in post
      ? await videoStatusOf(deps, post, viewerId)
      : await commentEntitiesOf(deps, [post.comment], viewerId);
  if (!entity) throw new ApiError('not-found');
  return entity;
}

async function videoStatusOf(
  deps: HttpDeps,
  post: Extract<Post, { video: Video }>,
  viewerId: AccountId | null,
): Promise<StatusEntity[]> {
  const [items, facts] = await Promise.all([
    itemsOf(deps, post),
    statusFactsOf(deps, [post.video.id], viewerId),
  ]);
  return statusEntitiesOf(deps, items, viewerId, facts);
}

async function itemsOf(
  deps: HttpDeps,
  { video, share }: Extract<Post, { video: Video }>,
): Promise<FeedItem[]> {
  const items = await deps.feed.withAuthors([video]);
  return share ? items.map((item) => ({ ...item, share })) : items;
}

/** The post after something was done to it that changes a comment, and of a video nothing but its counts. */
export async function reactedToOf(deps: HttpDeps, post: Post, viewerId: AccountId): Promise<StatusEntity> {
  return 'video' in post
    ? postEntityOf(deps, { video: post.video }, viewerId)
    : againOf(deps, post, viewerId);
}

/** The post again after something was done to it, as the viewer sees it now. */
export async function againOf(deps: HttpDeps, post: Post, viewerId: AccountId): Promise<StatusEntity> {
  const id = 'video' in post ? post.video.id : post.comment.id;
  return postEntityOf(deps, await seenPost(deps, id, viewerId), viewerId);
}

/** What its author just posted, also where nobody sees it yet as its video is still being made. */
export async function postedEntityOf(
  deps: HttpDeps,
  posted: Posted,
  viewerId: AccountId,
): Promise<StatusEntity> {
  if ('videoId' in posted) {
    const video = await deps.videos.ofAuthor(posted.videoId, viewerId);
    if (video) return postEntityOf(deps, { video }, viewerId);
  }
  const id = 'videoId' in posted ? posted.videoId : posted.commentId;
  return postEntityOf(deps, await seenPost(deps, id, viewerId), viewerId);
}

/** Several posts in the API's shape, in this order; those out of sight are left out. Which kind an id is of, its row says. */
export async function postEntitiesOf(
  deps: HttpDeps,
  wanted: readonly string[],
  viewerId: AccountId | null,
): Promise<StatusEntity[]> {
  const ids = [...new Set(wanted)].filter((id) => parseId(id) !== null);
  const [videos, comments] = await Promise.all([
    deps.videos.forViewerAmong(ids as VideoId[], viewerId),
    deps.comments.forViewerAmong(ids as CommentId[], viewerId),
  ]);
  const items = await deps.feed.withAuthors([...videos.values()]);
  const [watched, said] = await Promise.all([
    statusEntitiesOf(deps, items, viewerId),
    commentEntitiesOf(deps, [...comments.values()], viewerId),
  ]);
  const byId = new Map([...watched, ...said].map((status) => [status.id, status]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
