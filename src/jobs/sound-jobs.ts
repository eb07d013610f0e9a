import { z } from 'zod';
import { idSchema } from '../lib/ids.ts';

const minute = 60_000;

/** What is done about sounds in the background; part of the registry of all work. */
export const soundJobs = {
  /** Looks for the video whose sound one of another server was made with, and whether its author allows it. */
  'sounds.check': {
    queue: 'default',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 6,
    timeoutMs: 2 * minute,
    retryDelayMs: 30_000,
  },
  /** Mutes the videos with a sound, or lets them be heard again, as was decided about it. */
  'sounds.settle': {
    queue: 'default',
    payload: z.object({ soundId: idSchema<'sound'>() }),
    maxAttempts: 10,
    timeoutMs: 60 * minute,
    retryDelayMs: minute,
  },
  /** Has remixes of a video carry its sounds, and be judged by them. */
  'sounds.carry': {
    queue: 'default',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 10,
    timeoutMs: 60 * minute,
    retryDelayMs: minute,
  },
  /** Tells other servers what a video of this one says of its sound since somebody changed that. */
  'sounds.tell': {
    queue: 'default',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 10,
    timeoutMs: minute,
    retryDelayMs: minute,
  },
} as const;
