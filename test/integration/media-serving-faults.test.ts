import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { mediaKey } from '../../media/keys.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople } from '../helpers/people.ts';
import { ask } from '../helpers/raw-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, n) => n % 251));
const keyOf = (data: Uint8Array, suffix: string) =>
  mediaKey('7', createHash('sha256').update(data).digest('hex'), suffix);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('W8 keys that are not ours', () => {
  let server: TestServer;
  const name = keyOf(bytes, '720.mp4').split('/')[2] ?? '';

  beforeAll(async () => {
    server = await startTestServer();
    await createVideoFactory(server.context).video(await createPeople(server).local('owner'), {
      id: '7',
      assets: [],
    });
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
    await createVideoFactory(server.context).video(await createPeople(server).local('owner'), {
      id: '7',
      assets: [],
    });
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
      await expect.poll(openFiles, { timeout: 10_000 }).toBeLessThanOrEqual(before + 2);
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
      // Not one that was asked for before: its size would be known.
      const fresh = Buffer.from(`nobody asked for this before ${step}`);
      const at = `/${keyOf(fresh, 'poster.jpg')}`;
      await server.context.storage.putBytes(at.slice(1), fresh, { contentType: 'image/jpeg' });
      vi.spyOn(server.context.storage, step).mockRejectedValue(new Error('the disk is on fire'));
      const answer = await ask(server, at);
      expect([answer.status, answer.headers['cache-control'], answer.headers.etag]).toEqual([
        500,
        'no-store',
        undefined,
      ]);
      expect(answer.body.toString()).not.toContain('fire');
      vi.restoreAllMocks();
      expect((await ask(server, at)).status).toBe(200);
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
