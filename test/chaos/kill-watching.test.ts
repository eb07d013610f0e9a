import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { eventually, holdWrites } from '../helpers/chaos.ts';
import { testVariables } from '../helpers/server.ts';
import { dropTestDatabase, testPort } from '../helpers/stack.ts';

const SLOW_MS = 120_000;
const HOST = '127.0.0.1';

let dataDir: string;
let variables: Record<string, string>;
let port: number;
let server: Instance;
let client: Client;
let db: Db;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vireo-kill-watching-'));
  port = await testPort(HOST);
  // Stored at once, and not through the stream: test/chaos/kill-stream.test.ts.
  variables = { ...(await testVariables(HOST, port)), WATCH_EVENTS: 'database' };
  db = openDatabase(variables.DATABASE_URL ?? '');
  server = await start();
  client = await signUp(server.origin, 'alice', 'a long password');
});

afterAll(async () => {
  await server?.kill();
  await db.destroy();
  await dropTestDatabase(variables.DATABASE_URL ?? '');
  await rm(dataDir, { recursive: true, force: true });
});

const start = () =>
  startInstance({ host: HOST, port, dataDir, logFile: join(dataDir, 'server.log'), variables });

let serial = 1_000_000;
/** A video of ten seconds, as it is once it was made. */
async function video(): Promise<string> {
  const id = String(++serial);
  const { account_id } = await db('users').whereNot({ role: 'owner' }).first('account_id');
  await db('videos').insert({
    ...{ id, account_id, local: true, uri: `urn:video:${id}`, url: '', state: 'published' },
    ...{ visibility: 'public', media_state: 'ready', duration_seconds: 10, published_at: new Date() },
  });
  return id;
}

const event = (video_id: string) => ({ id: randomUUID(), video_id, type: 'watch', watched_seconds: 4 });

async function report(events: readonly object[]): Promise<number> {
  const answer = await fetch(new URL('/api/v1/events', server.origin), {
    method: 'POST',
    headers: { Authorization: `Bearer ${client.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ events }),
  });
  return answer.status;
}

async function countsOf(id: string): Promise<number[]> {
  const [total, days] = await Promise.all([
    db('video_views').where({ video_id: id }).first(),
    db('video_view_days').where({ video_id: id }),
  ]);
  const sum = days.reduce((all, { watched_ms }) => all + Number(watched_ms), 0);
  return [Number(total?.views ?? 0), Number(total?.watched_ms ?? 0), sum];
}

const idle = async () => (await db('view_tallies').first()) === undefined;

test('events that the server is killed over are stored by the request that repeats them, and once', {
  timeout: SLOW_MS,
}, async () => {
  const id = await video();
  const events = [event(id), event(id)];
  const held = await holdWrites(variables.DATABASE_URL ?? '', { table: 'watch_history', on: 'insert' });
  const cut = report(events).catch(() => null);
  await held.reached();
  await server.kill();
  await held.cut();
  expect(await cut).toBeNull();
  for (const table of ['watch_seen', 'watch_history', 'view_tallies', 'view_keys']) {
    expect(await db(table), table).toEqual([]);
  }
  server = await start();
  for (let n = 0; n < 3; n += 1) expect(await report(events)).toBe(200);
  await eventually('all is added', idle);
  expect(await countsOf(id)).toEqual([1, 8_000, 8_000]);
  expect(await db('watch_history').where({ video_id: id })).toMatchObject([{ times: 1, watched_ms: '8000' }]);
});

test('what was acknowledged counts once, though the server is killed while it adds up', {
  timeout: SLOW_MS,
}, async () => {
  const ids = [await video(), await video(), await video()];
  // Written last: what was removed and what was added to the totals is not committed, either.
  const held = await holdWrites(variables.DATABASE_URL ?? '', { table: 'video_view_days', on: 'insert' });
  expect(await report(ids.map(event))).toBe(200);
  await held.reached();
  await server.kill();
  await held.cut();
  server = await start();
  await eventually('all is added', idle);
  for (const id of ids) expect(await countsOf(id)).toEqual([1, 4_000, 4_000]);
});
