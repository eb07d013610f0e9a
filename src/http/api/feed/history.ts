import { z } from 'zod';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { emptyEntity, videoParams } from '../schemas.ts';
import { cursorBelow, feedVideosOf, idBelow } from './pages.ts';
import { cursorQuery, feedEntity, historyEntity } from './schemas.ts';

/** What somebody watched and does not want: for that person alone (security.md P9). */

export const getHistory = route({
  method: 'get',
  path: '/api/v1/history',
  summary: 'What you watched, the last first. Nobody else can see it.',
  audience: 'signed-in',
  scope: 'read:history',
  query: cursorQuery,
  output: historyEntity,
  handler: async ({ deps, query, viewer }) => {
    const { id } = viewer.account;
    const list = { list: 'history', viewerId: id };
    const page = { maxId: idBelow(deps, list, query.cursor), minId: null, limit: query.limit };
    const watched = await deps.watching.watchedBy(id, page);
    const items = await deps.feed.inOrder(
      watched.map(({ videoId }) => videoId),
      id,
    );
    const videos = new Map((await feedVideosOf(deps, items, id)).map((video) => [video.id, video]));
    const entries = watched.flatMap((one) => {
      const video = videos.get(one.videoId);
      if (!video) return [];
      const { times, completed } = one;
      const moments = {
        first_watched_at: one.firstAt.toISOString(),
        watched_at: one.watchedAt.toISOString(),
      };
      return [{ video, ...moments, watched_seconds: one.watchedMs / 1_000, times, completed }];
    });
    const last = watched.length < query.limit ? null : (watched.at(-1)?.id ?? null);
    return { entries, next_cursor: cursorBelow(deps, list, last) };
  },
});

export const forgetWatched = route({
  method: 'delete',
  path: '/api/v1/history/:id',
  summary: 'Forget that you watched a video. It may be recommended again.',
  audience: 'signed-in',
  scope: 'write:history',
  params: videoParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const { id } = viewer.account;
    const forgotten = await deps.inTx(async (tx) => {
      const done = await deps.watching.forgetWatched(tx, id, params.id);
      if (done) await deps.recommending.tellToForget(tx, id);
      return done;
    });
    if (!forgotten) throw new ApiError('not-found');
    await deps.recommending.forgotten(id);
    return {};
  },
});

export const clearHistory = route({
  method: 'delete',
  path: '/api/v1/history',
  summary: 'Forget everything that you watched.',
  audience: 'signed-in',
  scope: 'write:history',
  output: emptyEntity,
  handler: async ({ deps, viewer }) => {
    await deps.inTx(async (tx) => {
      await deps.watching.clearHistory(tx, viewer.account.id);
      // They name what was watched.
      await deps.recommending.forgetReasons(tx, viewer.account.id);
      await deps.recommending.tellToForget(tx, viewer.account.id);
    });
    await deps.recommending.forgotten(viewer.account.id);
    return {};
  },
});

export const getNotInterested = route({
  method: 'get',
  path: '/api/v1/not_interested',
  summary: 'Videos that you are not interested in, the last first.',
  audience: 'signed-in',
  scope: 'read:history',
  query: cursorQuery,
  output: feedEntity,
  handler: async ({ deps, query, viewer }) => {
    const { id } = viewer.account;
    const list = { list: 'not-interested', viewerId: id };
    const page = { maxId: idBelow(deps, list, query.cursor), minId: null, limit: query.limit };
    const unwanted = await deps.watching.unwantedBy(id, page);
    const items = await deps.feed.inOrder(
      unwanted.map(({ videoId }) => videoId),
      id,
    );
    const last = unwanted.length < query.limit ? null : (unwanted.at(-1)?.id ?? null);
    return { videos: await feedVideosOf(deps, items, id), next_cursor: cursorBelow(deps, list, last) };
  },
});

const unwanting = (method: 'post' | 'delete', summary: string) =>
  route({
    method,
    path: '/api/v1/videos/:id/not_interested',
    summary,
    audience: 'signed-in',
    scope: 'write:history',
    params: videoParams,
    output: z.object({ not_interested: z.boolean() }),
    handler: async ({ deps, params, viewer }) => {
      const { id: accountId } = viewer.account;
      const video = await deps.videos.forViewer(params.id, accountId);
      if (!video) throw new ApiError('not-found');
      const unwanted = method === 'post';
      await deps.inTx((tx) => deps.watching.setUnwanted(tx, { accountId, videoId: video.id, unwanted }));
      return { not_interested: unwanted };
    },
  });

export const notInterested = unwanting(
  'post',
  'Say that a video does not interest you: it is left out of For You and of the feeds of this server and of all servers. Nobody is told.',
);
export const interestedAgain = unwanting('delete', 'Take that back.');
