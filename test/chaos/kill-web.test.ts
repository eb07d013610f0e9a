import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, holdWrites } from '../helpers/chaos.ts';
import { startWebProcess, type WebProcess } from '../helpers/web-process.ts';

const SLOW_MS = 120_000;
const bytes = randomBytes(2_000_000);
const HALF = 1_000_000;

let web: WebProcess;

beforeAll(async () => {
  web = await startWebProcess();
});
afterAll(() => web?.close());

/** A request of the tus protocol. */
function tus(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Uint8Array<ArrayBuffer>,
) {
  return web.ask(path, {
    method,
    headers: { 'Tus-Resumable': '1.0.0', ...headers },
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

async function expectReceivedOnce(videoId: string): Promise<void> {
  await eventually(
    'the upload is received',
    async () => (await web.db('videos').where({ id: videoId }).first('state')).state === 'received',
    SLOW_MS,
  );
  expect(await web.db('uploads')).toEqual([]);
  const payloads = await web.db('events').where({ name: 'video.received' }).pluck('payload');
  expect(payloads.filter((payload) => payload.videoId === videoId)).toHaveLength(1);
  await eventually(
    'its files are gone',
    async () => (await readdir(join(web.dataDir, 'uploads'))).length === 0,
  );
  expect(await readdir(join(web.dataDir, 'media', 'originals', videoId))).toEqual(['source']);
}

test('an upload goes on where the killed server had got to', { timeout: SLOW_MS }, async () => {
  const { url, videoId } = await begin();
  expect((await patch(url, 0, HALF)).status).toBe(204);
  await web.kill();
  await web.startAgain();
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
    const held = await holdWrites(web.databaseUrl, target);
    const finishing = patch(url, 0, bytes.length).catch(() => null);
    await held.reached();
    await web.kill();
    await held.cut();
    expect(await finishing).toBeNull();
    expect((await web.db('videos').where({ id: videoId }).first('state')).state).toBe('uploading');
    // The sweeper leaves young uploads to the request that sends them.
    await web.db('uploads').update({ created_at: web.db.raw(`now() - interval '1 minute'`) });
    await web.startAgain();
    await expectReceivedOnce(videoId);
  },
);
