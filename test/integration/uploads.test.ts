import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { videoLimits } from '../../config/limits.ts';
import { originalKey } from '../../media/keys.ts';
import { createGate, eventually } from '../helpers/chaos.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const OTHER_ORIGIN = 'https://evil.example';
const bytes = randomBytes(300_000);

let server: TestServer;
let owner: string;
let other: string;
/** How far the server's clock is ahead of the machine's, in ms. It never goes back. */
let ahead = 0;
let accounts = 0;

beforeAll(async () => {
  const clock = { now: () => Date.now() + ahead };
  server = await startTestServer({ role: 'web', variables: { MAX_UPLOAD_MB: '1' }, overrides: { clock } });
});

afterAll(() => server.close());

beforeEach(async () => {
  [owner, other] = [await signedUp(), await signedUp()];
});

afterEach(async () => {
  vi.restoreAllMocks();
  await server.context.db('events').delete();
  await server.context.db('videos').delete();
});

/** Makes an account and returns a token of it; the cookie of a browser where one is wanted. */
async function signedUp(kind: 'bearer' | 'cookie' = 'bearer'): Promise<string> {
  const { auth, inTx } = server.context;
  accounts += 1;
  const form = await auth.prepareSignUp({ username: `person${accounts}`, password: 'a long password' });
  const made = await inTx((tx) => auth.createUser(tx, form, { role: 'user', pending: false }));
  if (!made.ok) throw new Error(made.detail);
  const session = { accountId: made.account.id, role: 'user', kind, userAgent: '' } as const;
  return (await inTx((tx) => auth.openSession(tx, session))).token;
}

interface Call {
  readonly method: string;
  readonly url: string;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

function call({ method, url, token, headers = {}, body }: Call): Promise<Response> {
  return fetch(new URL(url, server.origin), {
    method,
    headers: {
      'Tus-Resumable': '1.0.0',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}

function metadata(about: Record<string, string>): Record<string, string> {
  const pairs = Object.entries(about).map(([key, text]) => `${key} ${Buffer.from(text).toString('base64')}`);
  return { 'Upload-Metadata': pairs.join(',') };
}

/** Announces an upload. */
const create = (
  length: number | null,
  headers: Record<string, string> = {},
  token: string | undefined = owner,
) =>
  call({
    ...{ method: 'POST', url: '/api/v1/uploads', token },
    headers: { ...(length === null ? {} : { 'Upload-Length': String(length) }), ...headers },
  });

interface Begun {
  readonly url: string;
  readonly uploadId: string;
  readonly videoId: string;
}

/** An upload that was announced and accepted. */
async function begin(length = bytes.length): Promise<Begun> {
  const response = await create(length, metadata({ filename: 'a.mp4', caption: 'Hello' }));
  expect(response.status).toBe(201);
  const url = response.headers.get('Location') ?? '';
  const videoId = response.headers.get('Vireo-Video-Id') ?? '';
  return { url, videoId, uploadId: url.slice(url.lastIndexOf('/') + 1) };
}

const patch = (
  url: string,
  offset: number,
  body: Uint8Array<ArrayBuffer>,
  token: string | undefined = owner,
) =>
  call({
    ...{ method: 'PATCH', url, token, body },
    headers: { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
  });

const part = (from: number, to = bytes.length) => new Uint8Array(bytes.subarray(from, to));

async function offsetOf(url: string, token = owner): Promise<number> {
  const response = await call({ method: 'HEAD', url, token });
  expect(response.status).toBe(200);
  return Number(response.headers.get('Upload-Offset'));
}

const folder = () => join(server.dataDir, 'uploads');

const filesOf = async (uploadId: string) =>
  (await readdir(folder())).filter((name) => name.startsWith(uploadId));

const stateOf = async (videoId: string): Promise<string | null> =>
  (await server.context.db('videos').where({ id: videoId }).first('state'))?.state ?? null;

const received = () => server.context.db('events').where({ name: 'video.received' });

async function original(videoId: string): Promise<Buffer | null> {
  const found = await server.context.storage.open(originalKey(videoId));
  return found === null ? null : Buffer.concat(await found.stream.toArray());
}

/** The upload is received once, with its bytes, and nothing of it is left in the folder of uploads. */
async function expectReceived({ videoId, uploadId }: Begun): Promise<void> {
  expect(await stateOf(videoId)).toBe('received');
  expect((await received()).map((event) => event.payload)).toEqual([{ videoId }]);
  expect((await original(videoId))?.equals(bytes)).toBe(true);
  expect(await server.context.db('uploads')).toEqual([]);
  expect(await filesOf(uploadId)).toEqual([]);
}

/** A refusal in the one shape of the API's errors. */
async function expectRefused(response: Response, status: number, error: string): Promise<string> {
  expect(response.status).toBe(status);
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
  const body = await response.json();
  expect(body).toEqual({ error, error_description: expect.any(String) });
  return body.error_description;
}

describe('an upload', () => {
  test('in parts is received once, byte for byte', async () => {
    const upload = await begin();
    for (let at = 0; at < bytes.length; at += 100_000) {
      const response = await patch(upload.url, at, part(at, at + 100_000));
      expect(response.status).toBe(204);
      expect(response.headers.get('Upload-Offset')).toBe(String(at + 100_000));
    }
    await expectReceived(upload);
  });

  test('in the request that announces it is received too', async () => {
    const response = await call({
      ...{ method: 'POST', url: '/api/v1/uploads', token: owner, body: part(0) },
      headers: {
        ...{ 'Upload-Length': String(bytes.length), 'Content-Type': 'application/offset+octet-stream' },
        ...metadata({ filename: 'a.mp4' }),
      },
    });
    expect(response.status).toBe(201);
    const url = response.headers.get('Location') ?? '';
    const videoId = response.headers.get('Vireo-Video-Id') ?? '';
    await expectReceived({ url, videoId, uploadId: url.slice(url.lastIndexOf('/') + 1) });
  });

  test('goes on where the connection broke', async () => {
    const upload = await begin();
    const half = bytes.subarray(0, 150_000);
    const broken = request(new URL(upload.url, server.origin), {
      method: 'PATCH',
      headers: {
        ...{ 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${owner}`, 'Upload-Offset': '0' },
        ...{ 'Content-Type': 'application/offset+octet-stream', 'Content-Length': bytes.length },
      },
    });
    broken.on('error', () => undefined);
    broken.write(half);
    await eventually(
      'some of it arrived',
      async () => (await stat(join(folder(), upload.uploadId))).size > 0,
    );
    broken.destroy();
    const offset = await offsetOf(upload.url);
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThanOrEqual(half.length);
    expect((await patch(upload.url, offset, part(offset))).status).toBe(204);
    await expectReceived(upload);
  });

  test('keeps no hole and no more than was announced (M6)', async () => {
    const upload = await begin(1_000);
    expect((await patch(upload.url, 0, part(0, 100))).status).toBe(204);
    for (const offset of [0, 50, 101, 999, 5_000]) {
      await expectRefused(await patch(upload.url, offset, part(0, 10)), 409, 'upload-refused');
    }
    const tooMuch = await patch(upload.url, 100, part(100, 2_000)).catch(() => null);
    expect(tooMuch?.status ?? 413).toBe(413);
    expect(await stateOf(upload.videoId)).toBe('uploading');
    expect(await received()).toEqual([]);
    const { size } = await stat(join(folder(), upload.uploadId));
    expect(size).toBeLessThanOrEqual(1_000);
  });

  test('that is finished ten times over is received once (M6)', async () => {
    const upload = await begin();
    const half = 150_000;
    await patch(upload.url, 0, part(0, half));
    const last = await Promise.all(Array.from({ length: 10 }, () => patch(upload.url, half, part(half))));
    const statuses = last.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    // The others are told that the offset is wrong, or that there is no such upload any more.
    const refusals = statuses.filter((status) => status !== 204);
    expect(refusals.filter((status) => ![404, 409, 410].includes(status))).toEqual([]);
    await expectReceived(upload);
  });

  test('that is finished by request and by the sweeper at once is received once', async () => {
    const upload = await begin();
    const gate = createGate();
    const { storage } = server.context;
    const putFile = storage.putFile.bind(storage);
    vi.spyOn(storage, 'putFile').mockImplementationOnce(async (...args) => {
      await gate.pass();
      await putFile(...args);
    });
    const finishing = patch(upload.url, 0, part(0));
    await gate.reached;
    const lists = await sweepBegins();
    expect(await lists[0]?.value).toContain(upload.uploadId);
    gate.open();
    expect((await finishing).status).toBe(204);
    await expectReceived(upload);
  });
});

/** Calls the sweeper of the server, by moving its clock on; gives the lists that it asks for. */
async function sweepBegins(by = 20_000) {
  const asked = vi.spyOn(server.context.videos, 'uploadsBefore');
  ahead += by;
  await eventually('the sweeper has come by', () => asked.mock.calls.length > 0);
  return asked.mock.results;
}

/** Waits until the sweeper has gone through what there is to finish, and begins with what is too old. */
async function sweeps(by?: number): Promise<void> {
  const lists = await sweepBegins(by);
  await eventually('the sweeper is nearly done', () => lists.length > 1);
}

describe('an upload that is taken back', () => {
  const terminate = (url: string, token = owner) => call({ method: 'DELETE', url, token });

  test('is gone with its post and its file', async () => {
    const upload = await begin();
    await patch(upload.url, 0, part(0, 1_000));
    expect((await terminate(upload.url)).status).toBe(204);
    expect(await stateOf(upload.videoId)).toBeNull();
    expect(await server.context.db('uploads')).toEqual([]);
    expect(await filesOf(upload.uploadId)).toEqual([]);
    await expectRefused(await terminate(upload.url), 404, 'not-found');
    await expectRefused(await patch(upload.url, 1_000, part(1_000)), 404, 'not-found');
  });

  test('in its last moment leaves nothing in the store', async () => {
    const upload = await begin();
    const gate = createGate();
    const { storage } = server.context;
    const putFile = storage.putFile.bind(storage);
    vi.spyOn(storage, 'putFile').mockImplementation(async (...args) => {
      await putFile(...args);
      await gate.pass();
    });
    const finishing = patch(upload.url, 0, part(0));
    await gate.reached;
    expect((await terminate(upload.url)).status).toBe(204);
    gate.open();
    await finishing;
    expect(await stateOf(upload.videoId)).toBeNull();
    expect(await received()).toEqual([]);
    expect((await original(upload.videoId)) === null, 'nothing is stored').toBe(true);
    expect(await filesOf(upload.uploadId)).toEqual([]);
  });
});

describe('somebody else', () => {
  test('cannot see, continue or end an upload (M6)', async () => {
    const upload = await begin();
    await patch(upload.url, 0, part(0, 1_000));
    expect((await call({ method: 'HEAD', url: upload.url, token: other })).status).toBe(404);
    await expectRefused(await patch(upload.url, 1_000, part(1_000), other), 404, 'not-found');
    await expectRefused(await call({ method: 'DELETE', url: upload.url, token: other }), 404, 'not-found');
    await expectRefused(await call({ method: 'GET', url: upload.url, token: other }), 404, 'not-found');
    expect(await offsetOf(upload.url)).toBe(1_000);
    expect((await patch(upload.url, 1_000, part(1_000))).status).toBe(204);
    await expectReceived(upload);
  });

  test('who is not signed in gets nowhere', async () => {
    const upload = await begin();
    for (const token of [undefined, 'x'.repeat(43)]) {
      const calls = [
        call({ method: 'POST', url: '/api/v1/uploads', token, headers: { 'Upload-Length': '10' } }),
        call({ method: 'DELETE', url: upload.url, token }),
        call({ method: 'GET', url: upload.url, token }),
      ];
      for (const response of await Promise.all(calls)) await expectRefused(response, 401, 'not-signed-in');
    }
    expect((await call({ method: 'HEAD', url: upload.url })).status).toBe(401);
    expect(await stateOf(upload.videoId)).toBe('uploading');
  });

  test('cannot make a browser upload from another site (A5)', async () => {
    const cookie = `vireo-session=${await signedUp('cookie')}`;
    const from = (site: Record<string, string>, method = 'POST', url = '/api/v1/uploads') =>
      call({ method, url, headers: { Cookie: cookie, 'Upload-Length': String(bytes.length), ...site } });
    for (const site of [
      { Origin: OTHER_ORIGIN },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ])
      await expectRefused(await from(site), 403, 'cross-site');
    expect(await server.context.db('uploads')).toEqual([]);
    const own = await from({ Origin: server.origin });
    expect(own.status).toBe(201);
    const url = own.headers.get('Location') ?? '';
    await expectRefused(await from({ Origin: OTHER_ORIGIN }, 'DELETE', url), 403, 'cross-site');
    await expectRefused(await from({ Origin: OTHER_ORIGIN }, 'PATCH', url), 403, 'cross-site');
    expect(await server.context.db('uploads')).toHaveLength(1);
    expect(own.headers.get('Access-Control-Allow-Origin')).toBe(server.origin);
  });

  test.for([
    ['of a file above', '..%2f..%2fsecrets%2fsecret-key'],
    ['of a file above and back', '..%2fuploads%2fx'],
    ['of a file above, encoded throughout', '%2e%2e%2f%2e%2e%2fetc%2fpasswd'],
    ['of nobody', '0'.repeat(32)],
    ['of what tus remembers', `${'0'.repeat(32)}.json`],
    ['with a NUL', 'x%00y'],
    ['that is far too long', 'a'.repeat(5_000)],
  ] as const)('finds nothing under an id %s', async ([, id]) => {
    const url = `/api/v1/uploads/${id}`;
    await expectRefused(await patch(url, 0, part(0, 10)), 404, 'not-found');
    await expectRefused(await call({ method: 'GET', url, token: owner }), 404, 'not-found');
    await expectRefused(await call({ method: 'DELETE', url, token: owner }), 404, 'not-found');
  });
});

describe('an announcement is refused', () => {
  afterEach(async () => {
    expect(await server.context.db('uploads')).toEqual([]);
    expect(await server.context.db('videos')).toEqual([]);
  });

  test('for a file that is too large, with both numbers', async () => {
    const sentence = await expectRefused(await create(2 * 1024 * 1024), 413, 'too-large');
    expect(sentence).toContain('2 MB');
    expect(sentence).toContain('1 MB');
    // A byte more than allowed does not read as "1 MB is over 1 MB".
    expect(await expectRefused(await create(1024 * 1024 + 1), 413, 'too-large')).toContain('1.1 MB');
  });

  test('for a file whose length is not told, or that has none', async () => {
    await expectRefused(await create(null, { 'Upload-Defer-Length': '1' }), 422, 'validation-failed');
    await expectRefused(await create(0), 422, 'validation-failed');
    for (const length of ['-1', '1e3', 'x', '']) {
      const response = await create(null, { 'Upload-Length': length });
      await expectRefused(response, 400, 'upload-refused');
    }
    await expectRefused(await create(10, { 'Upload-Concat': 'partial' }), 501, 'upload-refused');
  });

  test.for([
    ['visibility', { visibility: 'everybody' }],
    ['caption', { caption: 'x'.repeat(videoLimits.maxCaptionCharacters + 1) }],
    ['language', { language: '<script>' }],
    ['sensitive', { sensitive: 'perhaps' }],
    ['alt_text', { alt_text: 'x'.repeat(videoLimits.maxAltTextCharacters + 1) }],
    ['filename', { filename: 'x'.repeat(videoLimits.maxFilenameCharacters + 1) }],
  ] as const)('for what it says of %s', async ([field, about]) => {
    const response = await create(10, metadata(about));
    expect(await expectRefused(response, 422, 'validation-failed')).toContain(field);
  });

  test('that does not speak the protocol', async () => {
    const response = await create(10, { 'Tus-Resumable': '0.2.2' });
    expect(response.status).toBeGreaterThanOrEqual(400);
    await expectRefused(response, response.status, 'upload-refused');
  });
});

test('an account has a limited number of uploads under way', async () => {
  const begun = await Promise.all(Array.from({ length: videoLimits.maxOpenUploads }, () => begin()));
  await expectRefused(await create(10), 429, 'too-many-uploads');
  await call({ method: 'DELETE', url: begun[0]?.url ?? '', token: owner });
  expect((await create(10)).status).toBe(201);
});

describe('the sweeper', () => {
  /** An upload whose bytes all lie on the disk, but whose last request died before it was finished. */
  async function cutOff(): Promise<Begun> {
    const upload = await begin();
    await writeFile(join(folder(), upload.uploadId), bytes);
    return upload;
  }

  test('finishes an upload whose last step was cut off', async () => {
    const upload = await cutOff();
    await sweeps();
    await eventually('it is received', async () => (await stateOf(upload.videoId)) === 'received');
    await eventually('the files are gone', async () => (await filesOf(upload.uploadId)).length === 0);
    await expectReceived(upload);
  });

  test('goes on from a crash between the store and the row', async () => {
    const upload = await cutOff();
    await server.context.storage.putFile(originalKey(upload.videoId), join(folder(), upload.uploadId), {
      contentType: 'application/octet-stream',
    });
    await sweeps();
    await eventually('the files are gone', async () => (await filesOf(upload.uploadId)).length === 0);
    await expectReceived(upload);
  });

  test('leaves alone what is still on its way, or lies on another machine', async () => {
    const half = await begin();
    await patch(half.url, 0, part(0, 1_000));
    const elsewhere = await begin();
    await rm(join(folder(), elsewhere.uploadId));
    await sweeps();
    expect(await stateOf(half.videoId)).toBe('uploading');
    expect(await stateOf(elsewhere.videoId)).toBe('uploading');
    expect(await offsetOf(half.url)).toBe(1_000);
  });

  test('is not held back by an upload that cannot be finished', async () => {
    const [broken, fine] = [await cutOff(), await cutOff()];
    const { storage } = server.context;
    const putFile = storage.putFile.bind(storage);
    vi.spyOn(storage, 'putFile').mockImplementation(async (key, ...rest) => {
      if (key === originalKey(broken.videoId)) throw new Error('This object cannot be stored.');
      await putFile(key, ...rest);
    });
    await sweeps();
    await eventually('the other is received', async () => (await stateOf(fine.videoId)) === 'received');
    expect(await stateOf(broken.videoId)).toBe('uploading');
  });

  test('removes files that no upload names any more, once they are old', async () => {
    const [old, young] = ['a'.repeat(32), 'b'.repeat(32)];
    const before = new Date(Date.now() - videoLimits.uploadLifetimeMs);
    for (const name of [old, `${old}.json`]) {
      await writeFile(join(folder(), name), 'left over');
      await utimes(join(folder(), name), before, before);
    }
    await writeFile(join(folder(), young), 'just made');
    await mkdir(join(folder(), 'not-ours'), { recursive: true });
    await sweeps();
    await eventually('the old file is gone', async () => (await filesOf(old)).length === 0);
    expect(await readFile(join(folder(), young), 'utf8')).toBe('just made');
    expect(await readdir(folder())).toContain('not-ours');
  });
  // The last, because from then on the server believes that it is tomorrow.
  test('drops what nobody finished in a day, with its post and its file', async () => {
    const upload = await begin();
    await patch(upload.url, 0, part(0, 1_000));
    await sweeps(videoLimits.uploadLifetimeMs + 60_000);
    await eventually('the post is gone', async () => (await stateOf(upload.videoId)) === null);
    await eventually('the files are gone', async () => (await filesOf(upload.uploadId)).length === 0);
    expect(await server.context.db('uploads')).toEqual([]);
  });
});
