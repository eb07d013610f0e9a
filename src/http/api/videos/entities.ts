import type { AccountId, VideoId } from '../../../lib/ids.ts';
import { type Counts, NO_COUNTS } from '../../../modules/counters/index.ts';
import { hasSound, type Video } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { type StatusFacts, statusEntitiesOf, statusFactsOf } from '../entities.ts';
import { processingEntityOf } from '../media/entities.ts';
import type { StatusEntity } from '../schemas.ts';
import { seenPost } from '../statuses/posts.ts';
import type { VideoEntity } from './schemas.ts';

/** A video, and the status that says the same in the Mastodon API: what one can do with it is there. */
export async function videoEntityOf(
  deps: HttpDeps,
  video: Video,
  viewerId: AccountId | null,
): Promise<VideoEntity> {
  const [entity] = await videoEntitiesOf(deps, [video], viewerId);
  if (!entity) throw new ApiError('not-found');
  return entity;
}

/** Several videos, in this order: the same number of queries whatever their number. */
export async function videoEntitiesOf(
  deps: HttpDeps,
  videos: readonly Video[],
  viewerId: AccountId | null,
): Promise<VideoEntity[]> {
  if (videos.length === 0) return [];
  const [items, facts] = await Promise.all([
    deps.feed.withAuthors(videos),
    statusFactsOf(
      deps,
      videos.map(({ id }) => id),
      viewerId,
    ),
  ]);
  const [statuses, toVideo] = await Promise.all([
    statusEntitiesOf(deps, items, viewerId, facts),
    videoShaper(deps, videos, viewerId, facts),
  ]);
  const byId = new Map(statuses.map((status) => [status.id, status]));
  return videos.flatMap((video) => {
    const status = byId.get(video.id);
    return status ? toVideo(video, status) : [];
  });
}

/** Looks up what no status says about these videos; gives what makes an entity of one and its status. */
export async function videoShaper(
  deps: HttpDeps,
  videos: readonly Video[],
  viewerId: AccountId | null,
  { counts }: Pick<StatusFacts, 'counts'>,
) {
  const unposted = videos.filter(({ accountId, state }) => accountId === viewerId && state !== 'published');
  const held =
    viewerId === null || unposted.length === 0
      ? null
      : await deps.posts.heldAmong(
          viewerId,
          unposted.map(({ id }) => id),
        );
  return (video: Video, status: StatusEntity): VideoEntity =>
    toVideo(video, status, {
      counts: counts.get(video.id) ?? NO_COUNTS,
      isOwn: video.accountId === viewerId,
      scheduledAt: held?.get(video.id)?.scheduledAt ?? null,
    });
}

interface VideoFacts {
  readonly counts: Counts;
  readonly isOwn: boolean;
  readonly scheduledAt: Date | null;
}

/** Of the post itself, also where `shown` is somebody's passing it on. */
function toVideo(video: Video, shown: StatusEntity, facts: VideoFacts): VideoEntity {
  const status = shown.reblog ?? shown;
  const [media] = status.media_attachments;
  const qualities = (media?.renditions ?? [])
    .map(({ url, width, height }) => ({ short_side: Math.min(width, height), width, height, url }))
    .toSorted((a, b) => b.short_side - a.short_side);
  return {
    id: status.id,
    status: processingEntityOf(video).state,
    scheduled_at: facts.scheduledAt?.toISOString() ?? null,
    ...{ created_at: status.created_at, edited_at: status.edited_at, uri: status.uri, url: status.url },
    author: status.account,
    caption: status.content,
    hashtags: status.tags.map(({ name }) => name),
    content_warning: status.spoiler_text,
    sensitive: status.sensitive,
    alt_text: media?.description ?? '',
    ...{ language: status.language, visibility: status.visibility },
    ...{ duration: video.durationSeconds, width: video.width, height: video.height },
    ...{ poster_url: media?.preview_url ?? null, blurhash: media?.blurhash ?? null },
    playback_urls: {
      ...{ hls: media?.hls_url ?? null, dash: media?.dash_url ?? null, mp4: media?.url ?? null },
      qualities,
    },
    captions: media?.captions ?? [],
    sound:
      status.video?.sound ??
      (hasSound(video)
        ? { id: null, title: video.soundTitle, original: true, account: null, muted: false, withheld: null }
        : null),
    remix_of: status.video?.remix_of ?? null,
    permissions: { comment: video.commentsOpen, ...video.allows },
    download_url: facts.isOwn || video.allows.download ? (media?.url ?? null) : null,
    stats: {
      views: facts.counts.views,
      likes: status.favourites_count,
      comments: status.replies_count,
      shares: facts.counts.shares,
      reposts: status.reblogs_count,
      saves: facts.counts.saves,
      remixes: facts.counts.remixes,
    },
    viewer: { liked: status.favourited, reposted: status.reblogged, saved: status.bookmarked },
  };
}

/** A video by its own id, as the viewer may see it: of one’s own, drafts, too. Comments and shares are none. */
export async function seenVideo(deps: HttpDeps, id: VideoId, viewerId: AccountId | null): Promise<Video> {
  const own = viewerId === null ? null : await deps.videos.ofAuthor(id, viewerId);
  if (own) return own;
  const post = await seenPost(deps, id, viewerId);
  if ('comment' in post || 'share' in post) throw new ApiError('not-found');
  return post.video;
}
