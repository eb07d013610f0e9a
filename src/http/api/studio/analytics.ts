import { z } from 'zod';
import { analyticsLimits } from '../../../../config/analytics-limits.ts';
import { dateAfter, datesIn } from '../../../lib/days.ts';
import { parseId, type VideoId } from '../../../lib/ids.ts';
import {
  daysIn,
  type Figures,
  type Period,
  type Step,
  type Subject,
  type TopPlace,
  type VideoSort,
} from '../../../modules/analytics/index.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { whole } from '../inputs.ts';
import { linkNext } from '../paging.ts';
import { videoParams } from '../schemas.ts';
import {
  channelFiguresEntity,
  figuresEntity,
  listedVideos,
  liveEntity,
  retentionEntity,
  sourcesEntity,
  videoTotalsEntity,
  watchTimeEntity,
} from './analytics-entities.ts';
import {
  channelAnalyticsEntity,
  liveAnalyticsEntity,
  periodQuery,
  stepQuery,
  topVideosEntity,
  videoAnalyticsEntity,
  videoSort,
} from './analytics-schemas.ts';

/** How the videos of an author do: for the author alone (security.md P9). Others are told that there is nothing, staff too. */

const SCOPE = 'read:analytics';

const invalid = (field: string, message: string) =>
  new ApiError('validation-failed', `${field}: ${message}`, { details: [{ field, message }] });

/** The days that are asked for. Refuses more than one answer holds, and hours of days of which they are not kept. */
export function periodOf(
  deps: Pick<HttpDeps, 'clock' | 'analytics'>,
  query: z.output<typeof periodQuery>,
  by: Step,
): Period {
  const to = query.to ?? datesIn(query.time_zone)(deps.clock.now());
  const from = query.from ?? dateAfter(to, 1 - analyticsLimits.usualDays[by]);
  const days = daysIn({ from, to });
  if (days < 1) throw invalid('from', 'The period ends before it begins.');
  const most = analyticsLimits.maxDays[by];
  if (days > most) throw invalid('from', `By ${by}, at most ${most} days are told at once.`);
  // A day of the time zone may begin a day of UTC earlier.
  const earliest = dateAfter(deps.analytics.hoursFrom(), 1);
  if (by === 'hour' && from < earliest) throw invalid('from', `Hours are known from ${earliest} on.`);
  return { timeZone: query.time_zone, from, to };
}

/** The video, if it is the viewer’s own. */
export async function ownVideo(
  deps: HttpDeps,
  viewer: Viewer,
  id: VideoId,
): Promise<Subject & { videoId: VideoId }> {
  const video = await deps.videos.ofAuthor(id, viewer.account.id);
  if (!video) throw new ApiError('not-found');
  return { videoId: video.id };
}

async function answerOf<S, T>(
  deps: HttpDeps,
  asked: {
    readonly subject: Subject;
    readonly query: z.output<typeof stepQuery>;
    readonly step: (figures: Figures) => S;
    readonly total: (figures: Figures) => T;
  },
) {
  const { subject, query, step, total } = asked;
  const { by, time_zone } = query;
  const period = periodOf(deps, query, by);
  const [series, breakdown] = await Promise.all([
    deps.analytics.series(subject, period, by),
    deps.analytics.breakdown(subject, period),
  ]);
  const { before } = series;
  const answer = {
    ...{ time_zone, by, from: period.from, to: period.to, totals: total(series.totals) },
    previous: { from: before.from, to: before.to, totals: total(before.totals) },
    series: series.buckets.map(({ date, startsAt, endsAt, figures }) => ({
      date,
      starts_at: new Date(startsAt).toISOString(),
      ends_at: new Date(endsAt).toISOString(),
      figures: step(figures),
    })),
    ...{ sources: sourcesEntity(breakdown), watch_time: watchTimeEntity(breakdown) },
  };
  return { answer, period, breakdown };
}

export const channelAnalytics = route({
  method: 'get',
  path: '/api/v1/studio/analytics',
  summary:
    'How all of your videos do: views, watch time, sources and followers, by hour, day, week or month of a time zone.',
  audience: 'signed-in',
  scope: SCOPE,
  query: stepQuery,
  output: channelAnalyticsEntity,
  handler: async ({ deps, query, viewer }) => {
    const accountId = viewer.account.id;
    const [step, total] = [channelFiguresEntity, channelFiguresEntity];
    const { answer, period } = await answerOf(deps, { subject: { accountId }, query, step, total });
    const limit = analyticsLimits.topVideos;
    const top = await deps.analytics.topVideos({ accountId, period, sort: 'views', after: null, limit });
    return { ...answer, top_videos: await listedVideos(deps, accountId, top) };
  },
});

export const videoAnalytics = route({
  method: 'get',
  path: '/api/v1/studio/videos/:id/analytics',
  summary: 'How one of your own videos does, and how far people watch it.',
  audience: 'signed-in',
  scope: SCOPE,
  params: videoParams,
  query: stepQuery,
  output: videoAnalyticsEntity,
  handler: async ({ deps, params, query, viewer }) => {
    const subject = await ownVideo(deps, viewer, params.id);
    const [step, total] = [figuresEntity, videoTotalsEntity];
    const { answer, breakdown } = await answerOf(deps, { subject, query, step, total });
    return { id: subject.videoId, ...answer, retention: retentionEntity(breakdown) };
  },
});

const LIVE = { name: 'analytics-live', points: 120, seconds: 60 } as const;

export const liveChannel = route({
  method: 'get',
  path: '/api/v1/studio/analytics/live',
  summary:
    'What goes on with your videos now: the last 60 minutes, and the last 48 hours, a few seconds late.',
  audience: 'signed-in',
  scope: SCOPE,
  limit: LIVE,
  output: liveAnalyticsEntity,
  handler: async ({ deps, viewer }) =>
    liveEntity(await deps.analytics.live({ accountId: viewer.account.id })),
});

export const liveVideo = route({
  method: 'get',
  path: '/api/v1/studio/videos/:id/analytics/live',
  summary: 'The same of one of your own videos.',
  audience: 'signed-in',
  scope: SCOPE,
  limit: LIVE,
  params: videoParams,
  output: liveAnalyticsEntity,
  handler: async ({ deps, params, viewer }) =>
    liveEntity(await deps.analytics.live(await ownVideo(deps, viewer, params.id))),
});

/** The last video of a page, and what it was sorted by. */
const cursor = z.string().transform((value, context): TopPlace => {
  const [, idText = '', number = '0'] = /^(\d{1,19})-(\d{1,15})$/.exec(value) ?? [];
  const id = parseId<'video'>(idText);
  if (id !== null) return { id, value: Number(number) };
  context.addIssue({ code: 'custom', message: 'This is no cursor of this list.' });
  return z.NEVER;
});

export const topVideos = route({
  method: 'get',
  path: '/api/v1/studio/analytics/videos',
  summary: 'Your videos that had most of something in a period, by days of UTC. `Link` names the next page.',
  audience: 'signed-in',
  scope: SCOPE,
  query: periodQuery.extend({
    sort: videoSort.default('views'),
    cursor: cursor.optional().describe('From the `Link` of the page before'),
    limit: whole(1, analyticsLimits.maxVideosPerPage).default(analyticsLimits.videosPerPage),
  }),
  output: topVideosEntity,
  handler: async ({ deps, query, viewer, req, res }) => {
    const accountId = viewer.account.id;
    const { cursor: after = null, limit } = query;
    const sort = (query.sort === 'watch_time' ? 'watched_ms' : query.sort) as VideoSort;
    const period = periodOf(deps, query, 'day');
    const found = await deps.analytics.topVideos({ accountId, period, sort, after, limit });
    const last = found.length >= limit ? found.at(-1) : undefined;
    if (last) linkNext(req, res, deps.urls.origin, `${last.id}-${Math.max(0, last.figures[sort])}`);
    return listedVideos(deps, accountId, found);
  },
});
