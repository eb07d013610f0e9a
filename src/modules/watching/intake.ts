import type { Redis } from 'ioredis';
import { watchStreamLimits } from '../../../config/stream-limits.ts';
import { type BatchLimits, createBatches } from '../../lib/batches.ts';
import { beforeDeadline } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/log.ts';
import { entryOf } from './entries.ts';
import type { TakenEvent } from './model.ts';

/** The stream of what was watched, in the Redis of a server with this prefix. */
export const watchStreamKey = (prefix: string): string => `${prefix}:watched`;

interface Caps {
  readonly append: BatchLimits;
  readonly appendMs: number;
  readonly restMs: number;
  readonly maxBytes: number;
}

/**
 * Puts events into the stream. True once Redis has said that it has them, which after its append-only file is asked for no more; false where
 * it is away, does not answer in time, or holds as much as it may: then they are stored otherwise, at the risk that they are in both,
 * which does no harm. Reports that come together are one entry.
 */
export function createIntake(deps: {
  readonly redis: Redis;
  readonly key: string;
  readonly log: Logger;
  readonly limits?: Caps;
}): (events: readonly TakenEvent[]) => Promise<boolean> {
  const { redis, key, log, limits = watchStreamLimits } = deps;
  let restsUntil = 0;
  let isFull = false;

  const bytesHeld = async () => Number((await redis.memory('USAGE', key)) ?? 0);

  async function append(reports: readonly (readonly TakenEvent[])[]): Promise<void> {
    if (isFull) isFull = (await bytesHeld()) > limits.maxBytes;
    if (isFull) throw new Error('The stream of what was watched holds as much as it may.');
    const answers = await redis.pipeline().xadd(key, '*', 'e', entryOf(reports)).memory('USAGE', key).exec();
    const [added, held] = answers ?? [];
    if (!added || added[0]) throw added?.[0] ?? new Error('Redis did not answer.');
    // Where Redis does not tell its size, nothing bounds it.
    isFull = !held || held[0] !== null || Number(held[1] ?? 0) > limits.maxBytes;
  }

  async function run(reports: readonly (readonly TakenEvent[])[]): Promise<boolean[]> {
    const all = (isTaken: boolean) => reports.map(() => isTaken);
    // A client that is not connected would keep commands until it is.
    if (redis.status !== 'ready' || performance.now() < restsUntil) return all(false);
    try {
      await beforeDeadline(append(reports), limits.appendMs, 'Redis did not answer in time.');
      return all(true);
    } catch (error) {
      restsUntil = performance.now() + limits.restMs;
      log.warn({ err: error }, 'events of watching go straight to PostgreSQL for a moment');
      return all(false);
    }
  }

  const add = createBatches<readonly TakenEvent[], boolean>({
    run,
    limits: limits.append,
    bytesOf: (events) => events.length,
  });
  return async (events) => (await add(events)) ?? false;
}
