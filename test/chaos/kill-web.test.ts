import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { freePort, type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { eventually, holdWrites } from '../helpers/chaos.ts';
import { testVariables } from '../helpers/server.ts';
import { dropTestDatabase } from '../helpers/stack.ts';

const SLOW_MS = 120_000;
const HOST = '127.0.0.1';
const bytes = randomBytes(2_000_000);
const HALF = 1_000_000;

let dataDir: string;
let variables: Record<string, string>;
let port: number;
let web: Instance;
let client: Client;
let db: Db;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vireo-kill-web-'));
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

/** A request of the tus protocol. */
function tus(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Uint8Array<ArrayBuffer>,
) {
  return fetch(new URL(path, web.origin), {
    method,
    headers: { 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${client.token}`, ...headers },
    ...(body ? { body } : {}),
  });
}

const patch = (url: string, from: number, to: number) =>
  tus(
    'PATCH',
    url,
    { 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
    new Uint8Array(bytes.subarray(from, to)),
  );

async function begin(): Promise<{ url: string; videoId: string }> {
  const begun = await tus('POST', '/api/v1/uploads', { 'Upload-Length': String(bytes.length) });
  expect(begun.status).toBe(201);
  const url = begun.headers.get('Location') ?? '';
  return { url, videoId: begun.headers.get('Vireo-Video-Id') ?? '' };
}

async function killAndStart(): Promise<void> {
  await web.kill();
  web = await start();
}

async function expectReceivedOnce(videoId: string): Promise<void> {
  await eventually(
    'the upload is received',
    async () => (await db('videos').where({ id: videoId }).first('state')).state === 'received',
    SLOW_MS,
  );
  expect(await db('uploads')).toEqual([]);
  const payloads = await db('events').where({ name: 'video.received' }).pluck('payload');
  expect(payloads.filter((payload) => payload.videoId === videoId)).toHaveLength(1);
  await eventually('its files are gone', async () => (await readdir(join(dataDir, 'uploads'))).length === 0);
  expect(await readdir(join(dataDir, 'media', 'originals', videoId))).toEqual(['source']);
}

test('an upload goes on where the killed server had got to', { timeout: SLOW_MS }, async () => {
  const { url, videoId } = await begin();
  expect((await patch(url, 0, HALF)).status).toBe(204);
  await killAndStart();
  const head = await tus('HEAD', url);
  expect(head.headers.get('Upload-Offset')).toBe(String(HALF));
  expect((await patch(url, HALF, bytes.length)).status).toBe(204);
  await expectReceivedOnce(videoId);
});

test.for([
  ['before its row is changed', { table: 'uploads', on: 'delete' }],
  [
    'before its event is written',
    { table: 'events', on: 'insert', condition: `new.name = 'video.received'` },
  ],
] as const)(
  'an upload whose server is killed %s is finished by the next',
  { timeout: SLOW_MS },
  async ([, target]) => {
    const { url, videoId } = await begin();
    const held = await holdWrites(variables.DATABASE_URL ?? '', target);
    const finishing = patch(url, 0, bytes.length).catch(() => null);
    await held.reached();
    await web.kill();
    await held.cut();
    expect(await finishing).toBeNull();
    expect((await db('videos').where({ id: videoId }).first('state')).state).toBe('uploading');
    // The sweeper leaves young uploads to the request that sends them.
    await db('uploads').update({ created_at: db.raw(`now() - interval '1 minute'`) });
    web = await start();
    await expectReceivedOnce(videoId);
  },
);
