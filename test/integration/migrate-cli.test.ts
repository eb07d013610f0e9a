import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import { migrate, migrationNames } from '../../src/db/migrate.ts';
import { backupFolder } from '../helpers/backup-rig.ts';
import { eventually, IN_THIS_DATABASE } from '../helpers/chaos.ts';
import { query } from '../helpers/probes.ts';
import { createTestDatabase, dropTestDatabase, testRedis } from '../helpers/stack.ts';

/** `vireo migrate` on a database that an older or a newer version left. */
let url: string;
let folder: Awaited<ReturnType<typeof backupFolder>>;

beforeAll(async () => {
  folder = await backupFolder();
});
afterAll(() => folder.remove());
beforeEach(async () => {
  url = await createTestDatabase({ name: 'empty', prepare: async () => undefined });
});
afterEach(() => dropTestDatabase(url));

async function cli(...words: string[]) {
  const out: string[] = [];
  const redis = await testRedis();
  const code = await vireo(['--json', 'migrate', ...words], {
    env: {
      ...{ VIREO_ENV: 'test', ORIGIN: 'http://127.0.0.1:3000', DATA_DIR: folder.path('data') },
      ...{ DATABASE_URL: url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix },
    },
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr: { write: () => true },
  });
  const said = JSON.parse(out.join('')) as {
    message: string;
    reason?: string;
    rows: { migration: string }[];
  };
  return { code, ...said };
}

const namesIn = ({ rows }: { rows: { migration: string }[] }) => rows.map(({ migration }) => migration);

test('what is pending is told, tried, and run once, on record', { timeout: 60_000 }, async () => {
  const all = await migrationNames();
  const [done, pending] = [all.slice(0, -2), all.slice(-2)];
  await migrate(url, { only: done });

  const before = await cli('status');
  expect(before).toMatchObject({ code: 1, message: `${done.length} done, 2 pending.` });
  expect(before.rows.filter((row) => 'state' in row && row.state === 'pending')).toEqual(
    pending.map((migration) => ({ migration, state: 'pending', ranAt: null })),
  );
  const tried = await cli('--dry-run');
  expect(tried).toMatchObject({ code: 0, message: expect.stringContaining('nothing was changed') });
  expect(namesIn(tried)).toEqual(pending);
  expect(await cli('status')).toEqual(before);

  const ran = await cli();
  expect(ran).toMatchObject({ code: 0, message: '2 migrations ran.' });
  expect(namesIn(ran)).toEqual(pending);
  expect(await cli('status')).toMatchObject({ code: 0, message: `${all.length} done, 0 pending.` });
  expect(await cli('run')).toMatchObject({ code: 0, message: 'The database is up to date.', rows: [] });
  expect(await query(url, 'select action, actor_kind, detail from audit_log')).toEqual([
    { action: 'maintenance.migrate', actor_kind: 'operator', detail: { migrations: pending } },
  ]);
});

test('a database without anything is filled', { timeout: 60_000 }, async () => {
  const all = await migrationNames();
  expect(await cli('status')).toMatchObject({ code: 1, message: `0 done, ${all.length} pending.` });
  expect(namesIn(await cli())).toEqual(all);
});

test('a database of a newer version is refused, and stays as it is', { timeout: 60_000 }, async () => {
  const all = await migrationNames();
  await migrate(url, { only: all.slice(0, -1) });
  await query(url, `insert into migrations (name, batch, migration_time) values ('9001_next', 9, now())`);
  await query(url, `insert into schema_compat (name, oldest_code) values ('9001_next', 9001)`);
  const refusal = { code: 1, reason: 'schema-too-new', message: expect.stringContaining('9001_next') };
  expect(await cli('--dry-run')).toMatchObject(refusal);
  expect(await cli()).toMatchObject(refusal);
  const status = await cli('status');
  expect(status).toMatchObject(refusal);
  expect(status.message).toContain('1 pending, 1 of a newer version');
  expect(status.rows.at(-1)).toMatchObject({ migration: '9001_next', state: 'newer' });
});

test('it waits for a server that migrates, and says so meanwhile', { timeout: 60_000 }, async () => {
  await migrate(url);
  const server = new pg.Client({ connectionString: url });
  await server.connect();
  try {
    // As src/db/migrate.ts does: the number must never change, or two versions would migrate at once.
    await server.query('select pg_advisory_lock(7461337)');
    expect((await cli('status')).message).toContain('is migrating now');
    let isDone = false;
    const waiting = cli().finally(() => {
      isDone = true;
    });
    await eventually('it waits', async () => {
      const rows = await query(
        url,
        `select 1 from pg_locks where locktype = 'advisory' and not granted and ${IN_THIS_DATABASE}`,
      );
      return rows.length === 1;
    });
    expect(isDone).toBe(false);
    await server.query('select pg_advisory_unlock(7461337)');
    expect(await waiting).toMatchObject({ code: 0, message: 'The database is up to date.' });
  } finally {
    await server.end();
  }
});
