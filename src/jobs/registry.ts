import { z } from 'zod';
import { type QueueName, queueNames } from '../../config/queue-names.ts';
import { watchStreamLimits } from '../../config/stream-limits.ts';
import type { Tx } from '../db/database.ts';
import { idSchema } from '../lib/ids.ts';
import { soundJobs } from './sound-jobs.ts';

export { type QueueName, queueNames };

interface JobSpec {
  readonly queue: QueueName;
  /** Parsed again when the job runs: rows may be older than the program (security.md W11). */
  readonly payload: z.ZodType;
  /** Tries before the job becomes a dead letter. A try that dies with its worker counts. */
  readonly maxAttempts: number;
  /** A try that takes longer is aborted. */
  readonly timeoutMs: number;
  /** Pause before the second try; it doubles with each further one, up to an hour. */
  readonly retryDelayMs: number;
}

const minute = 60_000;

const ofProvider = {
  ...({ queue: 'default', retryDelayMs: 30_000 } as const),
  payload: z.object({ providerId: idSchema<'fasp'>() }),
};

/** Every kind of background work. A handler for each is demanded by the type `JobHandlers`. */
export const jobSpecs = {
  'media.process': {
    queue: 'media',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 5,
    timeoutMs: 60 * minute,
    retryDelayMs: 15_000,
  },
  'media.ladder': {
    queue: 'media',
    payload: z.object({ videoId: idSchema<'video'>(), settle: z.boolean().optional() }),
    maxAttempts: 5,
    timeoutMs: 120 * minute,
    retryDelayMs: 15_000,
  },
  'media.extras': {
    queue: 'media',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 3,
    timeoutMs: 30 * minute,
    retryDelayMs: 60_000,
  },
  'media.poster': {
    queue: 'media',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 5,
    timeoutMs: 10 * minute,
    retryDelayMs: 15_000,
  },
  /** Takes the sound of a video away, or brings it back, as the staff decided. */
  'media.resound': {
    queue: 'media',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 5,
    timeoutMs: 30 * minute,
    retryDelayMs: 15_000,
  },
  'media.remake': {
    queue: 'media',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 5,
    timeoutMs: 120 * minute,
    retryDelayMs: 60_000,
  },
  /** In a queue of its own, where a slow service holds up nothing else. */
  'media.transcribe': {
    queue: 'transcribe',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 8,
    timeoutMs: 20 * minute,
    retryDelayMs: 60_000,
  },
  /** Six tries within some five minutes: somebody waits for it. In a queue of its own for the same reason. */
  'media.classify': {
    queue: 'classify',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 6,
    timeoutMs: 5 * minute,
    retryDelayMs: 10_000,
  },
  'media.replicate': {
    queue: 'replicate',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 10,
    timeoutMs: 60 * minute,
    retryDelayMs: 30_000,
  },
  /** Copies the poster of a video of another server again that somebody sees without one. */
  'media.remote-poster': {
    queue: 'replicate',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 2,
    timeoutMs: 5 * minute,
    retryDelayMs: 60_000,
  },
  /** Looks for what storage and rows do not have in common; see src/modules/storage/scan.ts. */
  'storage.scan': {
    queue: 'default',
    payload: z.object({ mend: z.boolean() }),
    maxAttempts: 2,
    timeoutMs: 12 * 60 * minute,
    retryDelayMs: 60_000,
  },
  /** Ends all accounts of a domain, portion by portion; see src/modules/domains/purging.ts. */
  'domains.purge': {
    queue: 'default',
    payload: z.object({ domain: z.string() }),
    maxAttempts: 20,
    timeoutMs: 12 * 60 * minute,
    retryDelayMs: 30_000,
  },
  'media.purge': {
    queue: 'default',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 20,
    timeoutMs: 10 * minute,
    retryDelayMs: 30_000,
  },
  /** Copies the frames of reported videos to where no deletion reaches them. */
  'reports.evidence': {
    queue: 'media',
    payload: z.object({ reportId: idSchema<'report'>() }),
    maxAttempts: 5,
    timeoutMs: 10 * minute,
    retryDelayMs: 15_000,
  },
  /** Copies the files of what is kept for authorities; see src/modules/moderation/legal-holds. */
  'legal-holds.copy': {
    queue: 'media',
    payload: z.object({ holdId: idSchema<'legal-hold'>() }),
    maxAttempts: 20,
    timeoutMs: 120 * minute,
    retryDelayMs: 15_000,
  },
  /** Removes what goes with an upheld claim, and brings back what is to come back. */
  'claims.settle': {
    queue: 'default',
    payload: z.object({ claimId: idSchema<'claim'>() }),
    maxAttempts: 10,
    timeoutMs: 60 * minute,
    retryDelayMs: minute,
  },
  /** Removes what shows the same as the videos of an upheld copyright claim. */
  'claims.copies': {
    queue: 'default',
    payload: z.object({ claimId: idSchema<'claim'>() }),
    maxAttempts: 10,
    timeoutMs: 60 * minute,
    retryDelayMs: minute,
  },
  /** Moves the large files of a video that nobody watches to the cheaper store. */
  'media.cool': {
    queue: 'replicate',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 5,
    timeoutMs: 60 * minute,
    retryDelayMs: 5 * minute,
  },
  /** Copies an object that somebody watches back from there. */
  'media.warm': {
    queue: 'replicate',
    payload: z.object({ key: z.string().min(1).max(200) }),
    maxAttempts: 5,
    timeoutMs: 60 * minute,
    retryDelayMs: 15_000,
  },
  /** Copies the pictures of the profile of a remote account. */
  'accounts.pictures': {
    queue: 'replicate',
    payload: z.object({ accountId: idSchema<'account'>() }),
    maxAttempts: 4,
    timeoutMs: 5 * minute,
    retryDelayMs: 60_000,
  },
  /** Removes pictures that no profile has any more. */
  'accounts.purge': {
    queue: 'default',
    payload: z.object({ accountId: idSchema<'account'>() }),
    maxAttempts: 20,
    timeoutMs: 10 * minute,
    retryDelayMs: 30_000,
  },
  /** Looks whether pages that a profile names lead back to it. */
  'accounts.verify': {
    queue: 'default',
    payload: z.object({ accountId: idSchema<'account'>() }),
    maxAttempts: 4,
    timeoutMs: 2 * minute,
    retryDelayMs: 5 * minute,
  },
  /** Makes the archive that somebody asked for of the own account. */
  'accounts.archive': {
    queue: 'replicate',
    payload: z.object({ archiveId: idSchema<'archive'>(), accountId: idSchema<'account'>() }),
    maxAttempts: 5,
    timeoutMs: 240 * minute,
    retryDelayMs: 1 * minute,
  },
  /** Removes archives that nobody may fetch any more. */
  'archives.purge': {
    queue: 'default',
    payload: z.object({ accountId: idSchema<'account'>() }),
    maxAttempts: 20,
    timeoutMs: 10 * minute,
    retryDelayMs: 30_000,
  },
  /** Removes some of what hangs on an account that ended. */
  'accounts.clear': {
    queue: 'default',
    payload: z.object({ accountId: idSchema<'account'>() }),
    maxAttempts: 50,
    timeoutMs: 15 * minute,
    retryDelayMs: 1 * minute,
  },
  /** Ends some accounts after others, as the whole server closes. */
  'accounts.end-all': {
    queue: 'default',
    payload: z.object({}),
    maxAttempts: 50,
    timeoutMs: 15 * minute,
    retryDelayMs: 1 * minute,
  },
  /** Takes some followers of an account that moved along. */
  'accounts.move': {
    queue: 'default',
    payload: z.object({ accountId: idSchema<'account'>() }),
    maxAttempts: 50,
    timeoutMs: 15 * minute,
    retryDelayMs: 1 * minute,
  },
  /** Works off some lines of a file that somebody brought from another server. */
  'accounts.import': {
    queue: 'default',
    payload: z.object({ importId: idSchema<'import'>() }),
    maxAttempts: 20,
    timeoutMs: 15 * minute,
    retryDelayMs: 1 * minute,
  },
  'inbox.drain': {
    queue: 'inbox',
    payload: z.object({ host: z.string().min(1).max(300) }),
    maxAttempts: 50,
    timeoutMs: 10 * minute,
    retryDelayMs: 5_000,
  },
  'deliver.host': {
    queue: 'deliver',
    payload: z.object({ host: z.string().min(1).max(300) }),
    maxAttempts: 50,
    timeoutMs: 10 * minute,
    retryDelayMs: 5_000,
  },
  /** In a queue of its own, where a service that does not answer holds up nothing else. */
  'push.send': {
    queue: 'push',
    payload: z.object({
      subscriptionId: idSchema<'push-subscription'>(),
      notificationId: idSchema<'notification'>(),
    }),
    maxAttempts: 5,
    timeoutMs: minute,
    retryDelayMs: 30_000,
  },
  /** In a queue of its own, too: two days of tries with the longest pause, for a mail server that is away. */
  'mail.send': {
    queue: 'mail',
    payload: z.object({ mailId: idSchema<'mail'>() }),
    maxAttempts: 80,
    timeoutMs: 2 * minute,
    retryDelayMs: 30_000,
  },
  /** Somebody who may have an account asked for a new password. The address is sealed. */
  'mail.reset': {
    queue: 'mail',
    payload: z.object({ sealed: z.string().max(2_000) }),
    maxAttempts: 10,
    timeoutMs: minute,
    retryDelayMs: 15_000,
  },
  /** Tells the staff of people who wait for an answer. */
  'mail.waiting': {
    queue: 'mail',
    payload: z.object({}),
    maxAttempts: 10,
    timeoutMs: minute,
    retryDelayMs: minute,
  },
  /** Makes the digest of one account, where it is due. */
  'mail.digest': {
    queue: 'mail',
    payload: z.object({ accountId: idSchema<'account'>() }),
    maxAttempts: 10,
    timeoutMs: 2 * minute,
    retryDelayMs: minute,
  },
  /** Makes the summary for one of the staff, where it is due. */
  'mail.staff-digest': {
    queue: 'mail',
    payload: z.object({ accountId: idSchema<'account'>() }),
    maxAttempts: 10,
    timeoutMs: 2 * minute,
    retryDelayMs: minute,
  },
  'instances.inspect': {
    queue: 'default',
    payload: z.object({ host: z.string().min(1).max(300) }),
    maxAttempts: 5,
    timeoutMs: 2 * minute,
    retryDelayMs: 60_000,
  },
  'outbox.backfill': {
    queue: 'default',
    payload: z.object({ accountId: idSchema<'account'>() }),
    maxAttempts: 5,
    timeoutMs: 10 * minute,
    retryDelayMs: 60_000,
  },
  /** `activity`: what brought an answer to an unknown post, to be looked at again once that is known. */
  'thread.fetch': {
    queue: 'default',
    payload: z.object({
      parentUri: z.url().max(1_024),
      activity: z.object({ actorUri: z.url().max(1_024), id: z.url().max(1_024) }),
      /** Somebody here asked for its author, or is named: then the video at the root may be new here. */
      wanted: z.boolean(),
    }),
    maxAttempts: 4,
    timeoutMs: 10 * minute,
    retryDelayMs: 60_000,
  },
  'replies.fetch': {
    queue: 'default',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 2,
    timeoutMs: 10 * minute,
    retryDelayMs: 60_000,
  },
  /** Looks for what a remix of another server was made from, and whether that author allows it. */
  'remixes.check': {
    queue: 'default',
    payload: z.object({ videoId: idSchema<'video'>() }),
    ...{ maxAttempts: 6, timeoutMs: 2 * minute, retryDelayMs: 30_000 },
  },
  /** Takes back all that was made from a video that is gone, portion by portion; see src/modules/remixes/withdrawals.ts. */
  'remixes.withdraw': {
    queue: 'default',
    payload: z.object({ videoId: idSchema<'video'>() }),
    ...{ maxAttempts: 20, timeoutMs: 60 * minute, retryDelayMs: 30_000 },
  },
  ...soundJobs,
  'post.refresh': {
    queue: 'default',
    payload: z.object({ videoId: idSchema<'video'>() }),
    maxAttempts: 8,
    timeoutMs: 2 * minute,
    retryDelayMs: 5 * minute,
  },
  /** Asks a server what trends there; see src/modules/exchange. */
  'exchange.ask': {
    queue: 'default',
    payload: z.object({ peerId: idSchema<'exchange-peer'>() }),
    maxAttempts: 3,
    timeoutMs: minute,
    retryDelayMs: 30_000,
  },
  /** Asks a server for those of its posts that others told of. */
  'exchange.look': {
    queue: 'default',
    payload: z.object({ host: z.string().min(1).max(300) }),
    maxAttempts: 5,
    timeoutMs: 10 * minute,
    retryDelayMs: 30_000,
  },
  /** Asks an auxiliary service provider what it can do, and tells it what of that is used. */
  'fasp.sync': { ...ofProvider, maxAttempts: 3, timeoutMs: 2 * minute },
  /** Tells an auxiliary service provider what it asked to hear of. */
  'fasp.tell': { ...ofProvider, maxAttempts: 5, timeoutMs: 10 * minute },
  /** Asks an auxiliary service provider which posts trend. */
  'fasp.trends': { ...ofProvider, maxAttempts: 3, timeoutMs: minute },
  /** Asks an auxiliary service provider to call this server, once. */
  'fasp.callback': {
    queue: 'default',
    payload: z.object({ callbackId: idSchema<'fasp-callback'>() }),
    maxAttempts: 1,
    timeoutMs: minute,
    retryDelayMs: 30_000,
  },
  'followers.sync': {
    queue: 'default',
    payload: z.object({
      actorUri: z.url().max(1_024),
      url: z.url().max(1_024),
      digest: z.string().regex(/^[0-9a-f]{64}$/),
    }),
    maxAttempts: 3,
    timeoutMs: 5 * minute,
    retryDelayMs: 60_000,
  },
  /** Stores an event of watching that was refused, so that it holds up no others; see src/modules/watching/consumer.ts. */
  'watching.store': {
    queue: 'default',
    payload: z.object({ entry: z.string().max(watchStreamLimits.setAsideLength) }),
    maxAttempts: 5,
    timeoutMs: minute,
    retryDelayMs: 60_000,
  },
} as const satisfies Record<string, JobSpec>;

export type JobName = keyof typeof jobSpecs;

/** What is known of a job by a name from a row, which may be older or newer than the program. */
export function specOf(name: string): JobSpec | undefined {
  return Object.hasOwn(jobSpecs, name) ? jobSpecs[name as JobName] : undefined;
}

export type JobPayload<N extends JobName> = z.output<(typeof jobSpecs)[N]['payload']>;

/**
 * What a handler may return: a last step that runs in the transaction that ends the job, with the job's
 * row locked. It gives the time at which the job should run again, or null when it is done.
 */
export type Finish = (tx: Tx) => Promise<Date | null>;

export interface JobRun {
  /** Aborted on timeout, on shutdown, and when the lease was lost. */
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly lastAttempt: boolean;
  /**
   * Names what is to be done after this try where it turns out that the job is not its own any more: given to
   * another worker, or given up. A worker that was only thought dead cleans up so.
   */
  readonly whenLost: (then: () => Promise<void>) => void;
}

/** Handlers must be idempotent: a crash at any point means the same call again. */
export type JobHandlers = {
  readonly [N in JobName]: (payload: JobPayload<N>, run: JobRun) => Promise<Finish | undefined>;
};

/** Thrown by a handler when another try cannot help: the job becomes a dead letter at once. */
export class PermanentJobError extends Error {
  override readonly name = 'PermanentJobError';
}

/** Pause before try number `attempt + 1`: doubling, at most an hour, spread by a fifth either way. */
export function retryDelayMs(name: JobName, attempt: number, random: () => number): number {
  const base = Math.min(jobSpecs[name].retryDelayMs * 2 ** (attempt - 1), 60 * minute);
  return Math.round(base * (0.8 + random() * 0.4));
}
