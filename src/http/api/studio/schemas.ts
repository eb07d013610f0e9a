import { z } from 'zod';
import { analyticsLimits } from '../../../../config/analytics-limits.ts';
import { studioStates } from '../../../modules/videos/index.ts';
import { processingEntity } from '../schemas.ts';
import { videoEntity } from '../videos/schemas.ts';

/** What authors are told of their own videos. */

export const studioVideoEntity = videoEntity
  .extend({
    state: z.enum(studioStates),
    processing: processingEntity,
    text: z.string().describe('The caption as it was written'),
    saves: z.number(),
    views: z.number().describe('Here, and those that other servers told of in the last 90 days'),
    watch_through: z
      .number()
      .nullable()
      .describe(
        `Of the views here in the last ${analyticsLimits.watchThroughDays} days, how many went to the end: from 0 to 1; null where there were none`,
      ),
  })
  .meta({ id: 'StudioVideo' });

const perVideo = z.object({
  views: z
    .number()
    .describe('Here, and those that other servers told of in the last 90 days; by days in UTC'),
  likes: z.number(),
  comments: z.number(),
  reposts: z.number(),
  shares: z.number().describe('How often they were sent out of the app'),
  saves: z.number(),
});
const ofAuthor = perVideo.extend({ followers: z.number() });

const date = z.string().describe('As 2026-11-27');
const periodOf = <Shape extends z.ZodRawShape>(figures: z.ZodObject<Shape>) =>
  z.object({
    time_zone: z.string(),
    from: z.string().describe('When the first day begins'),
    totals: figures,
    days: z.array(z.object({ date, figures })).describe('The oldest first; today is the last one'),
  });

export const studioOverviewEntity = z
  .object({
    videos: z.object(
      Object.fromEntries(studioStates.map((state) => [state, z.number()])) as Record<
        (typeof studioStates)[number],
        z.ZodNumber
      >,
    ),
    totals: ofAuthor.describe('By now'),
    period: periodOf(ofAuthor).describe('What is new; what was taken back since is not in it'),
  })
  .meta({ id: 'StudioOverview' });

export const videoStatisticsEntity = z
  .object({ id: z.string(), totals: perVideo, period: periodOf(perVideo) })
  .meta({ id: 'VideoStatistics' });

export const bulkEntity = z
  .object({
    results: z
      .array(
        z.object({
          id: z.string(),
          done: z.boolean(),
          code: z.string().nullable().describe('Why not, as of a refusal'),
          detail: z.string().nullable(),
        }),
      )
      .describe('One for each id, in the order in which they were given'),
  })
  .meta({ id: 'BulkResult' });
