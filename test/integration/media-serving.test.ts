import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaKey, originalKey } from '../../media/keys.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople } from '../helpers/people.ts';
import { ask } from '../helpers/raw-http.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SIZE = 1_000;
const bytes = Buffer.from(Array.from({ length: SIZE }, (_, n) => n % 251));
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const keyOf = (data: Uint8Array, suffix: string, owner = '7') => mediaKey(owner, sha256(data), suffix);

let s3: TestS3;
let s3Directory: string;

beforeAll(async () => {
  s3Directory = await mkdtemp(join(tmpdir(), 'vireo-s3-'));
  s3 = await startS3(s3Directory);
});

afterAll(async () => {
  await s3?.close();
  await rm(s3Directory, { recursive: true, force: true });
});

const drivers: [string, () => Record<string, string>][] = [
  ['files', () => ({})],
  [
    's3',
    () => ({
      S3_ENDPOINT: s3.endpoint,
      S3_ACCESS_KEY: s3.accessKey,
      S3_SECRET_KEY: s3.secretKey,
      S3_BUCKET: 'vireo-media',
    }),
  ],
];

describe.each(drivers)('media out of %s', (driver, variables) => {
  let server: TestServer;
  const key = keyOf(bytes, '720.mp4');
  const path = `/${key}`;
  const etag = `"${sha256(bytes).slice(0, 24)}"`;

  beforeAll(async () => {
    server = await startTestServer({ variables: variables() });
    await createVideoFactory(server.context).video(await createPeople(server).local('owner'), {
      id: '7',
      assets: [],
    });
    await server.context.storage.putBytes(key, bytes, { contentType: 'video/mp4' });
  });
  afterAll(() => server?.close());

  const get = (headers: Record<string, string> = {}, at = path) => ask(server, at, { headers });

  test('the whole object, for any page, for ever', async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(answer.body.equals(bytes)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(SIZE),
      'accept-ranges': 'bytes',
      etag,
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(answer.headers['access-control-expose-headers']).toContain('Content-Range');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers.vary).toBeUndefined();
  });

  test('HEAD tells the same, without the bytes', async () => {
    const [whole, head] = [await get(), await ask(server, path, { method: 'HEAD' })];
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const { date: _a, ...expected } = whole.headers;
    const { date: _b, ...told } = head.headers;
    expect(told).toEqual(expected);
  });

  test('a Range is for GET only (RFC 9110, 14.2)', async () => {
    const head = await ask(server, path, { method: 'HEAD', headers: { range: 'bytes=0-9' } });
    expect([head.status, head.headers['content-length']]).toEqual([200, String(SIZE)]);
  });

  test.each<[string, number, number]>([
    ['bytes=0-9', 0, 9],
    ['bytes=500-599', 500, 599],
    ['bytes=990-', 990, 999],
    ['bytes=0-', 0, 999],
    ['bytes=-5', 995, 999],
    ['bytes=-999', 1, 999],
    ['bytes=-1000', 0, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=900-5000', 900, 999],
    ['bytes=999-999', 999, 999],
    ['bytes=0-99999999999999999999999999', 0, 999],
    ['BYTES=1-2', 1, 2],
  ])('%s', async (range, start, end) => {
    const answer = await get({ range });
    expect(answer.status).toBe(206);
    expect(answer.headers).toMatchObject({
      'content-range': `bytes ${start}-${end}/${SIZE}`,
      'content-length': String(end - start + 1),
      'content-type': 'video/mp4',
      etag,
    });
    expect(answer.body.equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  test.each(['bytes=1000-', 'bytes=1000-2000', 'bytes=99999999999999999999999-', 'bytes=-0'])(
    '%s: nothing of the object lies there, and no cache is to remember that',
    async (range) => {
      const answer = await get({ range });
      expect([answer.status, answer.headers['content-range'], answer.body.length]).toEqual([
        416,
        `bytes */${SIZE}`,
        0,
      ]);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );

  test.each([
    ...[
      'bytes=0-1,5-6',
      'bytes=0-0, -1',
      `bytes=${'0-1,'.repeat(100)}0-1`,
      'items=0-5',
      'items=5000-',
      'bytes',
    ],
    ...[
      'bytes=',
      'bytes=-',
      'bytes=a-b',
      'bytes=0x1-2',
      'bytes=9-5',
      'bytes= ',
      'bytes=1',
      'bytes=--5',
      'bytes=1-2-3',
    ],
  ])('%s: the whole object', async (range) => {
    const answer = await get({ range });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-range']).toBeUndefined();
    expect(answer.body.equals(bytes)).toBe(true);
  });

  test('any Range gets what its answer says it gets', async () => {
    const edge = fc.oneof(fc.integer({ min: 0, max: SIZE + 50 }), fc.constantFrom('', '-', 'x', ' ', ','));
    // Not the first byte alone: s3rver answers `bytes=0-0` with the whole object.
    const header = fc
      .tuple(fc.constantFrom('bytes=', 'bytes', 'items='), edge, fc.constantFrom('-', '', ',', '--'), edge)
      .map((parts) => parts.join(''))
      .filter((text) => text !== 'bytes=0-0');
    await fc.assert(
      fc.asyncProperty(header, async (range) => {
        const answer = await get({ range });
        const said = /^bytes (\d+)-(\d+)\/1000$/.exec(answer.headers['content-range'] ?? '');
        if (answer.status === 206) {
          const part = bytes.subarray(Number(said?.[1]), Number(said?.[2]) + 1);
          expect(part.length).toBeGreaterThan(0);
          expect(answer.body.equals(part)).toBe(true);
        } else {
          expect([200, 416]).toContain(answer.status);
          expect(answer.body.length).toBe(answer.status === 200 ? SIZE : 0);
        }
        expect(Number(answer.headers['content-length'] ?? 0)).toBe(answer.body.length);
      }),
      { numRuns: driver === 'files' ? 200 : 60 },
    );
  });

  test.each([etag, `W/${etag}`, `"other", ${etag}`, '*'])('If-None-Match %s: not sent again', async (tag) => {
    const answer = await get({ 'if-none-match': tag, range: 'bytes=0-9' });
    expect([answer.status, answer.body.length, answer.headers.etag]).toEqual([304, 0, etag]);
    expect(answer.headers['cache-control']).toContain('immutable');
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  test.each(['"other"', etag.slice(1, -1), 'nonsense'])('If-None-Match %s: sent', async (tag) => {
    expect((await get({ 'if-none-match': tag })).status).toBe(200);
  });

  test.each<[string, number]>([
    [etag, 206],
    [`W/${etag}`, 200],
    ['"other"', 200],
    ['Sat, 21 Nov 2026 12:00:00 GMT', 200],
  ])('If-Range %s: %i', async (tag, status) => {
    expect((await get({ range: 'bytes=0-9', 'if-range': tag })).status).toBe(status);
  });

  test('M3 types come from our own key, whatever the bytes are', async () => {
    const page = Buffer.from('<html><script>alert(1)</script>');
    const disguised = keyOf(page, '360.mp4');
    await server.context.storage.putBytes(disguised, page, { contentType: 'video/mp4' });
    const answer = await get({ accept: 'text/html' }, `/${disguised}`);
    expect(answer.headers).toMatchObject({
      'content-type': 'video/mp4',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers['content-security-policy']).toContain('sandbox');
  });

  test.each<[string, string]>([
    ['master.m3u8', 'application/vnd.apple.mpegurl'],
    ['poster.jpg', 'image/jpeg'],
  ])('%s is served as %s', async (suffix, contentType) => {
    const other = keyOf(bytes, suffix);
    await server.context.storage.putBytes(other, bytes, { contentType });
    expect((await get({}, `/${other}`)).headers['content-type']).toBe(contentType);
  });

  test('P5 what is removed is gone, and its absence is not kept', async () => {
    const data = Buffer.from(`removed from ${driver}`);
    const gone = keyOf(data, 'poster.jpg');
    const { storage } = server.context;
    await storage.putBytes(gone, data, { contentType: 'image/jpeg' });
    expect((await get({}, `/${gone}`)).status).toBe(200);
    await storage.remove([gone]);
    const answer = await get({}, `/${gone}`);
    expect([answer.status, answer.headers['cache-control']]).toEqual([404, 'no-store']);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'not-found' });
  });

  test('what the staff muted is not served with its sound, and again once it is made without', async () => {
    const { db, mediaAccess } = server.context;
    const state = async (change: { staff_muted: boolean; silent: boolean }) => {
      await db('videos').where({ id: '7' }).update(change);
      mediaAccess.forgetAll();
      return (await get()).status;
    };
    expect(await state({ staff_muted: true, silent: false })).toBe(404);
    expect(await state({ staff_muted: true, silent: true })).toBe(200);
    expect(await state({ staff_muted: false, silent: false })).toBe(200);
  });

  test('W8 the uploaded original is never served', async () => {
    const original = originalKey('7');
    await server.context.storage.putBytes(original, bytes, { contentType: 'application/octet-stream' });
    const ways = [
      ...[
        '/originals/7/source',
        '/media/originals/7/source',
        '/media/../originals/7/source',
        '/media/7/source',
      ],
      ...[
        '/media/..%2foriginals/7%2fsource',
        '/media/..%2foriginals%2f7/source',
        '/media/7/..%2f..%2foriginals%2f7%2fsource',
      ],
      ...['/media/%2e%2e/originals/7/source', '/media/..;/originals/7/source', '/media//originals/7/source'],
      ...['/media/7/%2e%2e%2f%2e%2e%2foriginals%2f7%2fsource', '/media/..%5coriginals%5c7/source'],
    ];
    for (const way of ways) {
      const answer = await get({}, way);
      expect(answer.body.includes(bytes), way).toBe(false);
      if (way.startsWith('/media')) expect(answer.status, way).toBe(404);
    }
  });
});
