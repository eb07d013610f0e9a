import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import { type ClipFolder, openClipFolder } from '../helpers/clip-source.ts';
import { empty } from '../helpers/emptying.ts';
import { ffmpegRaw } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { orphanKeys } from '../helpers/storage-rig.ts';

const HOST = '127.0.0.3';

let server: TestServer;
let client: Client;
let boss: Person;
let bob: Person;
let clips: ClipFolder;
let folder: string;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  const people = createPeople(server);
  boss = await people.signedIn('boss', 'admin');
  bob = await people.signedIn('bob');
  clips = await openClipFolder(server, HOST);
  ({ folder } = clips);
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
});
afterAll(async () => {
  clips?.close();
  await server?.close();
});
beforeEach(() => empty(server, 'listed_media'));

const rowOf = (id: string) => server.context.db('videos').where({ id }).first();
const uploaded = (name: string) => clips.uploaded(bob, name);
const copied = (name: string) => clips.copied(name);

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
