import { z } from 'zod';
import { mediaLimits } from '../../../../config/media-limits.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { mediaEntity, videoParams } from '../schemas.ts';
import { ownMedia } from './captions.ts';

export const putPoster = route({
  method: 'put',
  path: '/api/v1/videos/:id/poster',
  summary:
    'Choose the poster of one of your own videos: one of its frames, or a picture you send. It follows soon.',
  audience: 'signed-in',
  scope: 'write:media',
  limit: { name: 'media-edit', points: 60, seconds: 300 },
  params: videoParams,
  body: z.object({
    seconds: z.coerce.number().min(0).max(86_400).describe('Where the frame is in the video'),
  }),
  file: { types: ['image/jpeg', 'image/png', 'image/webp'], maxBytes: mediaLimits.maxPosterBytes },
  output: mediaEntity,
  handler: async ({ deps, params, body, file, viewer }) => {
    const edit = { videoId: params.id, accountId: viewer.account.id };
    const outcome = await deps.inTx((tx) =>
      file
        ? deps.videos.setPosterImage(tx, { ...edit, file })
        : deps.videos.choosePosterFrame(tx, { ...edit, seconds: body.seconds }),
    );
    if (!outcome.ok) throw refused(outcome);
    return ownMedia(deps, params.id, viewer);
  },
});
