import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople } from '../helpers/people.ts';
import { startRemote } from '../helpers/remote-http.ts';
import { startTestServer, TEST_PEERS, type TestServer } from '../helpers/server.ts';

let server: TestServer;
/** More than what the server itself was told. */
let variables: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer();
  const author = await createPeople(server).signedIn('author');
  await createVideoFactory(server.context).video(author.account, { caption: 'A replica' });
});
afterAll(() => server?.close());
afterEach(() => {
  variables = {};
});

async function command(...args: string[]) {
  const { context, dataDir } = server;
  const out: string[] = [];
  const err: string[] = [];
  const code = await vireo(['--json', ...args], {
    env: {
      ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
      ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl },
      ...{ REDIS_PREFIX: context.config.redisPrefix, ALLOWED_PRIVATE_ADDRESSES: TEST_PEERS, ...variables },
    },
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr: { write: (text: string) => err.push(text) > 0 },
  });
  const text = out.join('');
  const said = text.startsWith('{') ? JSON.parse(text) : { message: text, rows: [] };
  return { code, err: err.join(''), ...said } as {
    code: number;
    err: string;
    message: string;
    rows: Record<string, unknown>[];
  };
}

describe('vireo rule', () => {
  const words = ['--words', 'replica', 'casino', '--fields', 'caption'];

  test('tries, adds, stops and removes a rule', async () => {
    const tried = await command('rule', 'test', ...words);
    expect(tried).toMatchObject({
      code: 0,
      rows: [{ kind: 'video', field: 'caption', excerpt: 'A replica' }],
    });
    const named = ['--name', 'Watches', '--action', 'hold'];
    const dry = await command('rule', 'add', ...named, ...words, '--dry-run');
    expect(dry.rows).toHaveLength(1);
    expect((await command('rule', 'list')).rows).toEqual([]);
    const made = await command('rule', 'add', ...named, ...words);
    const id = String(made.rows[0]?.id);
    expect((await command('rule', 'list')).rows).toMatchObject([
      { id, name: 'Watches', action: 'hold', enabled: true, hits: 0 },
    ]);
    expect((await command('rule', 'disable', id)).code).toBe(0);
    expect((await command('rule', 'list')).rows).toMatchObject([{ enabled: false }]);
    expect((await command('rule', 'enable', id)).code).toBe(0);
    expect((await command('rule', 'remove', id)).code).toBe(0);
    expect(await command('rule', 'remove', id)).toMatchObject({ code: 3, message: 'There is no such rule.' });
    const entries = await server.context.audit.list(
      { target: { kind: 'rule', id } },
      { maxId: null, minId: null, sinceId: null, limit: 9 },
    );
    expect(entries.map(({ actor }) => actor.kind)).toEqual(['operator', 'operator', 'operator', 'operator']);
  });

  test('says what is wrong', async () => {
    const none = await command('rule', 'add', '--name', 'x', '--action', 'hold');
    expect(none).toMatchObject({ code: 2, message: expect.stringContaining('Say when') });
    const bad = await command('rule', 'test', '--regex', '(?=a)');
    expect(bad).toMatchObject({ code: 2, message: expect.stringContaining('cannot be read') });
    expect((await command('rule', 'remove', 'x')).code).toBe(2);
    expect((await command('rule', '--help')).message).toContain('dry');
  });
});

describe('vireo raid', () => {
  test('is switched, says so, and can be tried', async () => {
    expect((await command('raid', 'on', '--hours', '3', '--dry-run')).message).toContain('3 hours');
    expect((await command('raid', 'status')).rows).toMatchObject([{ on: false }]);
    expect((await command('raid', 'on', '--hours', '3', '--reason', 'Waves')).rows).toMatchObject([
      { on: true, reason: 'Waves' },
    ]);
    expect((await command('raid', 'off')).rows).toMatchObject([{ on: false }]);
    expect((await command('raid', 'on', '--hours', '0')).code).toBe(2);
  });
});

describe('vireo classifier', () => {
  test('prints its secret, says whom it asks, and asks', async () => {
    expect((await command('classifier', '--help')).message).toContain('secret');
    const [row] = (await command('classifier', 'secret')).rows;
    expect(row?.secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await command('classifier', 'status')).toMatchObject({
      code: 0,
      rows: [{ url: null, whenDown: 'hold', waiting: 0, lastFailure: null }],
    });
    expect(await command('classifier', 'test')).toMatchObject({
      code: 1,
      message: 'No classifier is set up.',
    });
  });

  test('an address of a page may not be a private one; one of the environment may', async () => {
    const signatures: unknown[] = [];
    // No server of this test may talk to this address but by the choice of its operator.
    const service = await startRemote('127.0.0.9', ({ headers }, response) => {
      signatures.push(headers['vireo-signature']);
      response.end('{"labels":[{"name":"lake","score":1}]}');
    });
    onTestFinished(() => service.close());
    const url = service.url('/v1');
    expect((await command('settings', 'set', 'CLASSIFIER_URL', url)).code).toBe(0);
    expect(await command('classifier', 'test')).toMatchObject({
      code: 1,
      message: expect.stringMatching(/^The classifier: /),
    });
    expect(signatures).toEqual([]);
    expect((await command('settings', 'reset', 'CLASSIFIER_URL')).code).toBe(0);
    variables = { CLASSIFIER_URL: url };
    expect(await command('classifier', 'test')).toMatchObject({
      code: 0,
      rows: [{ name: 'lake', score: 1 }],
    });
    expect(signatures).toEqual([expect.stringMatching(/^t=\d+,v1=[0-9a-f]{64}$/)]);
  });

  test('a rule about labels is made with a word', async () => {
    const made = await command(
      'rule',
      'add',
      '--name',
      'Gore',
      '--action',
      'hold',
      '--label',
      'gore=0.8',
      'nudity=1',
    );
    expect(made.code).toBe(0);
    const { when } = (await command('rule', 'list')).rows.find(({ name }) => name === 'Gore') ?? {};
    expect(when).toMatchObject({
      labels: [
        { name: 'gore', score: 0.8 },
        { name: 'nudity', score: 1 },
      ],
    });
    expect((await command('rule', 'add', '--name', 'x', '--action', 'hold', '--label', 'gore')).code).toBe(2);
  });
});
