import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { vi } from 'vitest';
import type { Db } from '../../src/db/database.ts';
import { ownPort } from './ports.ts';
import { redis } from './probes.ts';

/** How long a condition may take to come true. Reached only when the test fails. */
const PATIENCE_MS = 30_000;

/** Waits until `ask` neither throws nor answers with false, null or undefined; gives the answer. */
export function eventually<T>(
  what: string,
  ask: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  timeout = PATIENCE_MS,
): Promise<T> {
  return vi.waitFor(
    async () => {
      const answer = await ask();
      if (answer === false || answer === null || answer === undefined) throw new Error(`Not yet: ${what}.`);
      return answer;
    },
    { timeout, interval: 20 },
  );
}

/** Has objects removed now that were replaced: they stay for a while, for those who are watching them. */
export async function hurryPurges(db: Db): Promise<void> {
  await db('jobs')
    .where({ name: 'media.purge', state: 'pending', lease_owner: null })
    .where('run_at', '>', db.fn.now())
    .update({ run_at: db.fn.now(), run: db.raw('run + 1') });
}

/** A promise with its handle, for holding a handler at a point of the test's choice. */
export interface Gate {
  /** Resolves once somebody has come to the gate. */
  readonly reached: Promise<void>;
  /** For the one who is held: resolves when the gate is opened. */
  pass(): Promise<void>;
  open(): void;
}

const gates: Gate[] = [];

export function createGate(): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const gate = {
    reached: reached.promise,
    pass: () => {
      reached.resolve();
      return opened.promise;
    },
    open: opened.resolve,
  };
  gates.push(gate);
  return gate;
}

/** Lets everybody go whom a failed test still holds. */
export function openGates(): void {
  for (const gate of gates.splice(0)) gate.open();
}

/** A redis-server of the test's own, which may be killed and started again. */
export interface OwnRedis {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it without warning. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a Redis that keeps nothing on disk but what the test asks it to save. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'vireo-redis-'));
  const port = await ownPort('127.0.0.1');
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const server = {
    url,
    async start() {
      const settings = ['--save', '', '--appendonly', 'no', '--dir', dir];
      child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', ...settings], {
        stdio: 'ignore',
      });
      await eventually('redis-server answers', () => redis(url, (client) => client.ping()));
    },
    async kill() {
      if (child === null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      child = null;
    },
    async close() {
      await server.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/**
 * Of rows of `pg_locks`: the cluster is shared with other test files, whose databases have tables and keys of the same numbers.
 * Locks of transactions are of no database; see `waitingForLocks`.
 */
export const IN_THIS_DATABASE =
  '(database = (select oid from pg_database where datname = current_database()))';

/** How many statements of this database wait for a lock that another one holds. */
export async function waitingForLocks(db: Db): Promise<number> {
  const { rows } = await db.raw<{ rows: { count: number }[] }>(
    `select count(*)::int as count from pg_locks join pg_stat_activity using (pid)
      where not granted and datname = current_database()`,
  );
  return rows[0]?.count ?? 0;
}

/** Writers of one kind of row that are stopped inside their transaction. */
export interface Hold {
  /** Resolves once a writer has come. */
  reached(): Promise<void>;
  /** Lets those that wait go on, and everybody after them. */
  release(): Promise<void>;
  /** Ends the sessions of those that wait, as PostgreSQL does once it sees that a client is gone; lets others pass. */
  cut(): Promise<void>;
}

let holds = 0;

/** Stops whoever writes a row for which `condition` (SQL on `new` and `old`) holds, before it is written. */
export async function holdWrites(
  databaseUrl: string,
  target: { table: string; on: 'insert' | 'update' | 'delete'; condition?: string },
): Promise<Hold> {
  holds += 1;
  const key = 920_000 + holds;
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('select pg_advisory_lock($1)', [key]);
  await client.query(
    `create function hold_${key}() returns trigger language plpgsql as $$ begin
       perform pg_advisory_xact_lock(${key});
       if tg_op = 'DELETE' then return old; end if;
       return new;
     end $$`,
  );
  await client.query(
    `create trigger hold_${key} before ${target.on} on ${target.table} for each row
       when (${target.condition ?? 'true'}) execute function hold_${key}()`,
  );
  const waiting = `from pg_locks where locktype = 'advisory' and objid = ${key} and not granted and ${IN_THIS_DATABASE}`;
  return {
    async reached() {
      await eventually('somebody writes the row', async () => {
        const { rowCount } = await client.query(`select 1 ${waiting}`);
        return rowCount !== 0;
      });
    },
    release: () => client.end(),
    async cut() {
      const { rows } = await client.query(`select pid, pg_terminate_backend(pid) ${waiting}`);
      const pids = rows.map(({ pid }) => pid);
      // A worker that lives tries again at once, and may wait here anew: it is let pass below.
      await eventually('they are gone', async () => {
        const { rowCount } = await client.query(`select 1 ${waiting} and pid = any($1)`, [pids]);
        return rowCount === 0;
      });
      await client.end();
    },
  };
}
