import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { mediaKey, originalKey } from '../../media/keys.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SIZE = 1_000;
const bytes = Buffer.from(Array.from({ length: SIZE }, (_, n) => n % 251));
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const keyOf = (data: Uint8Array, suffix: string, owner = '7') => mediaKey(owner, sha256(data), suffix);

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks with the path as it is written: no client library tidies it up on the way. */
function ask(
  server: TestServer,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { host, port } = server.context.config.listen;
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, method, headers, agent: false }, (answer) => {
      buffer(answer).then(
        (body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

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

afterEach(() => {
  vi.restoreAllMocks();
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
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: 'not-found' });
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

describe('W8 keys that are not ours', () => {
  let server: TestServer;
  const name = keyOf(bytes, '720.mp4').split('/')[2] ?? '';

  beforeAll(async () => {
    server = await startTestServer();
    await server.context.storage.putBytes(`media/7/${name}`, bytes, { contentType: 'video/mp4' });
  });
  afterAll(() => server?.close());

  test.each([
    ...[
      '/media/7',
      '/media/',
      '/media',
      '/media/7/',
      '/media/7/x',
      '/media/7/720.mp4',
      '/media/7/a/b',
      '/media//x',
    ],
    ...[`/media/7/${'0'.repeat(24)}-720.mp4`, `/media/8/${name}`, `/media/7/x${name}`, `/media/7/${name}x`],
    ...[
      `/media/7/${name}%00`,
      `/media/7/%00${name}`,
      `/media/7%00/${name}`,
      `/media/7/${name}%00.jpg`,
      '/media/%00/%00',
    ],
    ...[
      `/media/7%2f${name}`,
      `/media/.%2f7/${name}`,
      `/media/7/.%2f${name}`,
      `/media/%2e/7/${name}`,
      `/media/7/..%2f7%2f${name}`,
    ],
    ...[
      `/media/7/${name.toUpperCase()}`,
      `/media/7/${name}%0a`,
      `/media/7/${name}%20`,
      `/media/7 /${name}`.replace(' ', '%20'),
    ],
    ...[
      `/media/7\\${name}`,
      `/media/7/${name};x`,
      `/media/7/${name}%3fx`,
      '/media/.tmp/x',
      '/media/__proto__/constructor',
    ],
    ...[
      '/media/%ff/%fe',
      '/media/%/x',
      '/media/%E0%A4%A/x',
      `/media/${'7'.repeat(300)}/x`,
      '/media/..%2f..%2f..%2fetc/passwd',
    ],
  ])('%s', async (path) => {
    const stat = vi.spyOn(server.context.storage, 'stat');
    for (const method of ['GET', 'HEAD']) {
      const answer = await ask(server, path, { method });
      expect(answer.status).toBe(404);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
    // Only well-made names are looked up at all.
    for (const [asked] of stat.mock.calls)
      expect(asked).toMatch(/^media\/[A-Za-z0-9_-]+\/[0-9a-f]{24}-[a-z0-9.-]+$/);
  });

  test('the query is no part of the name', async () => {
    expect((await ask(server, `/media/7/${name}?path=../../etc/passwd`)).status).toBe(200);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is not for media', async (method) => {
    const answer = await ask(server, `/media/7/${name}`, { method });
    expect(answer.status).toBe(404);
    expect((await ask(server, `/media/7/${name}`)).body.equals(bytes)).toBe(true);
  });

  test('a page of any origin may ask first (CORS preflight)', async () => {
    const headers = { origin: 'https://any.test', 'access-control-request-headers': 'range' };
    const answer = await ask(server, `/media/7/${name}`, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': 'Range',
    });
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });
});

describe('when something breaks', () => {
  let server: TestServer;
  const big = Buffer.alloc(8 * 1024 * 1024, 'x');
  const key = keyOf(big, '1080.mp4');

  beforeAll(async () => {
    server = await startTestServer();
    await server.context.storage.putBytes(key, big, { contentType: 'video/mp4' });
  });
  afterAll(() => server?.close());

  const openFiles = async () => (await readdir('/proc/self/fd')).length;

  test.skipIf(process.platform !== 'linux')(
    'viewers who swipe on leave no file open, and the next is served',
    async () => {
      const before = await openFiles();
      const { host, port } = server.context.config.listen;
      await Promise.all(
        Array.from(
          { length: 40 },
          () =>
            new Promise<void>((resolve) => {
              const sent = request({ host, port, path: `/${key}`, agent: false }, (answer) => {
                answer.once('data', () => answer.destroy());
                answer.once('close', () => resolve());
                answer.on('error', () => undefined);
              });
              sent.on('error', () => undefined);
              sent.end();
            }),
        ),
      );
      await expect.poll(openFiles).toBeLessThanOrEqual(before + 2);
      expect((await ask(server, `/${key}`)).body.equals(big)).toBe(true);
    },
  );

  test('an object that vanishes while it is asked for is absent, not a promise of bytes that never come', async () => {
    vi.spyOn(server.context.storage, 'open').mockResolvedValue(null);
    const answer = await ask(server, `/${key}`, { headers: { range: 'bytes=0-9' } });
    expect([answer.status, answer.headers['cache-control']]).toEqual([404, 'no-store']);
    expect(answer.headers['content-range']).toBeUndefined();
  });

  test.each(['stat', 'open'] as const)(
    'storage that fails in %s is an error that no cache keeps',
    async (step) => {
      vi.spyOn(server.context.storage, step).mockRejectedValue(new Error('the disk is on fire'));
      const answer = await ask(server, `/${key}`);
      expect([answer.status, answer.headers['cache-control'], answer.headers.etag]).toEqual([
        500,
        'no-store',
        undefined,
      ]);
      expect(answer.body.toString()).not.toContain('fire');
      vi.restoreAllMocks();
      expect((await ask(server, `/${key}`)).status).toBe(200);
    },
  );

  test('storage that breaks off in the middle breaks the answer off too', async () => {
    const stream = Readable.from(
      (async function* () {
        yield big.subarray(0, 1_000);
        throw new Error('the disk is on fire');
      })(),
    );
    vi.spyOn(server.context.storage, 'open').mockResolvedValue({
      ...{ stream, size: big.length, contentType: 'video/mp4' },
    });
    await expect(ask(server, `/${key}`)).rejects.toThrow(/aborted|hang up|ECONNRESET/);
  });
});
