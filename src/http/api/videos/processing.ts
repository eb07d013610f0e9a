import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { streamLimits } from '../../../../config/limits.ts';
import type { AccountId, VideoId } from '../../../lib/ids.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { eventRoute, route } from '../../route.ts';
import { processingEntityOf } from '../media/entities.ts';
import { type ProcessingEntity, processingEntity, videoParams } from '../schemas.ts';

export const getProcessing = route({
  method: 'get',
  path: '/api/v1/videos/:id/processing',
  summary: 'How far one of your own uploads has come.',
  audience: 'signed-in',
  scope: 'read:statuses',
  limit: { name: 'processing', points: 1_200, seconds: 60 },
  params: videoParams,
  output: processingEntity,
  handler: async ({ deps, params, viewer }) => {
    const progress = await progressOf(deps, params.id, viewer.account.id);
    if (!progress) throw new ApiError('not-found');
    return progress;
  },
});

export const followProcessing = eventRoute({
  path: '/api/v1/videos/:id/events',
  summary: 'How far one of your own uploads has come, told at once and at every change until it is done.',
  audience: 'signed-in',
  scope: 'read:statuses',
  limit: { name: 'stream', points: 60, seconds: 60 },
  params: videoParams,
  event: 'progress',
  output: processingEntity,
  handler: async ({ deps, params, viewer, signal }) => {
    const ask = () => progressOf(deps, params.id, viewer.account.id);
    const first = await ask();
    if (!first) throw new ApiError('not-found');
    return changesAfter(first, ask, signal);
  },
});

async function progressOf(
  deps: Pick<HttpDeps, 'videos'>,
  id: VideoId,
  accountId: AccountId,
): Promise<ProcessingEntity | null> {
  const video = await deps.videos.ofAuthor(id, accountId);
  return video && processingEntityOf(video);
}

/** Looks less often the longer nothing happens. Ends with the video, with its processing, and with `signal`. */
async function* changesAfter(
  first: ProcessingEntity,
  ask: () => Promise<ProcessingEntity | null>,
  signal: AbortSignal,
): AsyncGenerator<ProcessingEntity> {
  let shown = first;
  let wait: number = streamLimits.fastestPollMs;
  yield shown;
  while (!shown.done) {
    await pause(wait, null, { signal });
    const now = await ask();
    if (!now) return;
    wait = Math.min(streamLimits.slowestPollMs, wait * 1.5);
    if (isDeepStrictEqual(now, shown)) continue;
    wait = streamLimits.fastestPollMs;
    shown = now;
    yield shown;
  }
}
