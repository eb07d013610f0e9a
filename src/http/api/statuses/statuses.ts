import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { processingEntityOf, statusEntityOf } from '../entities.ts';
import { processingEntity, statusEntity, videoParams } from '../schemas.ts';

export const getStatus = route({
  method: 'get',
  path: '/api/v1/statuses/:id',
  summary: 'One video.',
  audience: 'anyone',
  scope: null,
  params: videoParams,
  output: statusEntity,
  handler: async ({ deps, params, viewer }) => {
    const video = await deps.videos.forViewer(params.id, viewer?.account.id ?? null);
    const [item] = video ? await deps.feed.withAuthors([video]) : [];
    if (item) return statusEntityOf(deps, item);
    const deleted = await deps.videos.tombstone(deps.urls.video(params.id));
    throw deleted ? new ApiError('gone', 'This video was deleted.') : new ApiError('not-found');
  },
});

export const deleteStatus = route({
  method: 'delete',
  path: '/api/v1/statuses/:id',
  summary: 'Delete one of your own videos, here and on the servers that have it.',
  audience: 'signed-in',
  scope: 'write',
  params: videoParams,
  output: statusEntity,
  handler: async ({ deps, params, viewer }) => {
    const video = await deps.videos.ofAuthor(params.id, viewer.account.id);
    if (!video) throw new ApiError('not-found');
    const outcome = await deps.inTx((tx) => deps.videos.remove(tx, video.id, viewer.account.id));
    if (!outcome.ok) throw refused(outcome);
    return statusEntityOf(deps, { video, account: viewer.account });
  },
});

export const getProcessing = route({
  method: 'get',
  path: '/api/v1/videos/:id/processing',
  summary: 'How far one of your own uploads has come.',
  audience: 'signed-in',
  scope: 'read',
  limit: { name: 'processing', points: 1_200, seconds: 60 },
  params: videoParams,
  output: processingEntity,
  handler: async ({ deps, params, viewer }) => {
    const video = await deps.videos.ofAuthor(params.id, viewer.account.id);
    if (!video) throw new ApiError('not-found');
    return processingEntityOf(video);
  },
});
