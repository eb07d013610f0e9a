import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { signIn } from '../../src/setup/demo/client.ts';
import { eventually } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, PASSWORD, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { unzip } from '../helpers/zip.ts';

const SLOW_MS = 120_000;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let server: TestServer;
let people: People;
let client: Client;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  people = createPeople(server);
  client = clientOf(server.origin);
});

afterAll(() => server?.close());

test('OP13 what somebody takes along is a whole ZIP, with follows that can be brought back and the very files', {
  timeout: SLOW_MS,
}, async () => {
  const [alice, bob, carol, dora] = [
    await people.signedIn('alice'),
    await people.signedIn('bob'),
    await people.signedIn('carol'),
    await people.signedIn('dora'),
  ];
  for (const other of [bob, carol]) await people.follow(alice.account, other.account);
  const source = await clip(server.dataDir, 'clip.mp4', { seconds: 1 });
  const door = await signIn(server.origin, 'alice', PASSWORD);
  const videoId = (await door.upload(source, { filename: 'clip.mp4', caption: 'Mine' })) as VideoId;
  const video = await eventually(
    'the video is ready',
    async () => {
      const found = await server.context.videos.internal(videoId);
      return found?.media.state === 'ready' && found;
    },
    SLOW_MS,
  );

  await client.post('/api/v1/exports/archive', { as: alice });
  const fetched = await eventually(
    'the archive is made',
    async () => {
      const headers = { authorization: `Bearer ${alice.token}` };
      const answer = await fetch(`${server.origin}/api/v1/exports/archive/download`, { headers });
      const bytes = Buffer.from(await answer.arrayBuffer());
      return answer.status === 200 && bytes;
    },
    SLOW_MS,
  );
  const files = await unzip(fetched);
  for (const name of ['actor.json', 'outbox.json'])
    expect(() => JSON.parse(String(files.get(name)))).not.toThrow();

  // The uploaded file to the byte, and the rest as its row has it.
  const original = files.get(`media/${videoId}/original.mp4`);
  expect(sha256(original ?? Buffer.alloc(0))).toBe(sha256(await readFile(source)));
  const poster = video.assets.find(({ role }) => role === 'poster');
  expect(sha256(files.get(`media/${videoId}/poster.jpg`) ?? Buffer.alloc(0))).toBe(poster?.sha256);

  // Somebody else follows the same people by it.
  const form = new FormData();
  form.set('type', 'following');
  form.set('data', new Blob([String(files.get('following.csv'))], { type: 'text/csv' }), 'following.csv');
  const headers = { authorization: `Bearer ${dora.token}` };
  const begun = await fetch(`${server.origin}/api/v1/import`, { method: 'POST', headers, body: form });
  expect(begun.status).toBe(200);
  const follows = (id: string) =>
    server.context.db('follows').where({ follower_id: id }).orderBy('target_id').pluck('target_id');
  await eventually('all are followed', async () => (await follows(dora.id)).length === 2, SLOW_MS);
  expect(await follows(dora.id)).toEqual(await follows(alice.id));
});
