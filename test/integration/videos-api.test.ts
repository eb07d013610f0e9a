import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let alice: Person;
let bob: Person;
let file: Buffer;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  const people = createPeople(server);
  alice = await people.signedIn('alice');
  bob = await people.signedIn('bob');
  file = await readFile(await clip(server.dataDir, 'clip.mp4', { seconds: 2, size: '640x360', rate: 30 }));
});

afterAll(() => server?.close());

const begin = (more: object = {}) =>
  client.post('/api/v1/videos', { as: alice, body: { filename: 'clip.mp4', bytes: file.length, ...more } });

async function send(url: string, bytes: Buffer, offset: number): Promise<Response> {
  const headers = {
    ...{ authorization: `Bearer ${alice.token}`, 'tus-resumable': '1.0.0' },
    ...{ 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
  };
  return fetch(url, { method: 'PATCH', headers, body: new Uint8Array(bytes) });
}

describe('videos for clients that are made for videos', () => {
  test('are announced, sent in pieces, watched, edited and deleted', async () => {
    const begun = await begin({ caption: 'The sea #waves', alt_text: 'Waves', language: 'en' });
    expect(begun.body).toEqual({
      ...{ video_id: expect.any(String), status: 'uploading' },
      upload_url: expect.stringMatching(`^${server.origin}/api/v1/uploads/[0-9a-f]{32}$`),
    });
    const { video_id, upload_url } = begun.body;
    const path = `/api/v1/videos/${video_id}`;
    const half = file.length >> 1;
    expect((await send(upload_url, file.subarray(0, half), 0)).status).toBe(204);
    expect((await client.get(path, { as: bob })).status).toBe(404);
    expect((await send(upload_url, file.subarray(half), half)).status).toBe(204);
    const video = await eventually('bob can watch it in every size', async () => {
      const { status, body } = await client.get(path, { as: bob });
      return status === 200 && body.playback_urls.hls !== null && body;
    });
    expect(video).toMatchObject({
      ...{ id: video_id, status: 'published', hashtags: ['waves'], alt_text: 'Waves', language: 'en' },
      ...{ visibility: 'public', width: 640, height: 360, author: { acct: 'alice' } },
      stats: { views: 0, likes: 0, comments: 0, shares: 0, reposts: 0, saves: 0 },
      viewer: { liked: false, reposted: false, saved: false },
    });
    expect(video.duration).toBeCloseTo(2, 0);
    expect(video.playback_urls.qualities[0]).toMatchObject({ short_side: 360, width: 640, height: 360 });
    for (const url of [video.playback_urls.hls, video.playback_urls.qualities[0].url, video.poster_url])
      expect((await fetch(url)).status).toBe(200);

    await client.post(`/api/v1/statuses/${video_id}/favourite`, { as: bob });
    expect(video.sound).toMatchObject({ title: '', original: true });
    const changed = await client.patch(path, {
      as: alice,
      body: { caption: 'The lake', sound_title: 'Waves at night' },
    });
    expect(changed.body.sound.title).toBe('Waves at night');
    expect(changed.body).toMatchObject({
      ...{ caption: '<p>The lake</p>', hashtags: [], alt_text: 'Waves', language: 'en' },
      stats: { likes: 1 },
    });
    expect((await client.patch(path, { as: bob, body: { caption: 'Mine' } })).status).toBe(404);
    expect((await client.delete(path, { as: bob })).status).toBe(404);
    expect((await client.get(path, { as: bob })).body.viewer.liked).toBe(true);
    expect((await client.delete(path, { as: alice })).body).toEqual({});
    expect((await client.get(path, { as: alice })).status).toBe(410);
    expect((await fetch(video.playback_urls.hls)).status).toBe(404);
  });

  test('are refused before a byte of them is sent, with both numbers', async () => {
    const { db } = server.context;
    const before = await db('uploads');
    const tooLarge = await begin({ bytes: 10 ** 12 });
    expect([tooLarge.status, tooLarge.body.code]).toEqual([413, 'too-large']);
    expect(tooLarge.body.detail).toMatch(/953674\.4 MB is over .* \d+ MB limit/);
    expect((await begin({ caption: 'x'.repeat(10_000) })).status).toBe(422);
    expect((await begin({ bytes: 0 })).status).toBe(422);
    expect(await db('uploads')).toEqual(before);

    expect(await readdir(join(server.dataDir, 'uploads'))).toEqual([]);
  });
});
