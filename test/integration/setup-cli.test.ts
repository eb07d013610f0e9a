import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import { IN_THIS_DATABASE } from '../helpers/chaos.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** A server that nobody runs yet, made ready from the command line. */
let server: TestServer;
let env: Record<string, string>;

beforeEach(async () => {
  server = await startTestServer();
  const { context, dataDir } = server;
  env = {
    ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
    ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl },
    ...{ REDIS_PREFIX: context.config.redisPrefix, PATH: process.env.PATH ?? '' },
  };
});
afterEach(() => server?.close());

/** Runs `vireo` with what is typed into it. */
async function run(words: readonly string[], { typed = '', isTTY = false } = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await vireo(words, {
    env,
    stdin: Object.assign(new PassThrough().end(typed), { isTTY }),
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr: { write: (text: string) => err.push(text) > 0 },
  });
  return { code, out: out.join(''), err: err.join('') };
}
const owner = () => server.context.auth.owner();
const signsIn = async (name: string, password: string) =>
  (await server.context.auth.checkCredentials(name, password)).ok;
const set = async () =>
  Object.fromEntries(
    (await server.context.db('settings').select('name', 'value')).map(({ name, value }) => [name, value]),
  );
const entries = () =>
  server.context
    .db('audit_log')
    .orderBy('id')
    .select('action', 'actor_kind')
    .whereIn('actor_kind', ['operator']);

test('by its options: tried first, then done at once and on record, and never a second time', async () => {
  const words = [
    '--json',
    'setup',
    '--owner',
    'ana',
    '--email',
    'ana@mail.test',
    '--instance-name',
    'Herons',
  ];
  const all = [...words, '--registrations', 'closed'];
  expect(JSON.parse((await run([...all, '--dry-run'])).out)).toMatchObject({ ok: true });
  expect([await owner(), await set(), await entries()]).toEqual([null, {}, []]);

  const done = await run(all);
  expect(done.code).toBe(0);
  const { message, rows } = JSON.parse(done.out);
  const password = /ana can sign in with the password (\S{12,})\n/.exec(message)?.[1] ?? '';
  expect(await signsIn('ana', password)).toBe(true);
  expect(await owner()).toMatchObject({ username: 'ana' });
  expect(await set()).toEqual({ INSTANCE_NAME: 'Herons', REGISTRATIONS: 'closed' });
  expect((await entries()).map(({ action }) => action)).toEqual([
    ...['user.create', 'setting.change', 'setting.change'],
  ]);
  // What the doctor says: no worker lives.
  expect(rows).toContainEqual(expect.objectContaining({ code: 'no-worker', level: 'fault' }));

  const again = await run(['--json', 'setup', '--owner', 'ben']);
  expect(again.code).toBe(1);
  expect(JSON.parse(again.out)).toMatchObject({ ok: false, reason: 'owner-exists' });
  expect(await owner()).toMatchObject({ username: 'ana' });
});

test('asks on a terminal for what was not said', async () => {
  const typed = 'Herons\n\nana\n\n\n';
  const done = await run(['setup'], { typed, isTTY: true });
  expect(done.code, done.err).toBe(0);
  expect(done.err).toContain('Name of the server [Vireo]: ');
  expect(done.err).toContain('Who may join: open, approval, invite or closed [approval]: ');
  expect(done.out).toContain('ana can sign in with the password');
  expect(await set(), 'what was left as it is is not set').toEqual({ INSTANCE_NAME: 'Herons' });
});

test('fills the feeds from where somebody says, with the rest or not at all', async () => {
  const packs = () => server.context.exchange.packs.list();
  const told = () => server.context.db('told_posts').orderBy('uri').pluck('host');
  expect((await run(['--json', 'setup', '--topic', 'birds'])).code).toBe(2);
  const wrong = ['--json', 'setup', '--peer', 'far.example', '--topic', 'two words'];
  expect((await run(wrong)).out).toContain('pack-invalid');
  expect([await owner(), await packs()]).toEqual([null, []]);

  const typed = '\n\nana\n\nfar.example, near.example\n#birds sea\n';
  const done = await run(['setup'], { typed, isTTY: true });
  expect(done.code, done.err).toBe(0);
  expect(done.out).toContain('vireo discover list');
  expect(await packs()).toMatchObject([
    { topics: ['birds', 'sea'], hosts: ['far.example', 'near.example'], state: 'running', waiting: 6 },
  ]);
  expect(new Set(await told())).toEqual(new Set(['far.example', 'near.example']));
});

test('leaves nothing behind where nobody answers, or an answer cannot be taken', async () => {
  expect(await run(['setup'], { typed: 'Herons\n', isTTY: true })).toMatchObject({ code: 2 });
  for (const wrong of [
    ['--instance-name', 'x'.repeat(81)],
    ['--owner', 'not a name'],
    ['--email', 'nowhere'],
    ['--registrations', 'sometimes'],
  ]) {
    expect((await run(['--json', 'setup', ...wrong])).code, wrong.join(' ')).toBe(2);
  }
  env.INSTANCE_NAME = 'Fixed';
  expect((await run(['--json', 'setup', '--instance-name', 'Herons'])).out).toContain('setting-locked');
  expect([await owner(), await set(), await entries()]).toEqual([null, {}, []]);
});

test('takes a password from stdin, where it is long enough', async () => {
  const words = ['--json', 'setup', '--owner', 'ana', '--password-stdin'];
  expect((await run(words, { typed: 'short\n' })).code).toBe(2);
  expect((await run(words)).code).toBe(2);
  expect(await owner()).toBeNull();
  const done = await run(words, { typed: 'a heron in the reeds\n' });
  expect(done.code).toBe(0);
  expect(done.out).not.toContain('heron');
  expect(await signsIn('ana', 'a heron in the reeds')).toBe(true);
});

test('of two that are made at the same time, one is the owner', async () => {
  const { auth, db, inTx } = server.context;
  const [ana, ben] = await Promise.all(
    ['ana', 'ben'].map((username) => auth.prepareSignUp({ username, password: 'a heron in the reeds' })),
  );
  if (!ana || !ben) throw new Error('There are no forms.');
  const made = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const first = inTx(async (tx) => {
    const outcome = await auth.createFirstOwner(tx, ana);
    made.resolve();
    await held.promise;
    return outcome;
  });
  await made.promise;
  const second = inTx((tx) => auth.createFirstOwner(tx, ben));
  const waiting = async () => {
    const { rows } = await db.raw(
      `select from pg_locks where not granted and relation = 'users'::regclass and ${IN_THIS_DATABASE}`,
    );
    return rows.length;
  };
  await Promise.race([second, expect.poll(waiting, { timeout: 10_000 }).toBe(1)]);
  held.resolve();
  expect((await first).ok).toBe(true);
  expect(await second).toMatchObject({ ok: false, reason: 'owner-exists' });
});
