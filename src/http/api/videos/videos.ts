import { z } from 'zod';
import { videoLimits } from '../../../../config/limits.ts';
import { randomHex } from '../../../lib/crypto.ts';
import type { AccountId, VideoId } from '../../../lib/ids.ts';
import type { Video } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { mentionsIn } from '../../mentions.ts';
import { route } from '../../route.ts';
import { beginUpload, uploadMetadata } from '../../upload-begin.ts';
import { languageOrNone, text } from '../inputs.ts';
import { processingEntityOf } from '../media/entities.ts';
import { emptyEntity, flagSchema, processingEntity, type StatusEntity, videoParams } from '../schemas.ts';
import { postEntityOf, seenOrOwnPost } from '../statuses/posts.ts';
import { forgetMediaOf } from '../statuses/statuses.ts';
import { type VideoEntity, videoEntity } from './schemas.ts';

/** A video, and the status that says the same in the Mastodon API: what one can do with it is there. */
async function videoEntityOf(deps: HttpDeps, video: Video, viewerId: AccountId | null): Promise<VideoEntity> {
  const [status, views] = await Promise.all([
    postEntityOf(deps, { video }, viewerId),
    deps.watching.viewsOf([video.id]),
  ]);
  return toVideo(video, status, views.get(video.id)?.views ?? 0);
}

/** Of the post itself, also where `status` is somebody's passing it on. */
export function toVideo(video: Video, shown: StatusEntity, views: number): VideoEntity {
  const status = shown.reblog ?? shown;
  const [media] = status.media_attachments;
  const qualities = (media?.renditions ?? [])
    .map(({ url, width, height }) => ({ short_side: Math.min(width, height), width, height, url }))
    .toSorted((a, b) => b.short_side - a.short_side);
  return {
    id: status.id,
    status: processingEntityOf(video).state,
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
    stats: {
      views,
      likes: status.favourites_count,
      comments: status.replies_count,
      shares: status.reblogs_count,
    },
    viewer: { liked: status.favourited, shared: status.reblogged, saved: status.bookmarked },
  };
}

/** A video by its own id, as the viewer may see it. Comments and shares are none. */
async function seenVideo(deps: HttpDeps, id: VideoId, viewerId: AccountId | null): Promise<Video> {
  const post = await seenOrOwnPost(deps, id, viewerId);
  if ('comment' in post || 'share' in post) throw new ApiError('not-found');
  return post.video;
}

export const beginVideo = route({
  method: 'post',
  path: '/api/v1/videos',
  summary:
    'Announce a video with all that is said of it; the file then goes to `upload_url` by tus, in pieces and with breaks.',
  audience: 'signed-in',
  scope: 'write:media',
  limit: { name: 'upload', points: 60, seconds: 3_600 },
  body: uploadMetadata.extend({
    bytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    sensitive: flagSchema.nullish().transform((value): 'true' | 'false' => (value ? 'true' : 'false')),
  }),
  output: z.object({
    video_id: z.string(),
    upload_url: z.string().describe('Takes PATCH, HEAD and DELETE of tus 1.0'),
    status: processingEntity.shape.state,
  }),
  handler: async ({ deps, body, viewer }) => {
    const { bytes, ...metadata } = body;
    const id = randomHex(16);
    await deps.uploadFiles.announce(id, bytes);
    const video_id = await beginUpload(deps, viewer, { id, bytes, metadata }).catch(async (error) => {
      await deps.uploadFiles.removeFiles(id);
      throw error;
    });
    const upload_url = `${deps.urls.origin}/api/v1/uploads/${id}`;
    return { video_id, upload_url, status: 'uploading' as const };
  },
});

export const getVideo = route({
  method: 'get',
  path: '/api/v1/videos/:id',
  summary: 'A video with the addresses it is played from. Its author is answered before anybody else.',
  audience: 'anyone',
  scope: 'read:statuses',
  params: videoParams,
  output: videoEntity,
  handler: async ({ deps, params, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    return videoEntityOf(deps, await seenVideo(deps, params.id, viewerId), viewerId);
  },
});

export const editVideo = route({
  method: 'patch',
  path: '/api/v1/videos/:id',
  summary: 'Change what one of your own videos says; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params: videoParams,
  body: z.object({
    caption: text(videoLimits.maxCaptionCharacters).optional(),
    content_warning: text(videoLimits.maxContentWarningCharacters).optional(),
    sensitive: flagSchema.optional(),
    alt_text: text(videoLimits.maxAltTextCharacters).optional(),
    language: languageOrNone.optional(),
  }),
  output: videoEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const { id } = viewer.account;
    const video = await seenVideo(deps, params.id, id);
    const caption = body.caption ?? video.caption;
    const details = {
      caption,
      contentWarning: body.content_warning ?? video.contentWarning,
      sensitive: body.sensitive ?? video.sensitive,
      altText: body.alt_text ?? video.altText,
      language: body.language === undefined ? video.language : body.language,
      mentions: await mentionsIn(deps, id, caption),
    };
    const outcome = await deps.inTx((tx) => deps.videos.edit(tx, video.id, id, details));
    if (!outcome.ok) throw refused(outcome);
    return videoEntityOf(deps, await seenVideo(deps, video.id, id), id);
  },
});

export const deleteVideo = route({
  method: 'delete',
  path: '/api/v1/videos/:id',
  summary: 'Delete one of your own videos, here and elsewhere, in whatever state it is.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params: videoParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const video = await deps.videos.ofAuthor(params.id, viewer.account.id);
    if (!video) throw new ApiError('not-found');
    const outcome = await deps.inTx((tx) => deps.videos.remove(tx, video.id, viewer.account.id));
    if (!outcome.ok) throw refused(outcome);
    forgetMediaOf(deps, video);
    return {};
  },
});
