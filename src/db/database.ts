import { setTimeout as pause } from 'node:timers/promises';
import knexModule, { type Knex } from 'knex';
import type { Client } from 'pg';
import { type Noted, notedIn } from './committed.ts';
import { type PoolWatcher, watchPool, watchStatements } from './measured.ts';
import { prepareRepeated } from './prepared.ts';

/** The connection pool. Reads may use it directly; every write goes through a `Tx`. */
export type Db = Knex;

/** One open transaction. Every function that writes takes it first (architecture, rule 6). */
export type Tx = Knex.Transaction;

/**
 * Runs `work` in one transaction: all of it is kept when it returns, none of it when it throws. It is run again where
 * PostgreSQL ended it for the sake of another, so what it does outside of the transaction must be fit to be done twice.
 */
export type InTx = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** A statement that runs longer than this is stopped by PostgreSQL (security.md W6). */
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * How long a connection is kept, and up to as long again. PostgreSQL keeps plans and what it knows of tables for each; with
 * twenty of them that grows to half a gigabyte within an hour.
 */
const CONNECTION_MS = 5 * 60_000;

/**
 * Opens a pool. Values of type bigint arrive as strings, timestamps as `Date`.
 * Nothing is connected until the first query. `watcher` is told how long connections and statements took.
 */
export function openDatabase(url: string, maxConnections = 10, watcher: PoolWatcher | null = null): Db {
  const db = knexModule.knex({
    client: 'pg',
    connection: { connectionString: url, statement_timeout: STATEMENT_TIMEOUT_MS, application_name: 'vireo' },
    pool: {
      min: 0,
      max: maxConnections,
      maxConnectionLifetimeMillis: CONNECTION_MS,
      // Not all at once.
      maxConnectionLifetimeJitterMillis: CONNECTION_MS,
      afterCreate: (connection: Client, done: (error: Error | null, connection: Client) => void) => {
        if (watcher) watchStatements(connection, watcher);
        prepareRepeated(connection);
        done(null, connection);
      },
    },
    acquireConnectionTimeout: 15_000,
  });
  if (watcher) watchPool(db, watcher);
  return db;
}

/**
 * Two transactions waited for each other, or one saw what another changed since. Rows are taken in one order where that can
 * be; what people do at once to each other's rows (follow, move, import) has no order of its own.
 */
const ENDED_FOR_ANOTHER: ReadonlySet<unknown> = new Set(['40P01', '40001']);
const TRIES = 4;
/** Times the number of tries so far, at random: of those who ended each other, one shall be done before the next comes. */
const LONGEST_PAUSE_MS = 50;

/**
 * Binds `inTx` to a pool. `onCommitted` hears what each transaction noted once it is committed, before whoever began it goes on; it must
 * not throw. What a process that dies in between has not told is told by the outbox.
 */
export function transactions(db: Db, onCommitted?: (noted: readonly Noted[]) => void): InTx {
  return async (work) => {
    for (let tries = 1; ; tries += 1) {
      let noted: readonly Noted[] = [];
      try {
        const done = await db.transaction(async (tx) => {
          const result = await work(tx);
          noted = notedIn(tx);
          return result;
        });
        if (noted.length > 0) onCommitted?.(noted);
        return done;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : null;
        if (tries === TRIES || !ENDED_FOR_ANOTHER.has(code)) throw error;
        await pause(Math.random() * LONGEST_PAUSE_MS * tries);
      }
    }
  };
}
