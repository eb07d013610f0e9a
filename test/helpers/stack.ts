import { createHash, randomBytes, randomInt } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { freePort } from '../../src/setup/demo/instance.ts';

/** A database that is prepared once in a test run and copied from then on. */
export interface DatabaseTemplate {
  /** Tells templates apart; two files that use the same name must mean the same content. */
  readonly name: string;
  prepare(databaseUrl: string): Promise<unknown>;
}

/** The schema as the server itself makes it, without rows. */
export const migrated: DatabaseTemplate = { name: 'migrated', prepare: migrate };

/** Redis for one test file: a numbered database of its own, empty at the start. */
export interface TestRedis {
  readonly url: string;
  /** A key prefix of its own, for BullMQ. */
  readonly prefix: string;
}

/**
 * The URL of a fresh database, copied from a template within some 50 ms. The role of the URL owns it, as
 * in production. `dropTestDatabase` removes it; what is left goes with the whole server after the run.
 */
export async function createTestDatabase(template: DatabaseTemplate = migrated): Promise<string> {
  const source = `template_${createHash('sha256').update(template.name).digest('hex').slice(0, 12)}`;
  const copy = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (admin) => {
    // Files run in processes of their own; the first of them makes the template, the others wait for it.
    await admin.query('select pg_advisory_lock(hashtext($1))', [source]);
    const found = await admin.query('select 1 from pg_database where datname = $1 and datistemplate', [
      source,
    ]);
    if (found.rowCount === 0) {
      await admin.query(`drop database if exists ${source} with (force)`);
      await admin.query(`create database ${source} owner vireo`);
      await template.prepare(urlOf(source));
      await admin.query(`alter database ${source} is_template true`);
    }
    await admin.query('select pg_advisory_unlock_all()');
    // File by file: block by block through the log, as it is done otherwise, costs ten times the processor time.
    await admin.query(`create database ${copy} template ${source} strategy file_copy owner vireo`);
  });
  return urlOf(copy);
}

/** Drops a database of `createTestDatabase`, whoever is still connected to it. */
export async function dropTestDatabase(url: string): Promise<void> {
  await asAdmin((admin) =>
    admin.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`),
  );
}

/** Hands out the next numbered database of the shared Redis. */
export async function testRedis(): Promise<TestRedis> {
  const shared = new Redis(inject('redisUrl'));
  try {
    const number = await nextDatabase(shared);
    await shared.multi().select(number).flushdb().exec();
    const url = Object.assign(new URL(inject('redisUrl')), { pathname: `/${number}` }).href;
    return { url, prefix: `test-${randomBytes(4).toString('hex')}` };
  } finally {
    shared.disconnect();
  }
}

/** Below those that systems hand out by themselves, to whoever listens on any port or connects to somewhere. */
const PORTS = { first: 20_000, count: 12_000 };

/**
 * A free port that nobody else in this test run is given: whoever asks the system for one gets it to listen on now, and another file may get
 * the same before a server that takes a while listens there, or starts there again.
 */
export async function testPort(host: string): Promise<number> {
  const shared = new Redis(inject('redisUrl'));
  try {
    await shared.set('last-test-port', randomInt(PORTS.count), 'NX');
    const serial = (await shared.incr('last-test-port')) % PORTS.count;
    return await freePort(host, PORTS.first + serial);
  } finally {
    shared.disconnect();
  }
}

/** The next one in turn that nobody is connected to: a run needs more than there are, and some files use theirs for minutes. */
export async function nextDatabase(shared: Redis): Promise<number> {
  const databases = Number(((await shared.config('GET', 'databases')) as string[])[1]);
  const clients = String(await shared.client('LIST'));
  const used = new Set([...clients.matchAll(/ db=(\d+) /g)].map(([, number]) => Number(number)));
  for (;;) {
    const number = ((await shared.incr('last-test-database')) % (databases - 1)) + 1;
    if (!used.has(number)) return number;
  }
}

function urlOf(database: string): string {
  return Object.assign(new URL(inject('databaseUrl')), { pathname: `/${database}` }).href;
}

async function asAdmin<T>(use: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: inject('adminDatabaseUrl') });
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.end();
  }
}
