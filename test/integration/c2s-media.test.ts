import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { createOutbox, PUBLIC } from '../helpers/outbox.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** `uploadMedia`, as ActivityPub clients use it. */

let server: TestServer;
let client: Client;
let alice: Person;
let bob: Person;
let directory: string;
let video: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-c2s-'));
  video = new Uint8Array(await readFile(await clip(directory, 'clip.mp4', { seconds: 1, size: '180x320' })));
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  const people = createPeople(server);
  [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
});
afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

async function send(parts: readonly (readonly [name: string, value: string | Blob])[]) {
  const body = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') body.append(name, value);
    else body.append(name, value, 'clip.mp4');
  }
  const headers = { Authorization: `Bearer ${alice.token}` };
  const answer = await fetch(`${server.origin}/ap/uploads`, { method: 'POST', headers, body });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

const file = (bytes = video, type = 'video/mp4') => ['file', new Blob([bytes], { type })] as const;
const object = (value: unknown) =>
  ['object', typeof value === 'string' ? value : JSON.stringify(value)] as const;

describe('uploadMedia', () => {
  test('a video waits at its Location for the post that attaches it, for its author alone', async () => {
    const sent = await send([file(), object({ type: 'Video', summary: ' A cat ', name: 'x' })]);
    const location = sent.headers.get('location') ?? '';
    expect([sent.status, sent.body]).toMatchObject([202, { id: location, type: 'Document', name: 'A cat' }]);
    const path = new URL(location).pathname;
    const asked = new Set<number>();
    const ready = await eventually('it can be played', async () => {
      const answer = await client.get(path, { as: alice });
      asked.add(answer.status);
      return answer.status === 200 && answer;
    });
    expect([...asked].every((status) => status === 200 || status === 202)).toBe(true);
    expect(ready.body).toMatchObject({ mediaType: 'video/mp4', url: expect.stringContaining('/media/s/') });
    expect((await client.get(path)).status).toBe(401);
    expect((await client.get(path, { as: bob })).status).toBe(404);

    const post = {
      type: 'Note',
      content: 'Look',
      to: [PUBLIC],
      attachment: [{ type: 'Document', href: location }],
    };
    const made = await createOutbox(server, client).post(alice, post);
    expect(made.status).toBe(201);
    const id = /videos\/(\d+)#/.exec(made.headers.location ?? '')?.[1];
    const status = await client.get(`/api/v1/statuses/${id}`);
    expect(status.body.media_attachments).toMatchObject([{ description: 'A cat' }]);
    const again = await createOutbox(server, client).post(alice, post);
    expect(again.status).toBe(404);
    const media = await fetch(status.body.media_attachments[0].url, { method: 'HEAD' });
    expect(media.status).toBe(200);
  });

  const MARKED = new TextEncoder().encode('<html>');
  test.each<[number, string, () => Parameters<typeof send>[0]]>([
    [422, 'no file', () => [object({ type: 'Video' })]],
    [422, 'two files', () => [file(), file()]],
    [422, 'a file that is none', () => [['file', 'x']]],
    [422, 'another file', () => [file(), ['thumbnail', new Blob(['x'], { type: 'image/png' })]]],
    [415, 'another type', () => [file(video, 'text/html')]],
    [422, 'no video', () => [file(MARKED)]],
    [422, 'an empty file', () => [file(new Uint8Array())]],
    [400, 'an object that is no JSON', () => [file(), object('{')]],
    [400, 'an object that is a list', () => [file(), object([])]],
    [422, 'two objects', () => [file(), object({}), object({})]],
    [422, 'a text that is none', () => [file(), object({ summary: 5 })]],
    [422, 'a long text', () => [file(), object({ name: 'x'.repeat(1_501) })]],
    [422, 'NUL', () => [file(), object({ name: 'a\u0000b' })]],
  ])('%i: %s', async (status, _what, parts) => {
    const count = async () => Number((await server.context.db('videos').count('* as n').first())?.n);
    const before = await count();
    const answer = await send(parts());
    expect([answer.status, answer.body.detail]).toEqual([status, expect.any(String)]);
    expect(await count()).toBe(before);
  });

  test('R2 keys that reach a prototype do nothing', async () => {
    const answer = await send([file(), object('{"__proto__":{"summary":"x"},"type":"Video"}')]);
    expect([answer.status, answer.body.name]).toEqual([202, undefined]);
  });
});
