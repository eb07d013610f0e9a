import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ensurePrograms, type Nginx, startNginx } from '../../bench/media/nginx.ts';
import { mediaKey } from '../../media/keys.ts';
import { contentTypeOf } from '../../media/storage/storage.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople } from '../helpers/people.ts';
import { ask } from '../helpers/raw-http.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { testPort } from '../helpers/stack.ts';

const bytes = randomBytes(300_000);
const PUBLIC = '7';
const PRIVATE = '8';
const keyOf = (owner: string, suffix = '720.mp4') => mediaKey(owner, sha256(bytes).toString('hex'), suffix);
/** Well-made, but nothing is stored under it. */
const absent = mediaKey(PUBLIC, '0'.repeat(64), '720.mp4');

async function startWithMedia(variables: Record<string, string>): Promise<TestServer> {
  const server = await startTestServer({ variables });
  const owner = await createPeople(server).local('owner');
  const factory = createVideoFactory(server.context);
  await factory.video(owner, { id: PUBLIC, assets: [] });
  await factory.video(owner, { id: PRIVATE, assets: [], visibility: 'followers' });
  for (const key of [keyOf(PUBLIC), keyOf(PRIVATE), keyOf(PUBLIC, 'master.m3u8')]) {
    await server.context.storage.putBytes(key, bytes, { contentType: contentTypeOf(key) });
  }
  return server;
}

const signedPath = ({ context }: TestServer) =>
  new URL(context.videos.objectUrl(keyOf(PRIVATE), { state: 'published', visibility: 'followers' })).pathname;

/** What the page may load of one kind. */
const policyOf = (headers: IncomingHttpHeaders, directive: string) =>
  new RegExp(`(?:^|;)${directive} ([^;]*)`).exec(String(headers['content-security-policy']))?.[1];

afterEach(() => {
  vi.restoreAllMocks();
});

const noNginx = await ensurePrograms(['nginx']);

describe.skipIf(noNginx)(`nginx sends the bytes (${noNginx ?? 'as docs/media.md says'})`, () => {
  let server: TestServer;
  let nginx: Nginx;
  let port: number;

  beforeAll(async () => {
    server = await startWithMedia({ MEDIA_X_ACCEL: '/_protected' });
    port = await testPort('127.0.0.1');
    const docs = await readFile(new URL('../../docs/media.md', import.meta.url), 'utf8');
    const [, documented = ''] = /```nginx\n([\s\S]*?)```/.exec(docs) ?? [];
    const config = documented
      .replace('http://127.0.0.1:3000', server.origin)
      .replace('/var/lib/vireo/media/', `${server.dataDir}/media/`);
    nginx = await startNginx(port, config, server.dataDir);
  });
  afterAll(async () => {
    await nginx?.stop();
    await server?.close();
  });

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
        buffer(answer).then(
          (body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
          reject,
        );
      })
        .on('error', reject)
        .end();
    });

  test('the same ones, with what pages of other origins and caches need', async () => {
    const opened = vi.spyOn(server.context.storage, 'open');
    const answer = await get(`/${keyOf(PUBLIC)}`);
    expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true]);
    expect(answer.headers).toMatchObject({
      'content-type': 'video/mp4',
      'cache-control': 'public, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(answer.headers['x-accel-redirect']).toBeUndefined();
    const again = await get(`/${keyOf(PUBLIC)}`, { 'if-none-match': answer.headers.etag ?? '' });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    const head = await get(`/${keyOf(PUBLIC)}`, {}, 'HEAD');
    expect([head.status, head.headers['content-length']]).toEqual([200, String(bytes.length)]);
    expect(opened).not.toHaveBeenCalled();
  });

  test.each<[string, number, number]>([
    ['bytes=0-9', 0, 9],
    ['bytes=100000-249999', 100_000, 249_999],
    ['bytes=-5', bytes.length - 5, bytes.length - 1],
    ['bytes=299000-400000', 299_000, bytes.length - 1],
  ])('in ranges: %s', async (range, start, end) => {
    const answer = await get(`/${keyOf(PUBLIC)}`, { range });
    expect([answer.status, answer.headers['content-range']]).toEqual([
      206,
      `bytes ${start}-${end}/${bytes.length}`,
    ]);
    expect(answer.body.equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  test('only where the server allows it', async () => {
    expect((await get(`/${keyOf(PUBLIC)}`, { range: 'bytes=999999-' })).status).toBe(416);
    const secret = await get(signedPath(server));
    expect([secret.status, secret.body.equals(bytes)]).toEqual([200, true]);
    expect(secret.headers['cache-control']).toMatch(/^private, max-age=\d+$/);
    for (const path of [`/${keyOf(PRIVATE)}`, `/_protected/${keyOf(PUBLIC)}`, `/${absent}`]) {
      const answer = await get(path);
      expect([answer.status, answer.body.includes(bytes.subarray(0, 100))], path).toEqual([404, false]);
      expect(answer.headers['cache-control'] ?? '').not.toContain('public');
    }
  });
});

describe('a CDN sends the bytes', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startWithMedia({ MEDIA_REDIRECT: 'https://cdn.example/bucket/' });
  });
  afterAll(() => server?.close());

  test('of what everybody may see', async () => {
    const answer = await ask(server, `/${keyOf(PUBLIC)}`, { headers: { range: 'bytes=0-9' } });
    expect([answer.status, answer.body.length]).toEqual([302, 0]);
    expect(answer.headers).toMatchObject({
      location: `https://cdn.example/bucket/${keyOf(PUBLIC)}`,
      'cache-control': 'public, max-age=1800',
      'access-control-allow-origin': '*',
    });
  });

  test('to our page, too', async () => {
    const { headers } = await ask(server, '/');
    for (const name of ['img-src', 'media-src', 'connect-src']) {
      expect(policyOf(headers, name), name).toContain('https://cdn.example');
    }
    // Scripts come from here alone, or stand in the page, where they are named by their hash.
    expect(policyOf(headers, 'script-src')).toMatch(/^'self'( 'sha256-[^' ]+')?$/);
    expect(headers.link).toContain('<https://cdn.example>; rel=preconnect; crossorigin');
  });

  test('but not of the rest', async () => {
    const secret = await ask(server, signedPath(server));
    expect([secret.status, secret.body.equals(bytes)]).toEqual([200, true]);
    expect((await ask(server, `/${keyOf(PUBLIC, 'master.m3u8')}`)).status).toBe(200);
    expect((await ask(server, `/${keyOf(PUBLIC)}`, { method: 'HEAD' })).status).toBe(200);
    for (const path of [`/${keyOf(PRIVATE)}`, `/${absent}`]) {
      expect((await ask(server, path)).status, path).toBe(404);
    }
  });
});

describe('the object storage sends the bytes', () => {
  let directory: string;
  let s3: TestS3;
  let server: TestServer;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vireo-s3-'));
    s3 = await startS3(directory);
    server = await startWithMedia({
      ...{ S3_ENDPOINT: s3.endpoint, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey },
      ...{ S3_BUCKET: 'vireo-media', MEDIA_REDIRECT: 'presigned' },
    });
  });
  afterAll(async () => {
    await server?.close();
    await s3?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('to whoever follows the address, which stays the same for a while', async () => {
    const answer = await ask(server, `/${keyOf(PUBLIC)}`);
    expect([answer.status, answer.headers['cache-control']]).toEqual([302, 'public, max-age=1800']);
    const { location = '' } = answer.headers;
    expect(location.startsWith(s3.endpoint)).toBe(true);
    const part = await fetch(location, { headers: { Range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    expect((await ask(server, `/${keyOf(PUBLIC)}`)).headers.location).toBe(location);
  });

  test('to our page, too', async () => {
    const { headers } = await ask(server, '/');
    expect(policyOf(headers, 'media-src')).toContain(new URL(s3.endpoint).origin);
  });

  test('but this server does where there is no such address, or not everybody may see it', async () => {
    const secret = await ask(server, signedPath(server));
    expect([secret.status, secret.body.equals(bytes)]).toEqual([200, true]);
    expect((await ask(server, `/${keyOf(PRIVATE)}`)).status).toBe(404);
    vi.spyOn(server.context.storage, 'presignedUrl').mockResolvedValue(null);
    const answer = await ask(server, `/${keyOf(PUBLIC)}`);
    expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true]);
  });
});
