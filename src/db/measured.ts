import type { Client } from 'pg';
import { watchOverLimits } from '../../config/watch-limits.ts';

/** Is told how a pool does. Times are in seconds. */
export interface PoolWatcher {
  poolWait(seconds: number): void;
  slowQuery(): void;
}

interface Pool {
  on(event: 'acquireRequest' | 'acquireSuccess' | 'acquireFail', heard: (id: number) => void): void;
}

/** Tells how long connections of a pool were waited for. */
export function watchPool(
  { client }: { readonly client: { readonly pool?: unknown } },
  watcher: PoolWatcher,
): void {
  const asked = new Map<number, number>();
  const pool = client.pool as Pool;
  pool.on('acquireRequest', (id) => asked.set(id, performance.now()));
  for (const event of ['acquireSuccess', 'acquireFail'] as const) {
    pool.on(event, (id) => {
      const since = asked.get(id);
      asked.delete(id);
      if (since !== undefined) watcher.poolWait((performance.now() - since) / 1_000);
    });
  }
}

type Ask = (...args: unknown[]) => unknown;

/** Tells of statements of a connection that take long. */
export function watchStatements(connection: Client, watcher: PoolWatcher): void {
  const ask = connection.query.bind(connection) as unknown as Ask;
  const timed: Ask = (...args) => {
    const done = args.at(-1);
    // Streams have none: how long they take is up to whoever reads them.
    if (typeof done !== 'function') return ask(...args);
    const since = performance.now();
    return ask(...args.slice(0, -1), (...answer: unknown[]) => {
      if (performance.now() - since > watchOverLimits.slowQueryMs) watcher.slowQuery();
      done(...answer);
    });
  };
  connection.query = timed as unknown as Client['query'];
}
