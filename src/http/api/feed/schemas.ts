import { z } from 'zod';
import { feedTypes } from '../../../modules/feed/index.ts';
import { watchKinds, watchSources } from '../../../modules/watching/index.ts';
import { accountEntity, pageQuery, statusEntity } from '../schemas.ts';
import { videoEntity } from '../videos/schemas.ts';

/** How the lists of this folder are paged: by a text of the server's, handed back as it is. */
export const cursorQuery = z.object({
  cursor: z
    .string()
    .optional()
    .describe('`next_cursor` of the page before; counts for a day, for you, in the same list'),
  limit: pageQuery.shape.limit,
});

export const feedQuery = cursorQuery.extend({ feed_type: z.enum(feedTypes).default('for_you') });

const nextCursor = z.string().nullable().describe('Null: that was all');

/** A video in a list of them. */
export const feedVideoEntity = videoEntity
  .extend({
    shared_by: accountEntity
      .nullable()
      .describe('Whom you follow and who passed it on, where it is shown for that'),
  })
  .meta({ id: 'FeedVideo' });

export const feedEntity = z
  .object({ videos: z.array(feedVideoEntity), next_cursor: nextCursor })
  .meta({ id: 'FeedPage' });

export const feedStatusesEntity = z
  .object({ statuses: z.array(statusEntity), next_cursor: nextCursor })
  .meta({ id: 'FeedStatuses' });

export const historyEntity = z
  .object({
    entries: z.array(
      z.object({
        video: feedVideoEntity,
        first_watched_at: z.string(),
        watched_at: z.string(),
        watched_seconds: z.number().describe('In all'),
        times: z.number().describe('Views that were counted: one an hour at most'),
        completed: z.boolean(),
      }),
    ),
    next_cursor: nextCursor,
  })
  .meta({ id: 'History' });

export const settingsEntity = z
  .object({
    history_paused: z.boolean().describe('What you watch is counted, and not noted'),
    for_you_list: z.boolean().describe('For You stands among your lists'),
    personal: z.boolean().describe('False: For You uses nothing but whom you follow, block and mute'),
    sliders: z
      .record(z.string(), z.number())
      .describe('How much each source, weight and foreseen action counts for you; 1 where it is not named'),
    interests: z.array(z.string()).describe('Hashtags'),
    languages: z.array(z.string()).describe('None: all'),
  })
  .meta({ id: 'FeedSettings' });

/** What happened in a playback. */
export const eventSchema = z.object({
  id: z
    .string()
    .regex(/^[\w-]{8,64}$/, 'Ids of events have 8 to 64 letters, digits, - and _.')
    .describe('Yours, best a UUID: the same one again is the same event'),
  video_id: pageQuery.shape.max_id.unwrap(),
  type: z
    .enum(watchKinds)
    .describe(
      '`view`: 3 seconds were watched, or a quarter of a video below 12; `watch`: the playback ended after `watched_seconds`; `skip`: it was left at once; `complete`: it was watched to its end',
    ),
  watched_seconds: z.number().min(0).max(86_400).optional().describe('Of this playback so far'),
  at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('When it happened: at most a day ago. Default: now'),
  source: z.enum(watchSources).default('other').describe('Where the video was shown'),
  mask: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'A mask has 16 hexadecimal digits, in lower case.')
    .optional()
    .describe(
      'With `watch` and `complete`: which 64ths of the video were watched in this playback, the lowest bit for the first of them',
    ),
});

export const watchedEntity = z
  .object({
    accepted: z
      .number()
      .describe(
        'Taken, now or before: none of these is lost. They count where they are about videos that are there for you',
      ),
    ignored: z
      .number()
      .describe('Of those that were stored at once: about videos that are not there for you'),
  })
  .meta({ id: 'WatchReport' });
