import { portabilityLimits } from '../../../config/account-limits.ts';
import type { AccountId, CommentId, VideoId } from '../../lib/ids.ts';
import type { PortabilityDeps } from './model.ts';

type Post = { readonly videoId: VideoId } | { readonly commentId: CommentId };

/** The addresses of those of these posts that the viewer may see. */
export async function addressesOf(
  { videos, comments }: Pick<PortabilityDeps, 'videos' | 'comments'>,
  posts: readonly Post[],
  viewerId: AccountId,
): Promise<(post: Post) => string | undefined> {
  const { bookmarksAtOnce } = portabilityLimits;
  const found = new Map<VideoId | CommentId, string>();
  for (let at = 0; at < posts.length; at += bookmarksAtOnce) {
    const some = posts.slice(at, at + bookmarksAtOnce);
    const ofVideos = await videos.forViewerAmong(
      some.flatMap((post) => ('videoId' in post ? [post.videoId] : [])),
      viewerId,
    );
    const ofComments = await comments.forViewerAmong(
      some.flatMap((post) => ('commentId' in post ? [post.commentId] : [])),
      viewerId,
    );
    for (const { id, uri } of [...ofVideos.values(), ...ofComments.values()]) found.set(id, uri);
  }
  return (post) => found.get('videoId' in post ? post.videoId : post.commentId);
}
