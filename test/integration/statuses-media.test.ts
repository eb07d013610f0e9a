import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prefixesOf } from '../../media/keys.ts';
import { eventually, hurryPurges } from '../helpers/chaos.ts';
import { clip, mp4Costume, pngBomb, writeBytes } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { orphanKeys } from '../helpers/storage-rig.ts';

let server: TestServer;
let client: Client;
let alice: Person;
let bob: Person;
let dir: string;
let video: string;
/** Videos whose publishing was told to those who listen for it. */
const told: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vireo-posts-'));
  video = await clip(dir, 'clip.mp4', { seconds: 1 });
  server = await startTestServer({ role: 'all' });
  server.context.subscribers['video.published'].handlers.push(async (_tx, { videoId }) => {
    told.push(videoId);
  });
  client = clientOf(server.origin);
  const people = createPeople(server);
  [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
});

afterAll(async () => {
  await server?.close();
  await rm(dir, { recursive: true, force: true });
});

/** Uploads as apps do. */
async function upload(path: string, type = 'video/mp4', more: Record<string, string> = {}, api = 'v2') {
  const form = new FormData();
  for (const [name, value] of Object.entries(more)) form.set(name, value);
  form.set('file', new Blob([await openAsBlob(path)], { type }), 'clip.mp4');
  const answer = await fetch(`${server.origin}/api/${api}/media`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${alice.token}` },
    body: form,
  });
  return { status: answer.status, body: await answer.json() };
}

const media = (id: string, as = alice) => client.get(`/api/v1/media/${id}`, { as });
const post = (body: object, headers = {}) => client.post('/api/v1/statuses', { as: alice, body, headers });
const seen = async (id: string, as?: Person) => (await client.get(`/api/v1/statuses/${id}`, { as })).status;

describe('a video that comes before its post', () => {
  test('is made, seen by its author alone, and posted by the post that names it', async () => {
    const sent = await upload(video, 'video/mp4', { description: 'A moving picture', focus: '0.5,-0.25' });
    expect([sent.status, sent.body.type, sent.body.url]).toEqual([202, 'video', null]);
    const { id } = sent.body;
    const statuses = new Set<number>();
    const ready = await eventually('it can be played', async () => {
      const answer = await media(id);
      statuses.add(answer.status);
      return answer.status === 200 && answer;
    });
    expect([...statuses].every((status) => status === 206 || status === 200)).toBe(true);
    expect(ready.body).toMatchObject({
      ...{ id, description: 'A moving picture', url: expect.stringContaining('/media/s/') },
      meta: { focus: { x: 0.5, y: -0.25 }, original: { duration: expect.any(Number) } },
    });
    expect((await media(id, bob)).status).toBe(404);
    for (const viewer of [undefined, bob, alice]) expect(await seen(id, viewer)).toBe(404);
    for (const path of ['/api/v1/timelines/home', '/api/v1/timelines/public']) {
      expect((await client.get(path, { as: alice })).text).not.toContain(id);
    }
    expect(
      (await client.get(`/ap/videos/${id}`, { headers: { accept: 'application/activity+json' } })).status,
    ).toBe(404);
    const { db, storage } = server.context;
    const purges = () => db('jobs').where({ name: 'media.purge', state: 'pending' });
    await eventually('all of it is made', async () => {
      const row = await db('videos').where({ id }).first('media_state');
      const left = await db('jobs').where({ state: 'pending' }).whereNot({ name: 'media.purge' });
      return row.media_state === 'ready' && left.length === 0;
    });

    const answer = await post({ status: 'Look #here', media_ids: [id], language: 'en' });
    const postId = answer.body.id;
    expect([answer.status, postId === id]).toEqual([200, false]);
    expect(answer.body).toMatchObject({
      url: expect.stringContaining(postId),
      uri: expect.stringContaining(postId),
      tags: [{ name: 'here' }],
      media_attachments: [
        {
          ...{ id: postId, description: 'A moving picture', processing: null },
          meta: {
            original: { frame_rate: '10/1', bitrate: expect.any(Number) },
            small: { width: expect.any(Number) },
          },
        },
      ],
    });
    await eventually('every event is told', async () => {
      const left = await server.context.db('events').count('* as count').first();
      return told.includes(postId) && Number(left?.count) === 0;
    });
    expect(told.filter((one) => one === postId || one === id)).toEqual([postId]);
    for (const viewer of [undefined, bob, alice]) expect(await seen(postId, viewer)).toBe(200);
    expect(
      (await client.get('/api/v1/timelines/tag/HERE')).body.map((one: { id: string }) => one.id),
    ).toEqual([postId]);
    expect((await media(id)).status).toBe(404);
    expect((await post({ status: 'Again', media_ids: [id] })).status).toBe(404);

    // What was replaced goes later, and that must not take along what the post still needs.
    await hurryPurges(db);
    await eventually('what is left over is gone', async () => (await purges()).length === 0);
    const stored = async () => {
      const keys: string[] = [];
      for (const owner of [id, postId]) {
        for (const prefix of prefixesOf(owner)) {
          for await (const { key } of storage.list(prefix)) keys.push(key);
        }
      }
      return keys.sort();
    };
    const named: string[] = await db('video_assets').where({ video_id: postId }).pluck('key');
    expect(await stored()).toEqual([...named, `originals/${id}/source`].sort());
    const orphans = await orphanKeys(db, server.context.storage, Date.now() + 1e11);
    expect(orphans.filter((key) => key.includes(id))).toEqual([]);
    const attachment = answer.body.media_attachments[0];
    expect((await fetch(attachment.url)).status).toBe(200);
    expect((await client.delete(`/api/v1/statuses/${postId}`, { as: alice })).status).toBe(200);
    await eventually('its objects are gone', async () => (await stored()).length === 0);
    expect((await fetch(attachment.url)).status).toBe(404);
  });

  test('may be posted while it is made: it is seen once it can be played', async () => {
    const sent = await upload(video, 'video/mp4', {}, 'v1');
    const answer = await post({ status: 'Soon', media_ids: sent.body.id });
    expect([answer.status, answer.body.content]).toEqual([200, '<p>Soon</p>']);
    await eventually('it is seen', async () => (await seen(answer.body.id)) === 200);
  });

  test('that cannot be read is refused with the reason', async () => {
    const { body } = await upload(await writeBytes(dir, 'costume.mp4', mp4Costume));
    const refused = await eventually('it is refused', async () => {
      const answer = await media(body.id);
      return answer.status === 422 && answer;
    });
    expect(refused.body).toMatchObject({
      code: 'media-refused',
      detail: expect.stringMatching(/^[A-Z].*\.$/),
    });
    expect((await post({ media_ids: [body.id] })).body.code).toBe('media-refused');
  });

  test('is no picture, and not nothing', async () => {
    const picture = await upload(await pngBomb(dir, 'picture.png'), 'image/png');
    expect([picture.status, picture.body.detail]).toEqual([422, 'This file is a picture, not a video.']);
    const none = await client.post('/api/v2/media', { as: alice, body: { description: 'Nothing' } });
    expect([none.status, none.body.code]).toEqual([422, 'validation-failed']);
  });
});
