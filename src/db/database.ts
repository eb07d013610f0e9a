import knexModule, { type Knex } from 'knex';
import type { Client } from 'pg';
import { prepareRepeated } from './prepared.ts';

/** The connection pool. Reads may use it directly; every write goes through a `Tx`. */
export type Db = Knex;

/** One open transaction. Every function that writes takes it first (architecture, rule 6). */
export type Tx = Knex.Transaction;

/** Runs `work` in one transaction: all of it is kept when it returns, none of it when it throws. */
export type InTx = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** A statement that runs longer than this is stopped by PostgreSQL (security.md W6). */
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * Opens a pool. Values of type bigint arrive as strings, timestamps as `Date`.
 * Nothing is connected until the first query.
 */
export function openDatabase(url: string, maxConnections = 10): Db {
  return knexModule.knex({
    client: 'pg',
    connection: { connectionString: url, statement_timeout: STATEMENT_TIMEOUT_MS, application_name: 'vireo' },
    pool: {
      min: 0,
      max: maxConnections,
      afterCreate: (connection: Client, done: (error: Error | null, connection: Client) => void) => {
        prepareRepeated(connection);
        done(null, connection);
      },
    },
    acquireConnectionTimeout: 15_000,
  });
}

/** Binds `inTx` to a pool. */
export function transactions(db: Db): InTx {
  return (work) => db.transaction(work);
}
