import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate, migrateOrRefuse, migrationNames } from '../../src/db/migrate.ts';
import { eventually, IN_THIS_DATABASE } from '../helpers/chaos.ts';
import { query } from '../helpers/probes.ts';
import { schemaShape, whatBreaks } from '../helpers/schema-shape.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

const ours = new URL('../../migrations/', import.meta.url);
const MIGRATE = new URL('../../src/db/migrate.ts', import.meta.url).href;
/** Before it, nobody had promised that an older program goes on. */
const FIRST_PROMISED = 49;

let url: string;
let directory: string;
let folder: URL;

beforeEach(async () => {
  url = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'vireo-migrations-'));
  folder = pathToFileURL(`${directory}/`);
  // Knex is all that a migration imports, as a type.
  for (const file of await readdir(ours)) await cp(new URL(file, ours), join(directory, file));
});

afterEach(async () => {
  await dropTestDatabase(url);
  await rm(directory, { recursive: true, force: true });
});

const waitingFor = (table: string) =>
  `select 1 from pg_locks where relation = '${table}'::regclass and not granted and ${IN_THIS_DATABASE}`;

/** One more migration, as the next version of the program would bring it. */
async function nextMigration(body: string, mark = ''): Promise<void> {
  await writeFile(
    join(directory, '9001_next.ts'),
    `${mark}export async function up(knex: any) { ${body} }\n`,
  );
}

/** What each migration that has not run yet would break, from the first that promised to break nothing. */
async function breaksOf(from: URL): Promise<Record<string, string[]>> {
  const ran = (await query(url, 'select name from migrations')) as { name: string }[];
  const isDone = new Set(ran.map(({ name }) => name));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found: Record<string, string[]> = {};
    const done: string[] = [];
    for (const name of await migrationNames(from)) {
      done.push(name);
      if (isDone.has(name)) continue;
      const before = await schemaShape(client);
      await migrate(url, { folder: from, only: done });
      const broken = whatBreaks(before, await schemaShape(client));
      const { oldestCode } = (await import(new URL(`${name}.ts`, from).href)) as { oldestCode?: number };
      if (broken.length > 0 && oldestCode === undefined) found[name] = broken;
    }
    return found;
  } finally {
    await client.end();
  }
}

describe('migrations', () => {
  test('only add, or say from which program on one can do without what goes', {
    timeout: 60_000,
  }, async () => {
    await dropTestDatabase(url);
    url = await createTestDatabase({ name: 'empty', prepare: async () => undefined });
    const isBefore = (name: string) => Number(name.slice(0, 4)) < FIRST_PROMISED;
    await migrate(url, { only: (await migrationNames()).filter(isBefore) });
    expect(await breaksOf(ours)).toEqual({});
  });

  test.each([
    [
      'a column that goes',
      `await knex.schema.alterTable('videos', (t) => t.dropColumn('blurhash'));`,
      'blurhash is gone',
    ],
    [
      'a column with another name',
      `await knex.raw('alter table videos rename column caption to words');`,
      'caption is gone',
    ],
    ['a table that goes', `await knex.raw('drop table relays cascade');`, 'relays.'],
    ['another type', `await knex.raw('alter table videos alter column width type text');`, 'is text'],
    [
      'a column that is required now',
      `await knex.raw('alter table videos alter column width set not null');`,
      'is required now',
    ],
    [
      'a new column that is required',
      `await knex.raw('alter table relays add column x text not null');`,
      'without a default',
    ],
    ['a new rule', `await knex.raw('alter table videos add check (width > 1)');`, 'a new rule'],
    ['a new unique index', `await knex.raw('create unique index on videos (caption)');`, 'a new rule'],
  ])('%s is noticed, unless it is marked', { timeout: 60_000 }, async (_, body, what) => {
    await nextMigration(body);
    const broken = await breaksOf(folder);
    expect(Object.keys(broken)).toEqual(['9001_next']);
    expect(broken['9001_next']?.join()).toContain(what);
  });
});

test('what only adds is let pass', { timeout: 60_000 }, async () => {
  await nextMigration(
    `await knex.schema.alterTable('videos', (t) => {
       t.text('shade').notNullable().defaultTo('none').checkIn(['none', 'dark']);
       t.bigint('twin_id').unique().references('videos.id');
     });
     await knex.raw('create index on videos (caption)');`,
  );
  expect(await breaksOf(folder)).toEqual({});
});

describe('a program that meets a newer schema', () => {
  test('goes on where the newer one only added', async () => {
    await nextMigration(`await knex.schema.createTable('extra', (t) => t.text('x'));`);
    expect((await migrate(url, { folder })).at(-1)).toBe('9001_next');
    expect(await migrateOrRefuse(url)).toEqual({ ok: true, ran: [] });
  });

  test('refuses to start where something is gone that it needs, and says what to do', async () => {
    await nextMigration(`await knex.raw('drop table relays');`, 'export const oldestCode = 9001;\n');
    await migrate(url, { folder });
    expect(await migrateOrRefuse(url)).toMatchObject({
      ok: false,
      reason: 'schema-too-new',
      detail: expect.stringMatching(/9001_next.*Start the newer version again.*restore a backup/),
    });
    // The newer one itself starts again.
    expect(await migrate(url, { folder })).toEqual([]);
  });

  test('refuses where a newer one left no word about it', async () => {
    await nextMigration('');
    await migrate(url, { folder });
    await query(url, `delete from schema_compat where name = '9001_next'`);
    expect(await migrateOrRefuse(url)).toMatchObject({ ok: false, reason: 'schema-too-new' });
  });

  test('takes the word of a migration that needs no newer program than it is', async () => {
    await nextMigration(`await knex.raw('drop table relays');`, 'export const oldestCode = 50;\n');
    await migrate(url, { folder });
    expect(await migrateOrRefuse(url)).toEqual({ ok: true, ran: [] });
  });
});

describe('a migration', () => {
  test('whose process is killed half-way is done by the next one', { timeout: 60_000 }, async () => {
    await nextMigration(
      `await knex.schema.createTable('half', (t) => t.text('x')); await knex.raw("select pg_sleep(case when exists (select 1 from slow) then 60 else 0 end)"); await knex('half').insert({ x: 'whole' });`,
    );
    await query(url, 'create table slow (x text)');
    await query(url, `insert into slow values ('yes')`);
    const program = `import { migrate } from '${MIGRATE}'; await migrate('${url}', { folder: new URL('${folder.href}') });`;
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program],
      { stdio: 'ignore' },
    );
    const gone = once(child, 'exit');
    const sleeping = () =>
      query(
        url,
        `select 1 from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid() and datname = current_database()`,
      );
    await eventually('it is half done', async () => (await sleeping()).length > 0);
    child.kill('SIGKILL');
    await gone;
    await query(url, 'delete from slow');
    // PostgreSQL ends what nobody waits for at its next look; until then it holds its locks.
    await query(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid() and datname = current_database()`,
    );
    expect(await query(url, `select to_regclass('half') as half`)).toEqual([{ half: null }]);
    expect(await migrate(url, { folder })).toEqual(['9001_next']);
    expect(await query(url, 'select x from half')).toEqual([{ x: 'whole' }]);
  });

  test('that meets a request half-way is the one that gives way', { timeout: 60_000 }, async () => {
    await nextMigration(
      `await knex.raw('alter table relays add column more text'); await knex.raw('alter table markers add column more text');`,
    );
    const request = new pg.Client({ connectionString: url });
    await request.connect();
    try {
      await request.query('begin');
      await request.query('select 1 from markers');
      const migrating = migrate(url, { folder });
      const waits = () => query(url, waitingFor('markers'));
      await eventually('it has the one and waits for the other', async () => (await waits()).length === 1);
      await request.query('select 1 from relays');
      await request.query('commit');
      expect(await migrating).toEqual(['9001_next']);
    } finally {
      await request.end();
    }
  });

  test('that waits for a lock lets others pass, and comes again', { timeout: 60_000 }, async () => {
    await nextMigration(`await knex.raw('alter table relays add column more text');`);
    const reader = new pg.Client({ connectionString: url });
    await reader.connect();
    try {
      await reader.query('begin');
      await reader.query('select 1 from relays');
      const migrating = migrate(url, { folder });
      const tried = () => query(url, waitingFor('relays'));
      await eventually('it waits', async () => (await tried()).length === 1);
      await eventually('it gives way', async () => (await tried()).length === 0);
      expect(await query(url, 'select count(*)::int as n from relays')).toEqual([{ n: 0 }]);
      await reader.query('commit');
      expect(await migrating).toEqual(['9001_next']);
    } finally {
      await reader.end();
    }
  });
});
