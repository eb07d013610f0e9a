import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { eventually, hurryPurges } from '../helpers/chaos.ts';
import { ffmpegRaw } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { receivePost } from '../helpers/remote-posts.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { orphanKeys } from '../helpers/storage-rig.ts';
import { begunOf, metadata } from '../helpers/upload-rig.ts';

const HOST = '127.0.0.3';

let server: TestServer;
let client: Client;
let boss: Person;
let bob: Person;
let origin: Server;
let base: string;
let folder: string;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  const people = createPeople(server);
  boss = await people.signedIn('boss', 'admin');
  bob = await people.signedIn('bob');
  folder = join(server.dataDir, 'clips');
  await mkdir(folder);
  const source = (name: string, filter: string, ...how: string[]) =>
    ffmpegRaw('-f', 'lavfi', '-i', filter, '-t', '4', '-pix_fmt', 'yuv420p', ...how, join(folder, name));
  const picture = 'mandelbrot=size=360x640:rate=12';
  await source('one.mp4', picture, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20');
  await source(
    'again.mp4',
    `${picture},hflip,scale=270:480`,
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '30',
  );
  await source(
    'other.mp4',
    'life=size=360x640:rate=12:mold=10:ratio=0.1',
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
  );
  origin = createServer(async (request, response) => {
    const name = new URL(request.url ?? '', 'http://x').pathname;
    const bytes = await readFile(join(folder, name)).catch(() => null);
    if (bytes === null) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'video/mp4' }).end(bytes);
  });
  await new Promise<void>((resolve) => origin.listen(0, HOST, resolve));
  const address = origin.address();
  base = `http://${HOST}:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(async () => {
  origin?.closeAllConnections();
  origin?.close();
  await server?.close();
});
beforeEach(async () => {
  await server.context.db('listed_media').delete();
});

const rowOf = (id: string) => server.context.db('videos').where({ id }).first();
const quiet = () =>
  eventually(
    'all is done',
    async () => {
      const { db } = server.context;
      await hurryPurges(db);
      return (await db('events')).length + (await db('jobs').where({ state: 'pending' })).length === 0;
    },
    60_000,
  );

/** Uploads a file, and waits until nothing more is made of it. */
async function uploaded(name: string): Promise<VideoId> {
  const file = await readFile(join(folder, name));
  const auth = { Authorization: `Bearer ${bob.token}`, 'Tus-Resumable': '1.0.0' };
  const begun = begunOf(
    await fetch(`${server.origin}/api/v1/uploads`, {
      method: 'POST',
      headers: { ...auth, 'Upload-Length': String(file.length), ...metadata({ filename: name }) },
    }),
  );
  const sent = await fetch(new URL(begun.url, server.origin), {
    method: 'PATCH',
    headers: { ...auth, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' },
    body: new Uint8Array(file),
  });
  expect(sent.status).toBe(204);
  await quiet();
  return begun.videoId as VideoId;
}

let posts = 0;
async function copied(name: string): Promise<VideoId> {
  posts += 1;
  const post = { origin: base, author: `u${posts}`, number: posts, sourceUrl: `${base}/${name}` };
  const id = await receivePost(server.context, post);
  await server.context.inTx((tx) => server.context.videos.opened(tx, id));
  await quiet();
  return id;
}

async function listed(body: object): Promise<string> {
  const made = await client.post('/api/v1/admin/hashes', { as: boss, body });
  expect(made.status, made.text).toBe(200);
  return made.body.id;
}
const publishedNews = (id: string) =>
  server.context.db('notifications').where({ video_id: id, type: 'vireo.published' });

describe('a listed video', { timeout: 180_000 }, () => {
  test('does not come back: not as the same file, nor as another encoding in a mirror, nor from elsewhere', async () => {
    const { db, storage, hashes } = server.context;
    const first = await uploaded('one.mp4');
    expect(await rowOf(first)).toMatchObject({
      state: 'published',
      original_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const entry = await listed({ video_id: first, label: 'A fractal' });
    expect(
      (await client.post('/api/v1/admin/hashes', { as: boss, body: { video_id: first } })).body.code,
    ).toBe('known');

    const same = await uploaded('one.mp4');
    const mirrored = await uploaded('again.mp4');
    for (const id of [same, mirrored]) {
      expect(await rowOf(id), id).toMatchObject({ state: 'rejected', media_reason: 'listed' });
      expect(await publishedNews(id)).toEqual([]);
      expect(await db('video_assets').where({ video_id: id })).toEqual([]);
      expect((await client.get(`/api/v1/videos/${id}`)).status).toBe(404);
      // The evidence lies where nobody is served from.
      expect(await storage.stat(`quarantine/${id}/source`)).not.toBeNull();
      expect((await fetch(`${server.origin}/media/quarantine/${id}/source`)).status).toBe(404);
    }
    const far = await copied('again.mp4');
    expect(await rowOf(far)).toMatchObject({ state: 'rejected', media_reason: 'listed' });
    expect((await client.get(`/api/v1/statuses/${far}`)).status).toBe(404);

    const other = await uploaded('other.mp4');
    expect(await rowOf(other)).toMatchObject({ state: 'published', media_state: 'ready' });
    const matches = (await client.get('/api/v1/admin/hashes/matches', { as: boss })).body;
    expect(matches.map((one: Record<string, string>) => [one.video_id, one.found_by, one.listed_id])).toEqual(
      [
        [far, 'picture', entry],
        [mirrored, 'picture', entry],
        [same, 'file', entry],
      ],
    );
    // Looking at it is on record, whoever does it.
    const opened = await server.context.inTx((tx) =>
      hashes.openEvidence(tx, operator, { id: matches[2].id, reason: 'The police asks.' }),
    );
    if (!opened.ok) throw new Error(opened.detail);
    const out = join(server.dataDir, 'evidence.mp4');
    expect(await hashes.takeEvidence(opened.match, out)).toEqual({ ok: true });
    expect(await readFile(out)).toEqual(await readFile(join(folder, 'one.mp4')));
    const page = { maxId: null, minId: null, sinceId: null, limit: 9 };
    const [log] = await server.context.audit.list({ action: 'hash.evidence' }, page);
    expect(log).toMatchObject({ reason: 'The police asks.', target: { kind: 'video', id: same } });
    // What is no orphan is not removed as one.
    const found = await orphanKeys(server.context.db, storage, Date.now() + 1e10);
    expect(found.filter((key) => key.startsWith('quarantine/'))).toEqual([]);
    expect(await storage.stat(`quarantine/${same}/source`)).not.toBeNull();

    expect((await client.delete(`/api/v1/admin/hashes/${entry}`, { as: boss })).status).toBe(200);
    expect(await rowOf(await uploaded('one.mp4'))).toMatchObject({ state: 'published' });
  });

  test('is kept away by the hash of its file alone, at once', async () => {
    const sha256 = await server.context.hashes.sha256Of(join(folder, 'other.mp4'));
    await listed({ sha256: sha256.toUpperCase() });
    expect(await rowOf(await uploaded('other.mp4'))).toMatchObject({ media_reason: 'listed' });
    expect(await rowOf(await copied('other.mp4'))).toMatchObject({ media_reason: 'listed' });
  });
});

describe('a list', () => {
  test('goes to another server and back, and says which lines are bad', async () => {
    const { hashes, inTx } = server.context;
    const file = 'ab'.repeat(32);
    const frames = '0123456789abcdef'.repeat(3);
    await listed({ sha256: file, phash: frames, label: 'One, "two"' });
    await listed({ phash: 'fedcba9876543210'.repeat(4), label: '' });
    const csv = await hashes.export();
    await server.context.db('listed_media').delete();
    const bad = `${csv}not a hash,,x\n,0123,too short\n${file},,again\n`;
    const outcome = await inTx((tx) => hashes.import(tx, operator, bad));
    expect(outcome).toMatchObject({ ok: true, imported: { added: 2, known: 1, bad: [4, 5] } });
    expect(await hashes.export()).toBe(csv);
    const entries = (await client.get('/api/v1/admin/hashes', { as: boss })).body;
    expect(entries).toMatchObject([
      { frames: 4 },
      { sha256: file, frames: 3, label: 'One, "two"', distance: 10 },
    ]);
  });

  test('takes nothing that is no hash', async () => {
    for (const body of [{}, { sha256: 'ab' }, { phash: '0123456789abcdef' }, { phash: '0'.repeat(49) }]) {
      const answer = await client.post('/api/v1/admin/hashes', { as: boss, body });
      expect(answer.status, JSON.stringify(body)).toBe(422);
    }
  });
});
