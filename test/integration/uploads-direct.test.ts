import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { videoLimits } from '../../config/limits.ts';
import { mediaLimits } from '../../config/media-limits.ts';
import { originalKey } from '../../media/keys.ts';
import { eventually } from '../helpers/chaos.ts';
import { empty } from '../helpers/emptying.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const MB = 1024 * 1024;
const bytes = randomBytes(MB);
const inTwoParts = randomBytes(mediaLimits.s3PartBytes + MB);
const PATH = '/api/v1/uploads/direct';

let directory: string;
let s3: TestS3;
let server: TestServer;
let people: People;
let alice: Person;
let persons = 0;
let ahead = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-s3-'));
  s3 = await startS3(directory);
  server = await startTestServer({
    variables: {
      ...{ S3_ENDPOINT: s3.endpoint, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey },
      ...{
        S3_BUCKET: 'vireo-media',
        UPLOADS: 'direct',
        MAX_UPLOAD_MB: '30',
        MAX_STORAGE_PER_ACCOUNT_MB: '40',
      },
    },
    overrides: { clock: { now: () => Date.now() + ahead } },
  });
  people = createPeople(server);
});

afterAll(async () => {
  await server?.close();
  await s3?.close();
  await rm(directory, { recursive: true, force: true });
});

beforeEach(async () => {
  persons += 1;
  alice = await people.signedIn(`alice${persons}`);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await empty(server, 'events', 'videos');
});

interface Begun {
  readonly id: string;
  readonly video_id: string;
  readonly part_bytes: number;
  readonly parts: readonly { readonly number: number; readonly url: string; readonly bytes: number }[];
}
type Sent = { number: number; etag: string }[];

const begin = (body: object = {}, by = alice) =>
  request(server.origin)
    .post(PATH)
    .auth(by.token, { type: 'bearer' })
    .send({ bytes: bytes.length, filename: 'a.mp4', caption: 'Straight there', ...body });

async function begun(body: object = {}): Promise<Begun> {
  const answer = await begin(body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

/** PUTs the parts as a browser does, which knows nothing of this server's keys. */
async function send({ parts, part_bytes }: Begun, content: Buffer = bytes): Promise<Sent> {
  const sent: Sent = [];
  for (const { number, url } of parts) {
    const at = (number - 1) * part_bytes;
    const body = new Uint8Array(content.subarray(at, number === parts.length ? undefined : at + part_bytes));
    const answer = await fetch(url, { method: 'PUT', body });
    expect(answer.status).toBe(200);
    sent.push({ number, etag: answer.headers.get('etag') ?? '' });
  }
  return sent;
}

const complete = (id: string, parts: Sent, by = alice) =>
  request(server.origin).post(`${PATH}/${id}/complete`).auth(by.token, { type: 'bearer' }).send({ parts });
const abort = (id: string, by = alice) =>
  request(server.origin).delete(`${PATH}/${id}`).auth(by.token, { type: 'bearer' });

const stateOf = async (videoId: string): Promise<string | null> =>
  (await server.context.db('videos').where({ id: videoId }).first('state'))?.state ?? null;
const original = async (videoId: string) => {
  const found = await server.context.storage.open(originalKey(videoId));
  return found && buffer(found.stream);
};
const received = () => server.context.db('events').where({ name: 'video.received' }).pluck('payload');

async function expectReceived({ video_id: videoId }: Begun, content = bytes): Promise<void> {
  expect(await stateOf(videoId)).toBe('received');
  expect((await original(videoId))?.equals(content)).toBe(true);
  expect(await received()).toEqual([{ videoId }]);
  expect(await server.context.db('uploads')).toEqual([]);
}

describe('a direct upload', () => {
  test('of several parts is received once, byte for byte, and not through this server', async () => {
    const upload = await begun({ bytes: inTwoParts.length });
    expect(upload.parts.map((part) => part.bytes)).toEqual([mediaLimits.s3PartBytes, MB]);
    for (const { url } of upload.parts) expect(url.startsWith(s3.endpoint)).toBe(true);
    const sent = await send(upload, inTwoParts);
    // The order in which they are named does not matter.
    const answer = await complete(upload.id, sent.toReversed());
    expect([answer.status, answer.body]).toEqual([200, { video_id: upload.video_id }]);
    await expectReceived(upload, inTwoParts);
    expect((await complete(upload.id, sent)).status).toBe(404);
  });

  test('that is completed ten times over is received once (M6)', async () => {
    const upload = await begun();
    const sent = await send(upload);
    const answers = await Promise.all(Array.from({ length: 10 }, () => complete(upload.id, sent)));
    expect(answers.filter(({ status }) => ![200, 404, 422].includes(status))).toEqual([]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    await expectReceived(upload);
  });

  test('goes on where the process died after the parts were joined', async () => {
    const upload = await begun();
    const sent = await send(upload);
    vi.spyOn(server.context.videos, 'completeUpload').mockRejectedValueOnce(new Error('It died here.'));
    expect((await complete(upload.id, sent)).status).toBe(500);
    expect(await stateOf(upload.video_id)).toBe('uploading');
    expect((await complete(upload.id, sent)).status).toBe(200);
    await expectReceived(upload);
  });

  test('of another size than was announced is dropped (M6)', async () => {
    const upload = await begun();
    const sent = await send(upload, Buffer.concat([bytes, randomBytes(1_000)]));
    const answer = await complete(upload.id, sent);
    expect([answer.status, answer.body.code]).toEqual([422, 'upload-incomplete']);
    expect(answer.body.detail).toContain(String(bytes.length + 1_000));
    expect([await stateOf(upload.video_id), await original(upload.video_id)]).toEqual([null, null]);
    expect(await received()).toEqual([]);
  });

  test('without its parts stays where it is', async () => {
    const upload = await begun();
    const { multipart } = server.context.storage;
    // The S3 server of the tests does not survive this question; others answer it with InvalidPart.
    if (multipart) vi.spyOn(multipart, 'complete').mockRejectedValueOnce(new Error('InvalidPart'));
    const answer = await complete(upload.id, [{ number: 1, etag: 'a'.repeat(32) }]);
    expect([answer.status, answer.body.code]).toEqual([422, 'upload-incomplete']);
    expect(await stateOf(upload.video_id)).toBe('uploading');
    const sent = await send(upload);
    expect((await complete(upload.id, sent)).status).toBe(200);
    await expectReceived(upload);
  });

  test('is nobody else’s (M6)', async () => {
    const mallory = await people.signedIn(`mallory${persons}`);
    const upload = await begun();
    const sent = await send(upload);
    expect((await complete(upload.id, sent, mallory)).status).toBe(404);
    expect((await abort(upload.id, mallory)).status).toBe(404);
    expect(await stateOf(upload.video_id)).toBe('uploading');
    expect((await complete(upload.id, sent)).status).toBe(200);
  });

  test('that is taken back is gone with its post', async () => {
    const dropped = server.context.storage.multipart;
    const aborted = dropped && vi.spyOn(dropped, 'abort');
    const upload = await begun();
    expect((await abort(upload.id)).status).toBe(200);
    expect(aborted).toHaveBeenCalledWith(originalKey(upload.video_id), expect.any(String));
    expect(await stateOf(upload.video_id)).toBeNull();
    expect((await abort(upload.id)).status).toBe(404);
  });

  test('has the limits of every upload', async () => {
    expect((await begin({ bytes: 31 * MB })).body.code).toBe('too-large');
    expect((await begin({ bytes: 0 })).body.code).toBe('validation-failed');
    expect((await begin({ visibility: 'everybody' })).body.code).toBe('validation-failed');
    await begun({ bytes: 30 * MB });
    expect((await begin({ bytes: 11 * MB })).body.code).toBe('storage-full');
    const made = await server.context.db('videos').first('caption', 'sensitive', 'visibility');
    expect(made).toEqual({ caption: 'Straight there', sensitive: false, visibility: 'public' });
  });

  test('that the object storage does not begin leaves no post', async () => {
    const { multipart } = server.context.storage;
    if (multipart) vi.spyOn(multipart, 'begin').mockResolvedValue(null);
    const answer = await begin();
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
    expect(await server.context.db('videos')).toEqual([]);
  });

  // The last one, since the clock of the server does not go back.
  test('that lasts too long is dropped, and completed where it was joined', async () => {
    const [lost, joined] = [await begun({ bytes: MB }), await begun()];
    const sent = await send(joined);
    vi.spyOn(server.context.videos, 'completeUpload').mockRejectedValueOnce(new Error('It died here.'));
    await complete(joined.id, sent);
    ahead += videoLimits.uploadLifetimeMs + 60_000;
    await eventually('it is received', async () => (await stateOf(joined.video_id)) === 'received');
    await eventually('the other is gone', async () => (await stateOf(lost.video_id)) === null);
    await expectReceived(joined);
  });
});

test('a server that takes uploads by tus alone says so', async () => {
  const plain = await startTestServer();
  try {
    const person = await createPeople(plain).signedIn('alice');
    const answer = await request(plain.origin)
      .post(PATH)
      .auth(person.token, { type: 'bearer' })
      .send({ bytes: 10, filename: 'a.mp4', caption: '' });
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    expect(answer.body.detail).toContain('tus');
    expect(await plain.context.db('videos')).toEqual([]);
  } finally {
    await plain.close();
  }
});
