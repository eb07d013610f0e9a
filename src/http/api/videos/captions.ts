import { z } from 'zod';
import { captionLimits } from '../../../../config/media-limits.ts';
import type { VideoId } from '../../../lib/ids.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import { captionTimes } from '../../../modules/videos/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { mediaEntityOf } from '../media/entities.ts';
import { mediaEntity } from '../media/schemas.ts';
import { videoParams } from '../schemas.ts';

const captionParams = videoParams.extend({ language: z.string().max(35).describe('As in BCP 47') });

export const putCaptions = route({
  method: 'put',
  path: '/api/v1/videos/:id/captions/:language',
  summary: 'Give one of your own videos captions in a language, WebVTT or SRT, in place of those it has.',
  audience: 'signed-in',
  scope: 'write:media',
  limit: { name: 'media-edit', points: 60, seconds: 300 },
  params: captionParams,
  query: z.object({
    label: z
      .string()
      .max(captionLimits.maxLabelCharacters)
      .transform((text) => text.trim())
      .optional()
      .describe('What people choose them by'),
    times: z
      .enum(captionTimes)
      .default('video')
      .describe(
        '`file`: their times are those of the uploaded file; where a part of it is kept, they are moved along with it',
      ),
  }),
  file: {
    types: ['text/vtt', 'application/x-subrip', 'text/plain'],
    maxBytes: captionLimits.maxBytes,
  },
  output: mediaEntity,
  handler: async ({ deps, params, query, file, viewer }) => {
    if (!file) throw new ApiError('type-unsupported', 'Send captions as text/vtt or application/x-subrip.');
    const { id: videoId, language } = params;
    const edit = {
      videoId,
      language,
      accountId: viewer.account.id,
      label: query.label || null,
      file,
      times: query.times,
    };
    const outcome = await deps.inTx((tx) => deps.videos.setCaptions(tx, edit));
    if (!outcome.ok) throw refused(outcome);
    return ownMedia(deps, videoId, viewer);
  },
});

export const deleteCaptions = route({
  method: 'delete',
  path: '/api/v1/videos/:id/captions/:language',
  summary: 'Take the captions of one language away from one of your own videos.',
  audience: 'signed-in',
  scope: 'write:media',
  limit: { name: 'media-edit', points: 60, seconds: 300 },
  params: captionParams,
  output: mediaEntity,
  handler: async ({ deps, params, viewer }) => {
    const { id: videoId, language } = params;
    const edit = { videoId, language, accountId: viewer.account.id };
    const outcome = await deps.inTx((tx) => deps.videos.removeCaptions(tx, edit));
    if (!outcome.ok) throw refused(outcome);
    return ownMedia(deps, videoId, viewer);
  },
});

/** The media of one's own video after it was edited, whatever state the video is in. */
export async function ownMedia(deps: HttpDeps, id: VideoId, viewer: Viewer) {
  const video = await deps.videos.ofAuthor(id, viewer.account.id);
  if (!video) throw new ApiError('not-found');
  return mediaEntityOf(deps, video);
}
