import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { clientOf, createPeople, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Accounts and the log from the command line, which the staff has besides its pages. */
let server: TestServer;
let people: People;

beforeAll(async () => {
  server = await startTestServer();
  people = createPeople(server);
  await people.remote('lena', 'far.test');
});
afterAll(() => server?.close());

async function command(...args: string[]) {
  const { context, dataDir } = server;
  const out: string[] = [];
  const code = await vireo(['--json', ...args], {
    env: {
      ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
      ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl },
      REDIS_PREFIX: context.config.redisPrefix,
    },
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr: { write: () => true },
  });
  const text = out.join('');
  const said = text.startsWith('{') ? JSON.parse(text) : { message: text, rows: [] };
  return { code, ...said } as { code: number; message: string; rows: Record<string, unknown>[] };
}

const names = ({ rows }: { rows: Record<string, unknown>[] }) => rows.map(({ name }) => name);

describe('vireo user', () => {
  test('makes an account, gives it a role, and lists it', async () => {
    const made = await command('user', 'create', 'ada', '--email', 'ada@mail.test');
    expect(made).toMatchObject({ code: 0, message: expect.stringContaining('ada can sign in') });
    expect((await command('user', 'role', 'ada', 'moderator', '--reason', 'Helps.')).code).toBe(0);
    expect(names(await command('user', 'list', '--staff'))).toEqual(['ada']);
    expect((await command('user', 'list')).rows).toContainEqual(
      expect.objectContaining({ name: 'ada', role: 'moderator', secondFactor: false }),
    );
    expect(names(await command('user', 'list', '--remote'))).toEqual(['lena@far.test']);
    const log = await command('audit', 'list', '--action', 'role');
    expect(log.rows).toMatchObject([{ by: 'command line', action: 'role.assign', reason: 'Helps.' }]);
  });

  test('says which roles there are where one is named that is not', async () => {
    const said = await command('user', 'role', 'ada', 'emperor');
    expect(said).toMatchObject({ code: 1, message: expect.stringContaining('moderator') });
  });

  test('lists where nobody was seen for a while', async () => {
    const old = await people.local('old');
    const long = new Date(Date.now() - 90 * 86_400_000);
    await server.context.db('accounts').where({ id: old.id }).update({ created_at: long });
    expect(names(await command('user', 'list', '--inactive', '60'))).toEqual(['old']);
    expect((await command('user', 'list', '--inactive', 'long')).code).toBe(1);
  });

  test('lets somebody back in who lost the password or the phone, and keeps that on record', async () => {
    const bea = await people.local('bea');
    const { message } = await command('user', 'reset-password', 'bea');
    const password = message.split(' ').at(-1);
    const session = await clientOf(server.origin).post('/api/v1/sessions', {
      body: { login: 'bea', password },
    });
    expect(session.status).toBe(200);
    const { auth, inTx, db } = server.context;
    expect((await command('user', 'disable-2fa', 'bea')).code).toBe(1);
    await inTx((tx) => auth.secondFactor.begin(tx, bea));
    await db('second_factors').where({ account_id: bea.id }).update({ confirmed_at: db.fn.now() });
    expect((await command('user', 'disable-2fa', 'bea')).code).toBe(0);
    expect((await command('audit', 'list', '--action', 'user')).rows.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user.disable-2fa', 'user.reset-password']),
    );
  });

  test('says how much room an account has, and gives it another limit', async () => {
    await people.local('cam');
    const row = async (...args: string[]) => (await command('user', 'quota', 'cam', ...args)).rows;
    expect(await row()).toEqual([{ name: 'cam', usedBytes: 0, maxBytes: null, source: 'server' }]);
    const given = await row('--mb', '3', '--reason', 'Films a lot.');
    expect(given).toMatchObject([{ maxBytes: 3 * 1024 * 1024, source: 'account' }]);
    expect(await row('--reset')).toMatchObject([{ maxBytes: null, source: 'server' }]);
    expect((await command('user', 'quota', 'cam', '--mb', 'much')).code).not.toBe(0);
    expect((await command('user', 'quota', 'nobody')).code).not.toBe(0);
  });

  test('names what it is for', async () => {
    const help = await command('user', 'role', '--help');
    expect(help).toMatchObject({ code: 0, message: expect.stringContaining('what its sessions may do') });
  });
});

describe('what the staff does', () => {
  test('is done, and taken back, as on the pages; a dry run changes nothing', async () => {
    const loud = await people.signedIn('loud');
    const video = await createVideoFactory(server.context).video(loud.account);
    const stateOf = async () => (await server.context.accounts.byId(loud.id))?.state;
    expect((await command('user', 'suspend', 'loud', '--dry-run')).code).toBe(0);
    expect(await stateOf()).toBe('active');
    const done = await command('user', 'suspend', 'loud', '--reason', 'Sold feathers.', '--rule', '1');
    expect([done.code, done.rows]).toMatchObject([0, [{ changed: true }]]);
    expect(await stateOf()).toBe('suspended');
    expect((await command('user', 'suspend', 'loud')).rows).toMatchObject([{ changed: false }]);
    expect((await command('user', 'unsuspend', 'loud')).code).toBe(0);
    expect(await stateOf()).toBe('active');
    const videoState = async () => (await server.context.videos.internal(video))?.state;
    expect((await command('video', 'remove', video)).code).toBe(0);
    expect(await videoState()).toBe('removed');
    expect((await command('video', 'restore', video)).code).toBe(0);
    expect(await videoState()).toBe('published');
    expect((await command('comment', 'remove', '1')).code).toBe(1);
    expect((await command('user', 'warn', 'nobody-there')).code).toBe(1);
    const log = await command('audit', 'list', '--action', 'account.suspend');
    expect(log.rows).toMatchObject([{ by: 'command line', reason: 'Sold feathers.' }]);
    expect((await command('user', 'delete', 'loud')).code).toBe(0);
    expect(await stateOf()).toBe('deleted');
  });
});
