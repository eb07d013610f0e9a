import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { migrate, migrationNames } from '../../src/db/migrate.ts';
import { withParents } from '../../src/modules/instances/index.ts';
import { eventually, IN_THIS_DATABASE } from '../helpers/chaos.ts';
import { query } from '../helpers/probes.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

const MIGRATE = new URL('../../src/db/migrate.ts', import.meta.url).href;

let url: string;

beforeEach(async () => {
  url = await createTestDatabase({ name: 'empty', prepare: async () => undefined });
});

afterEach(() => dropTestDatabase(url));

async function allMigrations(): Promise<string[]> {
  const files = await readdir(new URL('../../migrations/', import.meta.url));
  return files.map((name) => name.replace(/\.ts$/, '')).sort();
}

const recorded = () => query(url, 'select name from migrations order by id');

/** Migrates in a process of its own, as a server does that starts; gives what it did. */
async function migrateElsewhere(): Promise<string[]> {
  const program = `import { migrate } from '${MIGRATE}'; console.log(JSON.stringify(await migrate('${url}')));`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  await once(child, 'close');
  expect(child.exitCode).toBe(0);
  return JSON.parse(Buffer.concat(printed).toString('utf8'));
}

test('an empty database gets every migration, in order', async () => {
  expect(await migrate(url)).toEqual(await allMigrations());
});

test('blocks of domains that stood before go on as suspensions, and servers known before are kept', async () => {
  const before = (await allMigrations()).filter((name) => name < '0010');
  const db = openDatabase(url, 1);
  try {
    const run = async (name: string) => {
      const { up } = await import(new URL(`../../migrations/${name}.ts`, import.meta.url).href);
      await up(db);
    };
    for (const name of before) await run(name);
    await db('domain_blocks').insert({ domain: 'evil.test', comment: 'spam' });
    const account = { username: 'x', username_key: 'x', actor_type: 'Person', inbox_uri: '' };
    await db('accounts').insert([
      { ...account, id: 1, domain: 'sub.evil.test:8443', actor_uri: 'a' },
      { ...account, id: 2, domain: '', actor_uri: 'b' },
    ]);
    for (const name of (await allMigrations()).filter((one) => one >= '0010')) await run(name);
    expect(await db('domain_policies')).toMatchObject([
      {
        ...{ domain: 'evil.test', severity: 'suspend', private_comment: 'spam', public_comment: '' },
        ...{ reject_media: false, reject_reports: false, expires_at: null, id: '1' },
      },
    ]);
    await expect(db('domain_policies').insert({ domain: 'x.test' })).rejects.toThrow(/severity/);
    expect(await db('instances').pluck('host')).toEqual(['sub.evil.test:8443']);
    const { rows } = await db.raw(
      `select domain_suffixes('a.b.test:1') as a, domain_suffixes('[::1]:80') as b`,
    );
    expect(rows).toEqual([{ a: ['a.b.test', 'b.test', 'test'], b: ['[::1]'] }]);
  } finally {
    await db.destroy();
  }
});

test('a host is taken apart as before, and as the program does it', async () => {
  await migrate(url, { only: (await migrationNames()).filter((name) => name < '0081') });
  const hosts = [
    ...['a.b.test:1', '[::1]:80', 'test', 'very.long.name.of.some.server.example', 'xn--bcher-kva.example'],
    ...['127.0.0.1:3000', 'a.b.test', 'a..b', 'a.', '.a', ':80', ''],
  ];
  const list = hosts.map((host) => `('${host}')`).join();
  const asked = `select host, domain_suffixes(host) as found from (values ${list}) as asked (host)`;
  const before = await query(url, asked);
  await migrate(url);
  expect(await query(url, asked)).toEqual(before);
  expect(before).toContainEqual({ host: 'a.b.test', found: withParents('a.b.test') });
});

test('the second time there is nothing to do', async () => {
  await migrate(url);
  const before = await recorded();
  expect(await migrate(url)).toEqual([]);
  expect(await recorded()).toEqual(before);
});

test('processes that start at once migrate once', async () => {
  const names = await allMigrations();
  const outcomes = await Promise.all([migrateElsewhere(), migrateElsewhere(), migrate(url), migrate(url)]);
  expect(outcomes.filter((done) => done.length > 0)).toEqual([names]);
  expect(await recorded()).toEqual(names.map((name) => ({ name })));
});

test('a lock row that a killed process left behind stops nobody', async () => {
  await query(url, 'create table migrations_lock (index serial primary key, is_locked int)');
  await query(url, 'insert into migrations_lock (is_locked) values (1)');
  expect(await migrate(url)).toEqual(await allMigrations());
});

test('who comes second waits until the first is done or dead', async () => {
  const first = new pg.Client({ connectionString: url });
  first.on('error', () => undefined);
  await first.connect();
  await first.query('select pg_advisory_lock(7461337)');
  let done = false;
  const second = migrate(url).finally(() => {
    done = true;
  });
  await eventually('the second waits', async () => {
    const waiting = await query(
      url,
      `select 1 from pg_locks where locktype = 'advisory' and not granted and ${IN_THIS_DATABASE}`,
    );
    return waiting.length === 1;
  });
  expect(done).toBe(false);
  await first.end();
  expect(await second).toEqual(await allMigrations());
});

test('one that fails leaves nothing behind, and the next start begins anew', async () => {
  await query(url, 'create table video_assets (key text)');
  await expect(migrate(url)).rejects.toThrow('"video_assets" already exists');
  expect(await recorded()).toEqual([]);
  expect(await query(url, `select to_regclass('accounts') as accounts`)).toEqual([{ accounts: null }]);
  await query(url, 'drop table video_assets');
  expect(await migrate(url)).toEqual(await allMigrations());
});

test('one that hangs is stopped, and waits for locks no longer than others can wait for it', async () => {
  await query(url, 'create table seen (statement text, lock text)');
  // As knex makes it: it writes the name of each migration in the transaction of that.
  await query(
    url,
    'create table migrations (id serial primary key, name text, batch int, migration_time timestamptz)',
  );
  await query(
    url,
    `create function see() returns trigger language plpgsql as $$ begin
       insert into seen values (current_setting('statement_timeout'), current_setting('lock_timeout'));
       return null;
     end $$`,
  );
  await query(url, 'create trigger see after insert on migrations for each row execute function see()');
  await migrate(url);
  expect(await query(url, 'select distinct * from seen')).toEqual([{ statement: '30min', lock: '500ms' }]);
});
