import { stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { videoLimits } from '../../config/limits.ts';
import { createGate, eventually } from '../helpers/chaos.ts';
import {
  begunOf,
  bytes,
  expectRefused,
  metadata,
  part,
  startUploadRig,
  type UploadRig,
} from '../helpers/upload-rig.ts';

const OTHER_ORIGIN = 'https://evil.example';

let rig: UploadRig;

beforeAll(async () => {
  rig = await startUploadRig();
});

afterAll(() => rig.server.close());

beforeEach(() => rig.newOwner());

afterEach(async () => {
  vi.restoreAllMocks();
  await rig.clear();
});

describe('an upload', () => {
  test('in parts is received once, byte for byte', async () => {
    const upload = await rig.begin();
    for (let at = 0; at < bytes.length; at += 100_000) {
      const response = await rig.patch(upload.url, at, part(at, at + 100_000));
      expect(response.status).toBe(204);
      expect(response.headers.get('Upload-Offset')).toBe(String(at + 100_000));
    }
    await rig.expectReceived(upload);
  });

  test('in the request that announces it is received too', async () => {
    const response = await rig.call({
      ...{ method: 'POST', url: '/api/v1/uploads', token: rig.owner(), body: part(0) },
      headers: {
        ...{ 'Upload-Length': String(bytes.length), 'Content-Type': 'application/offset+octet-stream' },
        ...metadata({ filename: 'a.mp4' }),
      },
    });
    await rig.expectReceived(begunOf(response));
  });

  test('goes on where the connection broke', async () => {
    const upload = await rig.begin();
    const half = bytes.subarray(0, 150_000);
    const broken = request(new URL(upload.url, rig.server.origin), {
      method: 'PATCH',
      headers: {
        ...{ 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${rig.owner()}`, 'Upload-Offset': '0' },
        ...{ 'Content-Type': 'application/offset+octet-stream', 'Content-Length': bytes.length },
      },
    });
    broken.on('error', () => undefined);
    broken.write(half);
    await eventually(
      'some of it arrived',
      async () => (await stat(join(rig.folder, upload.uploadId))).size > 0,
    );
    broken.destroy();
    const offset = await rig.offsetOf(upload.url);
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThanOrEqual(half.length);
    expect((await rig.patch(upload.url, offset, part(offset))).status).toBe(204);
    await rig.expectReceived(upload);
  });

  test('keeps no hole and no more than was announced (M6)', async () => {
    const upload = await rig.begin(1_000);
    expect((await rig.patch(upload.url, 0, part(0, 100))).status).toBe(204);
    for (const offset of [0, 50, 101, 999, 5_000]) {
      await expectRefused(await rig.patch(upload.url, offset, part(0, 10)), 409, 'upload-refused');
    }
    const tooMuch = await rig.patch(upload.url, 100, part(100, 2_000)).catch(() => null);
    expect(tooMuch?.status ?? 413).toBe(413);
    expect(await rig.stateOf(upload.videoId)).toBe('uploading');
    expect(await rig.received()).toEqual([]);
    const { size } = await stat(join(rig.folder, upload.uploadId));
    expect(size).toBeLessThanOrEqual(1_000);
  });

  test('that is finished ten times over is received once (M6)', async () => {
    const upload = await rig.begin();
    const half = 150_000;
    await rig.patch(upload.url, 0, part(0, half));
    const last = await Promise.all(Array.from({ length: 10 }, () => rig.patch(upload.url, half, part(half))));
    const statuses = last.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    // The others are told that the offset is wrong, or that there is no such upload any more.
    const refusals = statuses.filter((status) => status !== 204);
    expect(refusals.filter((status) => ![404, 409, 410].includes(status))).toEqual([]);
    await rig.expectReceived(upload);
  });
});

describe('an upload that is taken back', () => {
  test('is gone with its post and its file', async () => {
    const upload = await rig.begin();
    await rig.patch(upload.url, 0, part(0, 1_000));
    expect((await rig.terminate(upload.url)).status).toBe(204);
    expect(await rig.stateOf(upload.videoId)).toBeNull();
    expect(await rig.server.context.db('uploads')).toEqual([]);
    expect(await rig.filesOf(upload.uploadId)).toEqual([]);
    await expectRefused(await rig.terminate(upload.url), 404, 'not-found');
    await expectRefused(await rig.patch(upload.url, 1_000, part(1_000)), 404, 'not-found');
  });

  test('in its last moment leaves nothing in the store', async () => {
    const upload = await rig.begin();
    const gate = createGate();
    const { storage } = rig.server.context;
    const putFile = storage.putFile.bind(storage);
    vi.spyOn(storage, 'putFile').mockImplementation(async (...args) => {
      await putFile(...args);
      await gate.pass();
    });
    const finishing = rig.patch(upload.url, 0, part(0));
    await gate.reached;
    expect((await rig.terminate(upload.url)).status).toBe(204);
    gate.open();
    await finishing;
    expect(await rig.stateOf(upload.videoId)).toBeNull();
    expect(await rig.received()).toEqual([]);
    expect((await rig.original(upload.videoId)) === null, 'nothing is stored').toBe(true);
    expect(await rig.filesOf(upload.uploadId)).toEqual([]);
  });
});

describe('somebody else', () => {
  test('cannot see, continue or end an upload (M6)', async () => {
    const other = await rig.signedUp();
    const upload = await rig.begin();
    await rig.patch(upload.url, 0, part(0, 1_000));
    expect((await rig.call({ method: 'HEAD', url: upload.url, token: other })).status).toBe(404);
    await expectRefused(await rig.patch(upload.url, 1_000, part(1_000), other), 404, 'not-found');
    await expectRefused(
      await rig.call({ method: 'DELETE', url: upload.url, token: other }),
      404,
      'not-found',
    );
    await expectRefused(await rig.call({ method: 'GET', url: upload.url, token: other }), 404, 'not-found');
    expect(await rig.offsetOf(upload.url)).toBe(1_000);
    expect((await rig.patch(upload.url, 1_000, part(1_000))).status).toBe(204);
    await rig.expectReceived(upload);
  });

  test('who is not signed in gets nowhere', async () => {
    const upload = await rig.begin();
    for (const token of [undefined, 'x'.repeat(43)]) {
      const calls = [
        rig.call({ method: 'POST', url: '/api/v1/uploads', token, headers: { 'Upload-Length': '10' } }),
        rig.call({ method: 'DELETE', url: upload.url, token }),
        rig.call({ method: 'GET', url: upload.url, token }),
      ];
      for (const response of await Promise.all(calls)) await expectRefused(response, 401, 'not-signed-in');
    }
    expect((await rig.call({ method: 'HEAD', url: upload.url })).status).toBe(401);
    expect(await rig.stateOf(upload.videoId)).toBe('uploading');
  });

  test('cannot make a browser upload from another site (A5)', async () => {
    const cookie = `vireo-session=${await rig.signedUp('cookie')}`;
    const from = (site: Record<string, string>, method = 'POST', url = '/api/v1/uploads') =>
      rig.call({ method, url, headers: { Cookie: cookie, 'Upload-Length': String(bytes.length), ...site } });
    for (const site of [
      { Origin: OTHER_ORIGIN },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ])
      await expectRefused(await from(site), 403, 'cross-site');
    expect(await rig.server.context.db('uploads')).toEqual([]);
    const own = await from({ Origin: rig.server.origin });
    expect(own.status).toBe(201);
    const url = own.headers.get('Location') ?? '';
    await expectRefused(await from({ Origin: OTHER_ORIGIN }, 'DELETE', url), 403, 'cross-site');
    await expectRefused(await from({ Origin: OTHER_ORIGIN }, 'PATCH', url), 403, 'cross-site');
    expect(await rig.server.context.db('uploads')).toHaveLength(1);
    expect(own.headers.get('Access-Control-Allow-Origin')).toBe(rig.server.origin);
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
    await expectRefused(await rig.patch(url, 0, part(0, 10)), 404, 'not-found');
    await expectRefused(await rig.call({ method: 'GET', url, token: rig.owner() }), 404, 'not-found');
    await expectRefused(await rig.call({ method: 'DELETE', url, token: rig.owner() }), 404, 'not-found');
  });
});

describe('an announcement is refused', () => {
  afterEach(async () => {
    expect(await rig.server.context.db('uploads')).toEqual([]);
    expect(await rig.server.context.db('videos')).toEqual([]);
  });

  test('for a file that is too large, with both numbers', async () => {
    const sentence = await expectRefused(await rig.create(2 * 1024 * 1024), 413, 'too-large');
    expect(sentence).toContain('2 MB');
    expect(sentence).toContain('1 MB');
    // A byte more than allowed does not read as "1 MB is over 1 MB".
    expect(await expectRefused(await rig.create(1024 * 1024 + 1), 413, 'too-large')).toContain('1.1 MB');
  });

  test('for a file whose length is not told, or that has none', async () => {
    await expectRefused(await rig.create(null, { 'Upload-Defer-Length': '1' }), 422, 'validation-failed');
    await expectRefused(await rig.create(0), 422, 'validation-failed');
    for (const length of ['-1', '1e3', 'x', '']) {
      const response = await rig.create(null, { 'Upload-Length': length });
      await expectRefused(response, 400, 'upload-refused');
    }
    await expectRefused(await rig.create(10, { 'Upload-Concat': 'partial' }), 501, 'upload-refused');
  });

  test.for([
    ['visibility', { visibility: 'everybody' }],
    ['caption', { caption: 'x'.repeat(videoLimits.maxCaptionCharacters + 1) }],
    ['language', { language: '<script>' }],
    ['sensitive', { sensitive: 'perhaps' }],
    ['alt_text', { alt_text: 'x'.repeat(videoLimits.maxAltTextCharacters + 1) }],
    ['filename', { filename: 'x'.repeat(videoLimits.maxFilenameCharacters + 1) }],
  ] as const)('for what it says of %s', async ([field, about]) => {
    const response = await rig.create(10, metadata(about));
    expect(await expectRefused(response, 422, 'validation-failed')).toContain(field);
  });

  test('that does not speak the protocol', async () => {
    const response = await rig.create(10, { 'Tus-Resumable': '0.2.2' });
    expect(response.status).toBeGreaterThanOrEqual(400);
    await expectRefused(response, response.status, 'upload-refused');
  });
});

test('an account has a limited number of uploads under way', async () => {
  const begun = await Promise.all(Array.from({ length: videoLimits.maxOpenUploads }, () => rig.begin()));
  await expectRefused(await rig.create(10), 429, 'too-many-uploads');
  await rig.call({ method: 'DELETE', url: begun[0]?.url ?? '', token: rig.owner() });
  expect((await rig.create(10)).status).toBe(201);
});
