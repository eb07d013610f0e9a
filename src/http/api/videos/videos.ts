import { z } from 'zod';
import { videoLimits } from '../../../../config/limits.ts';
import { randomHex } from '../../../lib/crypto.ts';
import type { AccountId } from '../../../lib/ids.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { mentionsIn } from '../../mentions.ts';
import { placeOf } from '../../place.ts';
import { route } from '../../route.ts';
import { beginUpload, permissionsInput, uploadMetadata } from '../../upload-begin.ts';
import { languageOrNone, moment, text } from '../inputs.ts';
import { emptyEntity, flagSchema, processingEntity, videoParams } from '../schemas.ts';
import { visibilityOf } from '../statuses/posts.ts';
import { forgetMediaOf } from '../statuses/statuses.ts';
import { draftOf, scheduling, setTime } from './drafts.ts';
import { seenVideo, videoEntityOf } from './entities.ts';
import { videoEntity } from './schemas.ts';

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
    draft: flagSchema.optional().describe('Keep it until POST /api/v1/videos/:id/publish'),
    scheduled_at: moment.nullish().describe('Post it then; at least five minutes ahead'),
    sensitive: flagSchema
      .nullish()
      .transform((value) => (value ? ('true' as const) : value === false ? ('false' as const) : null)),
  }),
  output: z.object({
    video_id: z.string(),
    upload_url: z.string().describe('Takes PATCH, HEAD and DELETE of tus 1.0'),
    status: processingEntity.shape.state,
  }),
  handler: async ({ deps, body, viewer, req }) => {
    const { bytes, draft, scheduled_at, ...metadata } = body;
    const id = randomHex(16);
    const waits = draft || scheduled_at ? { awaitsPost: true, keepsDraft: true } : {};
    const then = scheduled_at ? scheduling(deps, viewer, req, scheduled_at) : undefined;
    await deps.uploadFiles.announce(id, bytes);
    const upload = {
      id,
      bytes,
      metadata,
      place: placeOf(req, deps.config.regions),
      ...waits,
      ...(then ? { then } : {}),
    };
    const video_id = await beginUpload(deps, viewer, upload).catch(async (error) => {
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

/** What an author says of a video; what is not given stays as it is. */
const said = z.object({
  caption: text(videoLimits.maxCaptionCharacters).optional(),
  content_warning: text(videoLimits.maxContentWarningCharacters).optional(),
  sensitive: flagSchema.optional(),
  alt_text: text(videoLimits.maxAltTextCharacters).optional(),
  language: languageOrNone.optional(),
});
type Said = z.output<typeof said>;

async function detailsOf(deps: HttpDeps, viewerId: AccountId, body: Said) {
  const { caption: text, sensitive, language } = body;
  const caption = text === undefined ? undefined : { text, mentions: await mentionsIn(deps, viewerId, text) };
  return { caption, sensitive, language, contentWarning: body.content_warning, altText: body.alt_text };
}

export const editVideo = route({
  method: 'patch',
  path: '/api/v1/videos/:id',
  summary: 'Change what one of your own videos says; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params: videoParams,
  body: said.extend({
    visibility: z
      .enum(['public', 'unlisted', 'private', 'direct'])
      .optional()
      .describe('Once other servers know the video, only a wider one, or another for everybody'),
    permissions: permissionsInput.optional(),
    sound_title: text(videoLimits.maxSoundTitleCharacters).optional().describe('Empty: it has no name'),
    scheduled_at: moment.nullish().describe('Of a draft: when it is posted; null leaves it a draft'),
  }),
  output: videoEntity,
  handler: async ({ deps, params, body, viewer, req }) => {
    const { id } = viewer.account;
    const video = await seenVideo(deps, params.id, id);
    const { comment, ...allows } = body.permissions ?? {};
    const change = {
      ...{ videoId: video.id, accountId: id },
      details: await detailsOf(deps, id, body),
      rules: {
        ...{ commentsOpen: comment, allows, soundTitle: body.sound_title },
        visibility: body.visibility && visibilityOf(body.visibility),
      },
    };
    const mentions = change.details.caption?.mentions;
    const draft = await draftOf(deps, viewer, req, video, mentions);
    await deps.inTx(async (tx) => {
      const outcome = await deps.videos.change(tx, change);
      if (!outcome.ok) throw refused(outcome);
      await deps.posts.reviseHolder(tx, id, video.id, mentions ?? null);
      await setTime(deps, tx, draft, { video: outcome.video, at: body.scheduled_at });
    });
    // Who may fetch its objects may be others now.
    if (body.visibility) forgetMediaOf(deps, video);
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
  query: z.object({
    remixes: z
      .enum(['keep', 'withdraw'])
      .default('keep')
      .describe(
        'Duets and stitches of it stay with who made them. With `withdraw`, they may not name or count it any more, and their makers are asked to delete them',
      ),
  }),
  output: emptyEntity,
  handler: async ({ deps, params, query, viewer }) => {
    const { id } = viewer.account;
    const video = await deps.videos.ofAuthor(params.id, id);
    if (!video) throw new ApiError('not-found');
    const outcome = await deps.inTx(async (tx) => {
      if (query.remixes === 'withdraw') await deps.remixes.withdrawAll(tx, id, video.id);
      return deps.videos.remove(tx, video.id, id);
    });
    if (!outcome.ok) throw refused(outcome);
    forgetMediaOf(deps, video);
    return {};
  },
});

export const shareVideo = route({
  method: 'post',
  path: '/api/v1/videos/:id/share',
  summary:
    'Say that you sent a video out of the app. It counts once for each person and day, and tells nobody; passing it on to followers is POST /api/v1/statuses/:id/reblog.',
  audience: 'signed-in',
  scope: 'write:statuses',
  params: videoParams,
  output: videoEntity,
  handler: async ({ deps, params, viewer }) => {
    const { id } = viewer.account;
    const video = await deps.videos.forViewer(params.id, id);
    if (!video) throw new ApiError('not-found');
    const outcome = await deps.inTx((tx) => deps.engagement.shareOutward(tx, id, video));
    if (!outcome.ok) throw refused(outcome);
    return videoEntityOf(deps, video, id);
  },
});
