import { z } from 'zod';
import type { AccountId } from '../../../lib/ids.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { flag } from '../inputs.ts';
import { emptyEntity, videoParams } from '../schemas.ts';
import { cursorBelow, feedVideosOf, idBelow } from './pages.ts';
import { cursorQuery, feedEntity, historyEntity, settingsEntity } from './schemas.ts';

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
    const forgotten = await deps.inTx((tx) => deps.watching.forgetWatched(tx, viewer.account.id, params.id));
    if (!forgotten) throw new ApiError('not-found');
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
    await deps.inTx((tx) => deps.watching.clearHistory(tx, viewer.account.id));
    return {};
  },
});

async function settingsOf(deps: Pick<HttpDeps, 'watching'>, id: AccountId) {
  const { historyPaused, forYouList } = await deps.watching.settingsOf(id);
  return { history_paused: historyPaused, for_you_list: forYouList };
}

export const getFeedSettings = route({
  method: 'get',
  path: '/api/v1/feed_settings',
  summary: 'Whether your history is kept, and whether For You stands among your lists.',
  audience: 'signed-in',
  scope: 'read:history',
  output: settingsEntity,
  handler: async ({ deps, viewer }) => settingsOf(deps, viewer.account.id),
});

export const setFeedSettings = route({
  method: 'patch',
  path: '/api/v1/feed_settings',
  summary: 'Change these; what is not given stays as it is.',
  audience: 'signed-in',
  scope: 'write:history',
  body: z.object({ history_paused: flag.optional(), for_you_list: flag.optional() }),
  output: settingsEntity,
  handler: async ({ deps, body, viewer }) => {
    const { id } = viewer.account;
    await deps.inTx((tx) =>
      deps.watching.setSettings(tx, id, {
        historyPaused: body.history_paused,
        forYouList: body.for_you_list,
      }),
    );
    return settingsOf(deps, id);
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
