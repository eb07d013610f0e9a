import { afterAll, beforeAll, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

async function announce(...args: string[]) {
  const { context, dataDir } = server;
  const out: string[] = [];
  const err: string[] = [];
  const code = await vireo(['--json', 'announce', ...args], {
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
    rows: { id: string; state: string; [name: string]: unknown }[];
  };
}
const states = async () => (await announce('list')).rows.map(({ state }) => state);

test('announcements are tried, written, listed, ended, shown again, deleted and taken back', async () => {
  const day = ['--starts', '2031-07-01', '--ends', '2031-07-01', '--all-day', '--zone', 'Asia/Tokyo'];
  const dry = await announce('add', 'We **update**.', ...day, '--dry-run');
  expect(dry).toMatchObject({
    code: 0,
    rows: [{ startsAt: '2031-06-30T15:00:00.000Z', endsAt: '2031-07-01T14:59:59.999Z', state: 'shown' }],
  });
  expect(await states()).toEqual([]);
  const { rows } = await announce('add', 'We **update**.', ...day);
  const id = String(rows[0]?.id);
  expect(rows).toMatchObject([{ state: 'shown', text: 'We **update**.', allDay: true }]);
  await announce('add', 'Not yet.', '--draft');
  await announce('add', 'Later.', '--at', '2031-01-01T10:00');
  expect(await states()).toEqual(['scheduled', 'draft', 'shown']);
  expect(await announce('end', id, '--dry-run')).toMatchObject({ code: 0, rows: [{ id, state: 'ended' }] });
  expect(await states()).toEqual(['scheduled', 'draft', 'shown']);
  const end = await announce('end', id);
  expect(await states()).toEqual(['scheduled', 'draft', 'ended']);
  const entry = /undo (\d+)$/.exec(end.message)?.[1] ?? '';
  expect((await announce('undo', entry)).code).toBe(0);
  expect(await states()).toEqual(['scheduled', 'draft', 'shown']);
  await announce('end', id);
  expect((await announce('publish', id)).code).toBe(0);
  expect((await announce('remove', id, '--dry-run')).message).toContain('Only tried');
  expect(await states()).toEqual(['scheduled', 'draft', 'shown']);
  expect((await announce('remove', id)).code).toBe(0);
  expect(await states()).toEqual(['scheduled', 'draft']);
});

test('it says what is wrong, and what it can do', async () => {
  expect(await announce('end', '7')).toMatchObject({ code: 3, message: 'There is no such announcement.' });
  expect((await announce('end', 'x')).message).toContain('vireo announce list');
  const zone = await announce('add', 'x', '--zone', 'Mars/Olympus');
  expect(zone).toMatchObject({ code: 2, message: 'time_zone: This is no time zone. One is Europe/Berlin.' });
  expect((await announce('--help')).message).toMatch(/add.*list.*end/s);
});
