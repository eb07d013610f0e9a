import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../config/config.ts';
import { vireo } from '../../src/cli/program.ts';
import type { AuditId } from '../../src/lib/ids.ts';
import { createLogger } from '../../src/lib/log.ts';
import { openSettings } from '../../src/modules/settings/index.ts';
import { type Actor, operator } from '../../src/modules/staff/index.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer, testVariables } from '../helpers/server.ts';

/** How settings are changed, refused, taken back and followed; what each does is in settings-behaviour. */
const SOON = { timeout: 20_000 };

let server: TestServer;
let client: Client;
let boss: Person;

beforeAll(async () => {
  server = await startTestServer({ variables: { MAX_UPLOAD_MB: '7' } });
  client = clientOf(server.origin);
  boss = await createPeople(server).signedIn('boss', 'owner');
});
afterAll(() => server?.close());

const patch = (settings: Record<string, string | null>) =>
  client.patch('/api/v1/admin/settings', { as: boss, body: { settings, reason: 'Spring.' } });
const page = { maxId: null, minId: null, sinceId: null, limit: 40 };
const entriesOf = (name: string) =>
  server.context.audit.list({ target: { kind: 'setting', id: name } }, page);

async function setting(name: string) {
  const { body } = await client.get('/api/v1/admin/settings', { as: boss });
  return body.find((one: { name: string }) => one.name === name);
}

describe('a setting', () => {
  test('is told with how it is set, and what it may be', async () => {
    expect(await setting('INSTANCE_NAME')).toMatchObject({
      ...{ value: 'Vireo', default: 'Vireo', source: 'default', group: 'Server', changed_at: null },
      control: { kind: 'text', max_length: 80 },
    });
    expect(await setting('MAX_UPLOAD_MB')).toMatchObject({
      ...{ value: '7', source: 'environment' },
      control: { kind: 'number', min: 1, max: 10_000, unit: 'MB' },
    });
    expect(await setting('REGISTRATIONS')).toMatchObject({
      control: { kind: 'choice', options: expect.anything() },
    });
    expect(await setting('SECRET_KEY')).toBeUndefined();
  });

  test('is changed with others or not at all', async () => {
    const answer = await patch({ INSTANCE_NAME: 'Wrens', APP_COLOR: 'green' });
    expect([answer.status, answer.body.code]).toEqual([422, 'setting-invalid']);
    expect(answer.body.detail).toMatch(/^APP_COLOR: Write a colour/);
    expect((await setting('INSTANCE_NAME')).value).toBe('Vireo');
    expect(await entriesOf('INSTANCE_NAME')).toEqual([]);
  });

  test.each([
    ['PORT', '80', 'setting-unknown'],
    ['MAX_UPLOAD_MB', '9', 'setting-locked'],
    ['MINIMUM_AGE', '-1', 'setting-locked'],
    ['INSTANCE_EMAIL', 'nobody', 'setting-invalid'],
  ])('%s is refused as %s: %s', async (name, value, reason) => {
    const settings = JSON.parse(`{"${name}":"${value}"}`);
    const answer = await client.patch('/api/v1/admin/settings', { as: boss, body: { settings } });
    expect([answer.status, answer.body.code]).toEqual([422, reason]);
  });

  test('may be as long as it says, in any script, and hears at its field where it is longer', async () => {
    const long = '\u3042'.repeat(50_000);
    expect((await patch({ INSTANCE_ABOUT: long })).status).toBe(200);
    expect(await setting('INSTANCE_ABOUT')).toMatchObject({ value: long });
    expect((await patch({ INSTANCE_ABOUT: `${long}x` })).body).toMatchObject({
      ...{ code: 'validation-failed', status: 422 },
      details: [{ field: expect.stringContaining('INSTANCE_ABOUT') }],
    });
    const shown = await client.post('/api/v1/admin/settings/preview', { as: boss, body: { text: long } });
    expect(shown.status).toBe(200);
    expect((await patch({ INSTANCE_ABOUT: null })).status).toBe(200);
  });

  test('is on record with what it was, and is taken back once', async () => {
    const { audit, settings, inTx } = server.context;
    await patch({ INSTANCE_NAME: 'Finches' });
    expect((await patch({ INSTANCE_NAME: 'Finches' })).status).toBe(200);
    const entries = await entriesOf('INSTANCE_NAME');
    expect(entries).toMatchObject([
      {
        ...{ action: 'setting.change', reason: 'Spring.', actor: { accountId: boss.id } },
        detail: { from: null, to: 'Finches' },
      },
    ]);
    const id = entries[0]?.id as AuditId;
    expect((await inTx((tx) => settings.undo(tx, operator, id))).ok).toBe(true);
    await settings.refresh();
    expect(settings.byName('INSTANCE_NAME')).toMatchObject({ value: 'Vireo', source: 'default' });
    expect(await audit.byId(server.context.db, id)).toMatchObject({ undoneBy: expect.any(String) });
    expect(await inTx((tx) => settings.undo(tx, operator, id))).toMatchObject({ reason: 'undone-before' });
  });

  test('is nothing for whoever may not', async () => {
    const { settings, inTx } = server.context;
    const helper: Actor = { kind: 'person', accountId: boss.id, permissions: ['reports'], rank: 100 };
    const outcome = await inTx((tx) => settings.change(tx, helper, { INSTANCE_NAME: 'Mine' }, ''));
    expect(outcome).toMatchObject({ ok: false, reason: 'permission-missing' });
  });
});

describe('another process', () => {
  const open = async (variables: Record<string, string> = {}) => {
    const { context } = server;
    const env = { ...(await testVariables('127.0.0.1', 0)), DATABASE_URL: context.databaseUrl, ...variables };
    const read = readConfig(env);
    if (!read.ok) throw new Error('The variables are wrong.');
    const { db, databaseUrl, audit } = context;
    return openSettings({ db, databaseUrl, config: read.config, audit, log: createLogger('silent') });
  };

  test('follows a change, also after its connection was cut', async () => {
    const other = await open();
    try {
      await patch({ INSTANCE_NAME: 'Swifts' });
      await expect.poll(() => other.config.instance.name, SOON).toBe('Swifts');
      await server.context.db.raw(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'vireo-vireo_settings' and datname = current_database()`,
      );
      await patch({ INSTANCE_NAME: 'Swallows' });
      await expect.poll(() => other.config.instance.name, SOON).toBe('Swallows');
    } finally {
      await other.close();
      await patch({ INSTANCE_NAME: null });
    }
  });

  test('goes on without what does not fit any more', async () => {
    const { db } = server.context;
    await db('settings').insert([
      { name: 'APP_COLOR', value: 'of a former release' },
      { name: 'INSTANCE_NAME', value: 'Tits' },
      { name: 'GONE', value: 'x' },
    ]);
    const other = await open();
    try {
      expect([other.config.instance.name, other.config.app.color]).toEqual(['Tits', '#35c795']);
    } finally {
      await other.close();
      await db('settings').delete();
      await server.context.settings.refresh();
    }
  });
});

test('a rule keeps its id while its words stay, wherever it stands', async () => {
  const rules = async () =>
    (await client.get('/api/v1/instance/rules')).body.map((rule: { id: string; text: string }) => [
      rule.id,
      rule.text,
    ]);
  await patch({ INSTANCE_RULES: 'Be kind.\nNo spam.' });
  const [kind, spam] = await rules();
  await patch({ INSTANCE_RULES: 'No spam.\nFilm birds.' });
  const [first, second] = await rules();
  expect(first).toEqual(spam);
  expect([kind[0], spam[0]]).not.toContain(second[0]);
  expect(server.context.settings.ruleText(kind[0])).toBe('Be kind.');
  expect(server.context.settings.ruleText('999')).toBeNull();
});

describe('vireo settings', () => {
  const run = async (...args: string[]) => {
    const { config, databaseUrl, redisUrl } = server.context;
    let out = '';
    const sink = {
      write(text: string) {
        out += text;
        return true;
      },
    };
    const env = {
      ...(await testVariables('127.0.0.1', 0)),
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, REDIS_PREFIX: config.redisPrefix },
      ...{ DATA_DIR: server.dataDir, ORIGIN: config.origin, REGISTRATIONS: '' },
    };
    const code = await vireo(['--json', ...args], { env, stdout: sink, stderr: sink });
    return { code, ...(JSON.parse(out) as { ok: boolean; message: string; rows: object[] }) };
  };

  test('lists, sets, rehearses, exports and resets', async () => {
    expect((await run('settings', 'list')).rows).toContainEqual(
      expect.objectContaining({ name: 'INSTANCE_NAME', value: 'Vireo', source: 'default' }),
    );
    expect(await run('settings', 'set', 'INSTANCE_NAME', 'Owls', '--dry-run')).toMatchObject({
      ...{ code: 0, message: 'INSTANCE_NAME would change.' },
    });
    expect((await run('settings', 'get', 'INSTANCE_NAME')).message).toBe('Vireo');
    expect(await run('settings', 'set', 'INSTANCE_NAME', 'Owls')).toMatchObject({
      ...{ code: 0, rows: [{ name: 'INSTANCE_NAME', value: 'Owls', source: 'staff' }] },
    });
    await expect.poll(() => server.context.config.instance.name, SOON).toBe('Owls');
    expect((await run('settings', 'export')).message).toContain('INSTANCE_NAME="Owls"');
    expect((await run('settings', 'reset', 'INSTANCE_NAME')).code).toBe(0);
    expect((await run('settings', 'get', 'INSTANCE_NAME')).message).toBe('Vireo');
  });

  test('says what is wrong, and fails', async () => {
    expect(await run('settings', 'get', 'NOTHING')).toMatchObject({ code: 3, ok: false });
    expect(await run('settings', 'set', 'APP_COLOR', 'green')).toMatchObject({
      ...{ code: 2, message: expect.stringContaining('six hexadecimal digits') },
    });
  });

  test('registrations are opened and closed', async () => {
    expect(await run('registrations', 'closed')).toMatchObject({
      rows: [{ value: 'closed', source: 'staff' }],
    });
    expect((await run('registrations', 'closed', '--dry-run')).message).toBe('Nothing would change.');
    expect((await run('settings', 'reset', 'REGISTRATIONS')).code).toBe(0);
  });
});
