import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../config/config.ts';
import { opensActorKey } from '../../federation/index.ts';
import { vireo } from '../../src/cli/program.ts';
import { type Context, createContext } from '../../src/context.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { sealedPlaces } from '../../src/db/sealed.ts';
import { createLogger } from '../../src/lib/log.ts';
import { holdWrites } from '../helpers/chaos.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';
import { createPeople } from '../helpers/people.ts';
import { testVariables } from '../helpers/server.ts';
import { dropTestDatabase } from '../helpers/stack.ts';

const SLOW_MS = 60_000;
const OTHER_KEY = 'another-key-that-somebody-made-up-by-hand';
/** So many that a change of them takes a while. */
const LETTERS = 4_000;

let mail: MailServer;
let env: Record<string, string>;
let db: Db;
const fileOf = (name: string) => join(env.DATA_DIR ?? '', 'secrets', name);
const keyIn = async (name: string) => (await readFile(fileOf(name), 'utf8')).trim();

beforeAll(async () => {
  mail = await startMailServer();
});
afterAll(() => mail?.close());

/** A server with one of everything that is sealed, and nothing that runs. */
beforeEach(async () => {
  env = {
    ...(await testVariables('127.0.0.1', 4_000)),
    ...{ DATA_DIR: await mkdtemp(join(tmpdir(), 'vireo-secret-')), ...mail.variables },
  };
  db = openDatabase(env.DATABASE_URL ?? '', 1);
  await started(async (context) => {
    const ana = await createPeople({ context }).local('ana', { email: 'ana@mail.test' });
    await context.inTx((tx) => context.auth.secondFactor.begin(tx, ana));
    await context.inTx((tx) => context.auth.resets.askForReset(tx, 'ana'));
    await context.inTx((tx) =>
      context.mail.write(tx, {
        ...{ kind: 'test', accountId: ana.id, to: 'ana@mail.test' },
        letter: { subject: 'Hello', parts: ['Hello.'], footer: [] },
      }),
    );
    const said = await context.staff.operator.keys.ofAccount({ kind: 'operator' }, ana, {
      ...{ reason: '', dryRun: false },
    });
    expect(said.ok).toBe(true);
    const provider = { name: 'Finder', serverId: '1', publicKey: randomBytes(32).toString('base64') };
    const asked = { ...provider, baseUrl: 'https://finder.example' };
    expect((await context.inTx((tx) => context.fasp.providers.register(tx, asked))).ok).toBe(true);
  });
  await db.destroy();
  db = openDatabase(env.DATABASE_URL ?? '', 1);
}, SLOW_MS);
afterEach(async () => {
  await db.destroy();
  await dropTestDatabase(env.DATABASE_URL ?? '');
  await rm(env.DATA_DIR ?? '', { recursive: true, force: true });
});

/** Starts a server on the data, uses it and stops it; gives why it would not start. */
async function started(use: (context: Context) => Promise<unknown> = async () => undefined) {
  const read = readConfig(env);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const created = await createContext(read.config, { log: createLogger('silent') });
  if (!created.ok) return created;
  await use(created.context);
  await created.context.close();
  return null;
}

async function rotate(...words: string[]) {
  await db.destroy();
  const out: string[] = [];
  const stdout = { write: (text: string) => out.push(text) > 0 };
  const code = await vireo(['--json', 'secrets', 'rotate', ...words], {
    ...{ env, stdout, stderr: { write: () => true } },
  });
  db = openDatabase(env.DATABASE_URL ?? '', 1);
  return { code, ...JSON.parse(out.join('')) };
}

/** Whether all keys of actors are opened by this secret key, or none: a mixture is neither. */
async function opens(secretKey: string): Promise<boolean | 'some'> {
  const sealed: string[] = await db('actor_keys').pluck('private_key_sealed');
  const opened = sealed.filter((one) => opensActorKey(secretKey, one)).length;
  if (sealed.length === 0) throw new Error('There are no keys.');
  return opened === sealed.length ? true : opened === 0 ? false : 'some';
}

test('everything that is sealed is sealed anew, and the key lies where it is looked for', async () => {
  const old = await keyIn('secret-key');
  const vapid = await db('instance_settings').where({ key: 'vapid-keys' }).first('value');
  const tried = await rotate('--dry-run');
  expect(tried).toMatchObject({ code: 0, ok: true });
  expect(tried.rows).toHaveLength(sealedPlaces.length);
  expect(await opens(old)).toBe(true);
  expect(existsSync(fileOf('secret-key.next'))).toBe(false);

  const said = await rotate('--reason', 'The disk was sold.');
  expect(said).toMatchObject({ code: 0, ok: true });
  for (const row of said.rows) {
    expect(row, row.place).toMatchObject({ closed: 0 });
    expect(row.sealed, row.place).toBeGreaterThan(0);
  }
  const now = await keyIn('secret-key');
  expect(now).not.toBe(old);
  expect([await opens(now), await opens(old)]).toEqual([true, false]);
  expect(existsSync(fileOf('secret-key.next'))).toBe(false);
  const entry = await db('audit_log').where({ action: 'secret-key.rotate' }).first();
  expect(entry).toMatchObject({ actor_kind: 'operator', reason: 'The disk was sold.' });
  await db.destroy();
  expect(
    await started(async (context) => {
      const [job] = await context.db('jobs').where({ name: 'mail.reset' });
      await context.auth.resets.mailReset(job.payload);
    }),
  ).toBeNull();
  db = openDatabase(env.DATABASE_URL ?? '', 1);
  // Who could not open it would have made others, and dropped all subscriptions.
  const after = await db('instance_settings').where({ key: 'vapid-keys' }).first('value');
  expect(after.value.publicKey).toBe(vapid.value.publicKey);
  expect(after.value.privateKeySealed).not.toBe(vapid.value.privateKeySealed);
});

test('no place with something sealed is forgotten', async () => {
  const columns: string[] = await db('information_schema.columns')
    .where('table_schema', 'public')
    .where('column_name', 'like', '%sealed%')
    .select(db.raw(`table_name || '.' || column_name as name`))
    .then((rows) => rows.map(({ name }: { name: string }) => name));
  const known = sealedPlaces.map(({ table, column }) => `${table}.${column}`);
  expect(columns.filter((name) => !known.includes(name))).toEqual([]);
  expect(columns.length).toBeGreaterThan(3);
});

test(
  'whoever is killed in the middle leaves the old key in place, and the next one goes on',
  async () => {
    const old = await keyIn('secret-key');
    await db.raw(
      `insert into mails (id, account_id, kind, sealed, expires_at)
     select mails.id + n, account_id, kind, sealed, mails.expires_at from mails, generate_series(1, ?) as n
      where mails.kind = 'test'`,
      [LETTERS],
    );
    const [last] = await db('mails').orderBy('id', 'desc').limit(1).pluck('id');
    await db.destroy();
    // Before the last of the letters: some are sealed anew then, and others are not.
    const hold = await holdWrites(env.DATABASE_URL ?? '', {
      ...{ table: 'mails', on: 'update', condition: `new.id = ${last}` },
    });
    const child = spawn(process.execPath, ['src/cli/main.ts', 'secrets', 'rotate'], {
      ...{ env: { ...env, PATH: process.env.PATH }, stdio: 'ignore' },
    });
    const gone = once(child, 'exit');
    await hold.reached();
    child.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);
    // What it had begun goes with its connection.
    await hold.cut();

    db = openDatabase(env.DATABASE_URL ?? '', 1);
    const next = await keyIn('secret-key.next');
    expect(await keyIn('secret-key')).toBe(old);
    expect([await opens(old), await opens(next)]).toEqual([true, false]);
    await db.destroy();
    expect(await started()).toBeNull();

    const said = await rotate();
    expect(said).toMatchObject({ code: 0 });
    expect(said.rows).toContainEqual({ place: 'letters that wait', sealed: LETTERS + 1, closed: 0 });
    expect(await keyIn('secret-key')).toBe(next);
    expect(await opens(next)).toBe(true);
    await db.destroy();
    expect(await started()).toBeNull();
    db = openDatabase(env.DATABASE_URL ?? '', 1);
  },
  SLOW_MS,
);

test.for(['a start of the server', 'the same command'])(
  'whoever is killed after the database has the new key: %s ends it',
  async (how) => {
    const old = await keyIn('secret-key');
    expect((await rotate()).code).toBe(0);
    const now = await keyIn('secret-key');
    await rename(fileOf('secret-key'), fileOf('secret-key.next'));
    await writeFile(fileOf('secret-key'), `${old}\n`);
    if (how === 'the same command') {
      expect((await rotate()).message).toMatch(/broken off is ended/);
    } else {
      await db.destroy();
      expect(await started()).toBeNull();
      db = openDatabase(env.DATABASE_URL ?? '', 1);
    }
    expect(await keyIn('secret-key')).toBe(now);
    expect(existsSync(fileOf('secret-key.next'))).toBe(false);
    expect(await opens(now)).toBe(true);
  },
);

test('a key that is given as a variable is changed by whoever gives it', async () => {
  env.SECRET_KEY = await keyIn('secret-key');
  await rm(fileOf('secret-key'));
  const said = await rotate();
  expect(said.message).toContain(`SECRET_KEY to what stands in ${fileOf('secret-key.next')}`);
  const next = await keyIn('secret-key.next');
  expect(await opens(next)).toBe(true);
  // The old one must not go on: it could open nothing.
  expect((await rotate()).reason).toBe('other-secret-key');
  await db.destroy();
  expect(await started()).toMatchObject({
    reason: 'other-secret-key',
    detail: expect.stringMatching(/was changed on/),
  });
  env.SECRET_KEY = next;
  expect(await started()).toBeNull();
  expect(existsSync(fileOf('secret-key.next'))).toBe(false);
  env.SECRET_KEY = OTHER_KEY;
  expect(await started()).toMatchObject({ reason: 'other-secret-key' });
  db = openDatabase(env.DATABASE_URL ?? '', 1);
});

test('a server that never noted its key is not started with one that opens nothing', async () => {
  await db('instance_settings').where({ key: 'secret-key-mark' }).delete();
  await db.destroy();
  env.SECRET_KEY = OTHER_KEY;
  expect(await started()).toMatchObject({ reason: 'other-secret-key' });
  delete env.SECRET_KEY;
  expect(await started()).toBeNull();
  db = openDatabase(env.DATABASE_URL ?? '', 1);
});

test('nothing is changed while the server runs', async () => {
  const old = await keyIn('secret-key');
  await started(async () => {
    expect(await rotate()).toMatchObject({ code: 1, reason: 'in-use' });
  });
  expect(await opens(old)).toBe(true);
});
