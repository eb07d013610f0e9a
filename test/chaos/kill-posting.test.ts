import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { freePort, type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { holdWrites } from '../helpers/chaos.ts';
import { mp4Costume } from '../helpers/media-samples.ts';
import { testVariables } from '../helpers/server.ts';
import { dropTestDatabase } from '../helpers/stack.ts';

const SLOW_MS = 120_000;
const HOST = '127.0.0.1';

let dataDir: string;
let variables: Record<string, string>;
let port: number;
let web: Instance;
let client: Client;
let db: Db;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vireo-kill-posting-'));
  port = await freePort(HOST);
  variables = { ...(await testVariables(HOST, port)), ROLE: 'web' };
  db = openDatabase(variables.DATABASE_URL ?? '');
  web = await start();
  client = await signUp(web.origin, 'alice', 'a long password');
});

afterAll(async () => {
  await web?.kill();
  await db.destroy();
  await dropTestDatabase(variables.DATABASE_URL ?? '');
  await rm(dataDir, { recursive: true, force: true });
});

const start = () =>
  startInstance({ host: HOST, port, dataDir, logFile: join(dataDir, 'web.log'), variables });

const authorization = () => ({ Authorization: `Bearer ${client.token}` });

/** Media, which nobody makes here. */
async function upload(): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([mp4Costume], { type: 'video/mp4' }), 'clip.mp4');
  const sent = await fetch(new URL('/api/v2/media', web.origin), {
    ...{ method: 'POST', body: form, headers: authorization() },
  });
  expect(sent.status).toBe(202);
  return ((await sent.json()) as { id: string }).id;
}

async function post(body: object, key: string): Promise<{ status: number; body: { id: string } }> {
  const answer = await fetch(new URL('/api/v1/statuses', web.origin), {
    method: 'POST',
    headers: { ...authorization(), 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as { id: string } };
}

const posts = () => db('videos').where({ awaits_post: false }).orderBy('id').pluck('caption');
const scheduled = () => db('scheduled_posts').pluck('id');

test.for([
  ['a post', {}, { table: 'videos', on: 'update', condition: 'old.awaits_post and not new.awaits_post' }],
  ['a post, once it is written', {}, { table: 'idempotency_keys', on: 'update' }],
  [
    'a post for later',
    { scheduled_at: new Date(Date.now() + 3_600_000).toISOString() },
    { table: 'scheduled_posts', on: 'insert' },
  ],
] as const)(
  '%s that the server is killed over is made once, by the request that repeats it',
  { timeout: SLOW_MS },
  async ([, time, target]) => {
    const before = [await posts(), await scheduled()];
    const [id, key] = [await upload(), randomUUID()];
    const body = { status: `Once ${key}`, media_ids: [id], ...time };
    const held = await holdWrites(variables.DATABASE_URL ?? '', target);
    const cut = post(body, key).catch(() => null);
    await held.reached();
    await web.kill();
    await held.cut();
    expect(await cut).toBeNull();
    // Nothing of it is left: the media still waits for its post.
    expect([await posts(), await scheduled()]).toEqual(before);
    expect(await db('idempotency_keys').where({ key })).toEqual([]);
    web = await start();
    const [first, second] = [await post(body, key), await post(body, key)];
    expect([first.status, second.status, second.body.id]).toEqual([200, 200, first.body.id]);
    expect((await posts()).length + (await scheduled()).length).toBe(before.flat().length + 1);
  },
);

test('a post whose answer was lost with the server is not made again', { timeout: SLOW_MS }, async () => {
  const before = await posts();
  const [id, key] = [await upload(), randomUUID()];
  const body = { status: `Answered ${key}`, media_ids: [id] };
  // What is read for the answer waits, while what was posted is there to stay.
  const lock = await db.transaction();
  await lock.raw('lock table video_stats in access exclusive mode');
  const cut = post(body, key).catch(() => null);
  await vi.waitFor(async () => expect(await posts()).toHaveLength(before.length + 1), { timeout: 30_000 });
  await web.kill();
  await lock.rollback();
  expect(await cut).toBeNull();
  web = await start();
  const again = await post(body, key);
  expect(again.status).toBe(200);
  const made = await db('videos').where({ awaits_post: false }).orderBy('id', 'desc').first('id', 'caption');
  expect(made).toEqual({ id: again.body.id, caption: body.status });
  expect(await posts()).toHaveLength(before.length + 1);
});
