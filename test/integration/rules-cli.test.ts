import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  const author = await createPeople(server).signedIn('author');
  await createVideoFactory(server.context).video(author.account, { caption: 'A replica' });
});
afterAll(() => server?.close());

async function command(...args: string[]) {
  const { context, dataDir } = server;
  const out: string[] = [];
  const err: string[] = [];
  const code = await vireo(['--json', ...args], {
    env: {
      ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
      ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl },
      REDIS_PREFIX: context.config.redisPrefix,
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
