import type { Db } from '../../db/database.ts';
import { listenTo } from '../../db/listener.ts';
import type { Logger } from '../../lib/log.ts';
import { type Lock, readLock } from './lock.ts';

/** Whether the server is locked, as it is now. */
export interface LockGate {
  /** The lock that holds, or null; asks nobody, so that it may stand before every request. */
  now(): Lock | null;
  /** Reads it again; resolves once it counts here. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** By the trigger of migration 0084. */
const CHANNEL = 'vireo_lock';
/** What may be lost between two connections, or behind a pooler that passes no notifications on. */
const REREAD_MS = 10_000;

/** Reads whether the server is locked, and follows every change of any process. */
export async function openLockGate(deps: {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly log: Logger;
}): Promise<LockGate> {
  let lock: Lock | null = null;
  let reading: Promise<void> = Promise.resolve();
  /** One after the other: the last to begin saw the most. */
  function refresh(): Promise<void> {
    reading = reading
      .catch(() => undefined)
      .then(async () => {
        lock = await readLock(deps.db);
      });
    return reading;
  }
  const again = (): void => {
    refresh().catch((error) =>
      deps.log.warn({ err: error }, 'whether the server is locked could not be read'),
    );
  };
  const listener = await listenTo(deps.databaseUrl, CHANNEL, { hear: again, onAgain: again });
  // Once it listens, so that no change falls in between.
  await refresh();
  const timer = setInterval(again, REREAD_MS).unref();
  return {
    now: () => lock,
    refresh,
    async close() {
      clearInterval(timer);
      await listener.close();
    },
  };
}
