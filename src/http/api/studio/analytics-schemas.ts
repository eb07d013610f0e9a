import { z } from 'zod';
import { analyticsLimits } from '../../../../config/analytics-limits.ts';
import { steps, videoSorts } from '../../../modules/analytics/index.ts';
import { timeZoneQuery } from '../inputs.ts';
import { videoEntity } from '../videos/schemas.ts';

/** What authors are told of how their videos do, and how they ask. */

const date = z.iso
  .date()
  .refine((text) => text >= '2000-01-01' && text < '2100-01-01', 'This date is out of range.')
  .describe('As 2026-11-27, in the time zone');

/** Days of a time zone. */
export const periodQuery = z.object({
  from: date.optional().describe('The first day; without it, 2 days of hours, 28 days, 12 weeks or a year'),
  to: date.optional().describe('The last day; today, if it is not given'),
  time_zone: timeZoneQuery,
});

export const stepQuery = periodQuery.extend({
  by: z.enum(steps).default('day').describe('Weeks begin on Monday'),
});

/** What the figures of lists can be sorted by. */
export const videoSort = z.enum(
  videoSorts.map((sort) => (sort === 'watched_ms' ? 'watch_time' : sort)) as [string, ...string[]],
);

const seconds = z.number().describe('Seconds');

const figures = z.object({
  views: z.number(),
  viewers: z.number().describe('People, each once a day (UTC)'),
  completions: z.number(),
  skips: z.number(),
  watched_seconds: seconds.describe('Of playbacks that were told to their end'),
  average_watched_seconds: seconds.nullable().describe('Of each such playback; null where there was none'),
  likes: z.number(),
  comments: z.number(),
  reposts: z.number(),
  shares: z.number().describe('How often they were sent out of the app'),
  saves: z.number(),
});
const channelFigures = figures.extend({ followers_gained: z.number(), followers_lost: z.number() });
/** Null: it is of too few people. */
const won = z
  .number()
  .nullable()
  .describe(
    `Who followed at this video; null where it had fewer than ${analyticsLimits.fewestPeople} viewers`,
  );
const videoTotals = figures.extend({ followers_gained: won });

const hidden = z
  .enum(['too-few-viewers'])
  .nullable()
  .describe(`Why there is nothing: it would be of fewer than ${analyticsLimits.fewestPeople} people`);

const sources = z.object({
  hidden,
  viewers: z.number().nullable().describe('Of how many different people it is, at least'),
  items: z
    .array(z.object({ source: z.string(), views: z.number(), share: z.number().describe('From 0 to 1') }))
    .describe('Where views came from, the most first'),
});
const watchTime = z.object({
  hidden,
  viewers: z.number().nullable(),
  buckets: z
    .array(z.object({ from_percent: z.number(), to_percent: z.number().nullable(), playbacks: z.number() }))
    .describe('How much of the video people watched; the last one also more than once'),
});
const retention = z.object({
  hidden,
  viewers: z.number().nullable(),
  points: z
    .array(z.object({ at: z.number().describe('From 0 to 1'), share: z.number().describe('From 0 to 1') }))
    .describe('Of each 64th of the video, how many watched it'),
});

const answerOf = <Step extends z.ZodRawShape, Total extends z.ZodRawShape>(
  step: z.ZodObject<Step>,
  totals: z.ZodObject<Total>,
) =>
  z.object({
    time_zone: z.string(),
    by: z.enum(steps),
    from: z.string(),
    to: z.string(),
    totals,
    previous: z
      .object({ from: z.string(), to: z.string(), totals })
      .describe('The same number of days, or months, right before'),
    series: z
      .array(
        z.object({
          date: z.string().describe('The first day of it'),
          starts_at: z.string(),
          ends_at: z.string(),
          figures: step,
        }),
      )
      .describe('The oldest first, with zeros where nothing was'),
    sources,
    watch_time: watchTime,
  });

const listedVideo = z.object({
  video: videoEntity,
  figures: videoTotals,
});

export const channelAnalyticsEntity = answerOf(channelFigures, channelFigures)
  .extend({ top_videos: z.array(listedVideo).describe('Most viewed first, by days of UTC') })
  .meta({ id: 'ChannelAnalytics' });

export const videoAnalyticsEntity = z
  .object({ id: z.string() })
  .extend(answerOf(figures, videoTotals).shape)
  .extend({ retention })
  .meta({ id: 'VideoAnalytics' });

export const topVideosEntity = z.array(listedVideo);

const liveFigures = z.object({
  ...{ views: z.number(), completions: z.number(), watched_seconds: seconds, likes: z.number() },
  ...{ comments: z.number(), shares: z.number() },
});
const liveStep = z.object({ starts_at: z.string(), figures: liveFigures });
export const liveAnalyticsEntity = z
  .object({
    as_of: z.string(),
    last_hour: z.object({ totals: liveFigures, minutes: z.array(liveStep) }),
    last_48_hours: z.object({ totals: liveFigures, hours: z.array(liveStep) }),
  })
  .meta({ id: 'LiveAnalytics' });
