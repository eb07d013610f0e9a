import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../config/config.ts';
import { createContext } from '../../src/context.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { addStoredVideo, backupCommand, backupFolder, hashesOf, rowsOf } from '../helpers/backup-rig.ts';
import { silent } from '../helpers/job-rig.ts';
import { createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer, testVariables } from '../helpers/server.ts';
import { createTestDatabase, dropTestDatabase } from '../helpers/stack.ts';

const PASSPHRASE = 'six words are quite enough';
const empty = { name: 'empty', prepare: async () => undefined };

let server: TestServer;
let author: Account;
let folder: Awaited<ReturnType<typeof backupFolder>>;
const databases: string[] = [];

beforeAll(async () => {
  folder = await backupFolder();
  server = await startTestServer({ role: 'none' });
  author = await createPeople(server).local('author');
  for (let n = 0; n < 4; n += 1) await addStoredVideo(server.context, author);
  // What the text of a dump could get wrong.
  await server.context.db('accounts').where({ id: author.id }).update({
    display_name: 'tab\t back\\slash \\N \\. quote" newline\nü€😀 \\\\',
    bio_html: '\r\n\\n',
  });
});

afterAll(async () => {
  await server?.close();
  await folder?.remove();
  for (const url of databases) await dropTestDatabase(url);
});

/** As the server itself was started, with another place for backups. */
function envOf(place: string, more: Record<string, string> = {}): Record<string, string> {
  const { context, dataDir } = server;
  return {
    ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
    ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl, RANKING: 'off' },
    ...{ REDIS_PREFIX: context.config.redisPrefix, BACKUP_DIR: folder.path(place), BACKUP_MEDIA: 'all' },
    ...{ BACKUP_PASSPHRASE: PASSPHRASE, ...more },
  };
}

/** A fresh machine for the same server. */
async function freshEnv(place: string, name: string, more: Record<string, string> = {}) {
  const url = await createTestDatabase(empty);
  databases.push(url);
  const { REDIS_URL = '', REDIS_PREFIX = '', DATABASE_URL = '' } = await testVariables('127.0.0.1', 1);
  databases.push(DATABASE_URL);
  return envOf(place, { DATABASE_URL: url, REDIS_URL, REDIS_PREFIX, DATA_DIR: folder.path(name), ...more });
}

async function opened<T>(env: Record<string, string>, use: (context: TestServer['context']) => Promise<T>) {
  const read = readConfig(env);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const created = await createContext(read.config, { log: silent });
  if (!created.ok) throw new Error(created.detail);
  try {
    return await use(created.context);
  } finally {
    await created.context.close();
  }
}

async function filesIn(place: string): Promise<string[]> {
  const all = await readdir(folder.path(place), { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

describe('a backup', () => {
  test.each([
    ['sealed', PASSPHRASE],
    ['plain', ''],
  ])('that is %s becomes the same server elsewhere', { timeout: 60_000 }, async (place, passphrase) => {
    // A search engine knows nothing of the backup: what it was told is not put back.
    await server.context.db('search_engine').insert({ id: 1, prefix: 'vireo' }).onConflict('id').ignore();
    await server.context
      .db('search_engine_changes')
      .insert({ video_id: 1, version: 1 })
      .onConflict('video_id')
      .ignore();
    // That a backup was made is written down once it is.
    const { audit_log } = await rowsOf(server.context);
    const made = await backupCommand(envOf(place, { BACKUP_PASSPHRASE: passphrase }), 'create');
    expect(made).toMatchObject({ code: 0, rows: [{ objects: 8, copied: 8 }] });
    const verified = await backupCommand(envOf(place, { BACKUP_PASSPHRASE: passphrase }), 'verify');
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.message).toContain('8 objects');
    const before = [await rowsOf(server.context), await hashesOf(server.context.storage)];

    const fresh = await freshEnv(place, `restored-${place}`, { BACKUP_PASSPHRASE: passphrase });
    const dry = await backupCommand(fresh, 'restore', '--dry-run');
    expect(dry.message).toContain('can be restored here');
    const restored = await backupCommand(fresh, 'restore');
    expect(restored, restored.err).toMatchObject({ code: 0, rows: [{ objects: 8 }] });
    await opened(fresh, async (context) => {
      const after = [await rowsOf(context), await hashesOf(context.storage)] as const;
      expect(after[1]).toEqual(before[1]);
      const { search_engine, search_engine_changes } = after[0];
      expect(after[0]).toEqual({ ...before[0], audit_log, search_engine, search_engine_changes });
      expect(await context.db('search_engine')).toEqual([]);
      expect(await context.db('search_engine_changes')).toEqual([]);
      // The sequences go on where they were: what is written next takes no number twice.
      const { id } = await addStoredVideo(context, author);
      expect(await context.db('videos').where({ id }).first('account_id')).toEqual({ account_id: author.id });
    });
    const again = await backupCommand(fresh, 'restore');
    expect(again).toMatchObject({ code: 1 });
    expect(again.message).toContain('--replace');
    const replaced = await backupCommand(fresh, 'restore', '--replace');
    expect(replaced).toMatchObject({ code: 0 });
    await opened(fresh, async (context) => expect((await rowsOf(context)).videos).toBe(before[0]?.videos));
  });

  test('shows nothing to whoever has not the passphrase', async () => {
    const secret = await readFile(join(server.dataDir, 'secrets', 'secret-key'), 'utf8');
    for (const file of await filesIn('sealed')) {
      const bytes = await readFile(file);
      for (const text of [secret.trim(), 'author', 'original ']) {
        if (file.endsWith('manifest.json')) continue;
        expect(bytes.includes(text), `${file} ${text}`).toBe(false);
      }
    }
    for (const passphrase of ['', 'another passphrase altogether']) {
      const env = envOf('sealed', { BACKUP_PASSPHRASE: passphrase });
      const verified = await backupCommand(env, 'verify');
      expect(verified.code).toBe(1);
      expect(verified.message).toContain('BACKUP_PASSPHRASE');
    }
  });

  test('copies each object once, and lists without media what it does not copy', async () => {
    const again = await backupCommand(envOf('sealed'), 'create');
    expect(again).toMatchObject({ code: 0, rows: [{ objects: 8, copied: 0 }] });
    const listed = await backupCommand(envOf('sealed'), 'create', '--media', 'none');
    expect(listed).toMatchObject({ code: 0, rows: [{ objects: 8, copied: 0 }] });
    const list = await backupCommand(envOf('sealed'), 'list');
    expect(list.rows.map(({ media }) => media)).toEqual([false, true, true]);
  });

  test('of an object that is not what it should be is not made', async () => {
    const { key } = await addStoredVideo(server.context, author);
    await writeFile(join(server.dataDir, 'media', key), 'something else');
    const made = await backupCommand(envOf('damaged'), 'create');
    expect(made.message).toContain('1 damaged ones were left out');
    expect(made.rows).toMatchObject([{ objects: 9 }]);
    await rm(join(server.dataDir, 'media', key));
  });
});

describe('what is wrong with a backup is found', () => {
  const wrong = async (place: string) => {
    const verified = await backupCommand(envOf(place), 'verify');
    expect(verified.code).toBe(1);
    return verified;
  };

  async function made(place: string): Promise<string[]> {
    const outcome = await backupCommand(envOf(place), 'create');
    expect(outcome).toMatchObject({ code: 0 });
    return filesIn(place);
  }

  test.each([
    ['a byte of a table', /table-accounts-/],
    ['a byte of a copied object', /objects\/[0-9a-f]+\/media\//],
    ['a byte of the list of objects', /objects-00001/],
    ['a byte of the secrets', /secrets-00001/],
    ['a byte of the manifest', /manifest\.json$/],
  ])('%s', async (name, pattern) => {
    const place = `wrong ${name}`.replaceAll(' ', '-');
    const file = (await made(place)).find((one) => pattern.test(one)) ?? '';
    const bytes = await readFile(file);
    const at = bytes.length - 20;
    await writeFile(file, Object.assign(bytes, { [at]: (bytes[at] ?? 0) ^ 1 }));
    await wrong(place);
  });

  test.each([
    ['a table that is gone', /table-accounts-/],
    ['a copied object that is gone', /objects\/[0-9a-f]+\/originals\//],
  ])('%s', async (name, pattern) => {
    const place = name.replaceAll(' ', '-');
    const file = (await made(place)).find((one) => pattern.test(one)) ?? '';
    await rm(file);
    expect((await wrong(place)).rows).toMatchObject([{ problem: expect.stringContaining('is missing') }]);
    const rehearsed = await backupCommand(envOf(place), 'rehearse');
    expect(rehearsed.code).toBe(pattern.source.includes('table') ? 1 : 0);
  });

  test('a file that is cut off', async () => {
    const file = (await made('cut-off')).find((one) => /table-accounts-/.test(one)) ?? '';
    await truncate(file, 200);
    await wrong('cut-off');
    const fresh = await freshEnv('cut-off', 'cut-off-restored');
    const restored = await backupCommand(fresh, 'restore');
    expect(restored.code).toBe(1);
    // Nothing is left behind: the next one may be restored into the same database.
    expect((await backupCommand(envOf('cut-off'), 'create')).code).toBe(0);
    expect(await backupCommand(fresh, 'restore')).toMatchObject({ code: 0 });
  });
});

describe('a rehearsal', () => {
  test('loads all of it beside what is there, and leaves nothing behind', async () => {
    await backupCommand(envOf('rehearsed'), 'create');
    const before = await rowsOf(server.context);
    const done = await backupCommand(envOf('rehearsed'), 'rehearse');
    expect(done, done.message).toMatchObject({ code: 0, rows: [{ keys: expect.any(Number) }] });
    expect(Number(done.rows[0]?.keys)).toBeGreaterThan(1);
    expect(await rowsOf(server.context)).toEqual(before);
    const { rows } = await server.context.db.raw(`select 1 from pg_namespace where nspname like 'vireo%'`);
    expect(rows).toEqual([]);
    expect(await server.context.backups.status()).toMatchObject({
      ...{ lastGoodAt: expect.any(Date), lastRehearsalAt: expect.any(Date), lastError: null, isStale: false },
    });
  });
});

describe('a restore is refused', () => {
  test('for another address, beside another secret key, and where there is no backup', async () => {
    const at = await freshEnv('sealed', 'refused', { ORIGIN: 'http://other.test' });
    expect((await backupCommand(at, 'restore')).message).toContain(`ORIGIN=${server.origin}`);
    const key = await freshEnv('sealed', 'refused', { SECRET_KEY: 'x'.repeat(40) });
    expect((await backupCommand(key, 'restore')).message).toContain(
      'SECRET_KEY is not the one of the backup',
    );
    const none = await freshEnv('nothing-here', 'refused');
    expect((await backupCommand(none, 'restore')).message).toContain('There are no backups');
    expect((await backupCommand(none, 'list')).message).toBe('0 backups.');
    const stranger = await backupCommand(envOf('sealed', { ORIGIN: 'http://other.test' }), 'create');
    expect(stranger.code).toBe(1);
  });
});
