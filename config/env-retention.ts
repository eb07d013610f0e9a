import { integer, variable } from './variable.ts';

/** What is kept for how long, and how much of it. */
export const retentionVariables = {
  ORIGINALS_KEPT_DAYS: variable({
    schema: integer(0, 36_500),
    fallback: '30',
    doc: 'The uploaded file of a video of this server is kept for this many days after the video is published, and then only what was made of it. Without it a video cannot be made anew or cut otherwise. `0`: for ever. See docs/storage.md.',
    remedy: 'Write a number of days from 0 to 36500.',
    group: 'Video',
    control: { kind: 'number', min: 0, max: 36_500, unit: 'days' },
  }),
  REMOTE_CACHE_MAX_GB: variable({
    schema: integer(1, 1_000_000),
    fallback: '50',
    doc: 'Most that the copies of videos of other servers may take, in GB (1 GB = 1,073,741,824 bytes). Those that were not watched for the longest time go first, and come back when they are opened. Videos of this server never go.',
    remedy: 'Write a number from 1 to 1000000.',
    group: 'Federation',
    control: { kind: 'number', min: 1, max: 1_000_000, unit: 'GB' },
  }),
  REMOTE_CACHE_MAX_AGE_DAYS: variable({
    schema: integer(0, 36_500),
    fallback: '90',
    doc: 'Copies of videos of other servers that nobody watched for this many days go; 0: they stay as long as there is room.',
    remedy: 'Write a number of days from 0 to 36500.',
    group: 'Federation',
    control: { kind: 'number', min: 0, max: 36_500, unit: 'days' },
  }),
  REMOTE_POSTERS_MAX_GB: variable({
    schema: integer(1, 1_000_000),
    fallback: '5',
    doc: 'Most that the posters of videos of other servers may take that are not copied, in GB. The oldest go first, and come back when somebody sees the video in a list.',
    remedy: 'Write a number from 1 to 1000000.',
    group: 'Federation',
    control: { kind: 'number', min: 1, max: 1_000_000, unit: 'GB' },
  }),
  REMOTE_POSTERS_MAX_AGE_DAYS: variable({
    schema: integer(0, 36_500),
    fallback: '7',
    doc: 'Posters of videos of other servers that are not copied go after this many days; 0: they stay as long as there is room.',
    remedy: 'Write a number of days from 0 to 36500.',
    group: 'Federation',
    control: { kind: 'number', min: 0, max: 36_500, unit: 'days' },
  }),
  S3_MAX_GB: variable({
    schema: integer(0, 100_000_000),
    fallback: '0',
    doc: 'What this server may fill the bucket with, in GB. At 85 % of it no more is copied from other servers, at 94 % nothing is taken in, as with a disk. `0`: the bucket has no end.',
    remedy: 'Write a number of GB, or 0.',
    group: 'Storage',
  }),
} as const;
