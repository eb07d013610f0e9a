import type { AccountId, CommentId, VideoId } from '../../../lib/ids.ts';
import type { Comment } from '../../../modules/comments/index.ts';
import type { Video } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { commentEntitiesOf, statusEntitiesOf } from '../entities.ts';
import type { StatusEntity } from '../schemas.ts';

/** What an id of a status stands for: ids are never given twice, whatever they are of. */
export type Post = { readonly video: Video } | { readonly comment: Comment };

/** The post as the viewer may see it. What is out of sight is as absent as what never was (security.md P2). */
export async function seenPost(deps: HttpDeps, id: string, viewerId: AccountId | null): Promise<Post> {
  const video = await deps.videos.forViewer(id as VideoId, viewerId);
  if (video) return { video };
  const comment = await deps.comments.forViewer(id as CommentId, viewerId);
  if (comment) return { comment };
  const deleted =
    (await deps.videos.tombstone(deps.urls.video(id as VideoId))) ??
    (await deps.comments.tombstone(deps.urls.comment(id as CommentId)));
  throw deleted ? new ApiError('gone', 'This post was deleted.') : new ApiError('not-found');
}

/** A post in the API's shape. */
export async function postEntityOf(
  deps: HttpDeps,
  post: Post,
  viewerId: AccountId | null,
): Promise<StatusEntity> {
  const [entity] =
    'video' in post
      ? await statusEntitiesOf(deps, await deps.feed.withAuthors([post.video]), viewerId)
      : await commentEntitiesOf(deps, [post.comment], viewerId);
  if (!entity) throw new ApiError('not-found');
  return entity;
}

/** The post again after something was done to it, as the viewer sees it now. */
export async function againOf(deps: HttpDeps, id: string, viewerId: AccountId): Promise<StatusEntity> {
  return postEntityOf(deps, await seenPost(deps, id, viewerId), viewerId);
}
