import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text as streamText } from 'node:stream/consumers';
import { Client } from 'minio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaLimits } from '../../config/media-limits.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createS3Storage, type S3Options } from '../../media/storage/s3.ts';
import { createS3Multipart } from '../../media/storage/s3-multipart.ts';
import type { ObjectStorage, UploadedPart } from '../../media/storage/storage.ts';
import { createSwitchableStorage, type StoreName } from '../../media/storage/switchable.ts';
import { createTieredStorage } from '../../media/storage/tiered.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';
import { startSwift, swiftRefusal } from '../helpers/swift-server.ts';

const mp4 = { contentType: 'video/mp4' };
const text = (value: string) => Buffer.from(value);

let directory: string;
let s3: TestS3;
let swift: Awaited<ReturnType<typeof startSwift>> | null = null;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-storage-'));
  [s3, swift] = await Promise.all([
    startS3(join(directory, 's3')),
    swiftRefusal === null ? startSwift(join(directory, 'swift')) : null,
  ]);
});

afterAll(async () => {
  await Promise.all([s3.close(), swift?.close()]);
  await rm(directory, { recursive: true, force: true });
});

const place = { region: 'us-east-1', bucket: 'vireo-media' };
const s3Options = () => ({ ...s3, ...place });
const swiftOptions = () => {
  if (swift === null) throw new Error('Swift does not run');
  return { ...swift, ...place };
};

/** Where Swift is not installed, its tests are left out, and one line says why. */
const servers: [string, () => S3Options][] = [
  ['s3rver', s3Options],
  ...(swiftRefusal === null ? [['swift', swiftOptions] as [string, () => S3Options]] : []),
];

const drivers: [string, () => ObjectStorage][] = [
  ['files', () => createFileStorage({ root: join(directory, 'files') })],
  ...servers.map(([name, options]): [string, () => ObjectStorage] => [
    `s3 at ${name}`,
    () => createS3Storage(options()),
  ]),
  ...(['files', 's3'] as const).map((name): [string, () => ObjectStorage] => [
    `files and s3, where ${name} is active`,
    () =>
      createSwitchableStorage({
        stores: new Map<StoreName, ObjectStorage>([
          ['files', createFileStorage({ root: join(directory, `switchable-${name}`) })],
          ['s3', createS3Storage({ ...s3Options(), bucket: `switchable-${name}` })],
        ]),
        active: { known: () => name, current: async () => name },
      }),
  ]),
  [
    'files with a cheaper store',
    () =>
      createTieredStorage({
        hot: createFileStorage({ root: join(directory, 'hot') }),
        cold: createFileStorage({ root: join(directory, 'cold') }),
        onColdRead: (key) => {
          throw new Error(`${key} is not cold`);
        },
      }),
  ],
];

test.skipIf(swiftRefusal !== null)(`a second, independent S3 server: ${swiftRefusal ?? 'Swift'}`, () => {
  expect(servers.map(([name]) => name)).toEqual(['s3rver', 'swift']);
});

describe.each(drivers)('object storage contract: %s', (_name, create) => {
  let storage: ObjectStorage;

  beforeAll(async () => {
    storage = create();
    expect(await storage.check()).toEqual({ ok: true });
  });

  async function read(key: string, range?: { start: number; end: number }): Promise<string | null> {
    const object = await storage.open(key, range);
    return object && (await buffer(object.stream)).toString();
  }

  async function keys(prefix: string): Promise<string[]> {
    const found: string[] = [];
    for await (const item of storage.list(prefix)) found.push(item.key);
    return found.sort();
  }

  test('check can be repeated and leaves nothing behind', async () => {
    expect(await storage.check()).toEqual({ ok: true });
    expect(await keys('')).toEqual([]);
  });

  test('what was put is read back, whole and in parts', async () => {
    await storage.putBytes('media/1/a-720.mp4', text('0123456789'), mp4);
    const object = await storage.open('media/1/a-720.mp4');
    expect(object).toMatchObject({ size: 10, contentType: 'video/mp4' });
    object?.stream.destroy();
    expect(await read('media/1/a-720.mp4')).toBe('0123456789');
    // One byte in the middle: s3rver answers `bytes=0-0` with the whole object.
    expect(await read('media/1/a-720.mp4', { start: 0, end: 1 })).toBe('01');
    expect(await read('media/1/a-720.mp4', { start: 4, end: 4 })).toBe('4');
    expect(await read('media/1/a-720.mp4', { start: 3, end: 5 })).toBe('345');
    expect(await read('media/1/a-720.mp4', { start: 8, end: 99 })).toBe('89');
  });

  test('a range tells the size of the whole object', async () => {
    await storage.putBytes('media/1/b.mp4', text('0123456789'), mp4);
    const object = await storage.open('media/1/b.mp4', { start: 2, end: 3 });
    expect(object?.size).toBe(10);
    object?.stream.destroy();
  });

  test.each([
    { start: 10, end: 12 },
    { start: 3, end: 2 },
    { start: -1, end: 2 },
  ])('range $start-$end of ten bytes is refused', async (range) => {
    await storage.putBytes('media/1/c.mp4', text('0123456789'), mp4);
    await expect(storage.open('media/1/c.mp4', range)).rejects.toBeInstanceOf(RangeError);
  });

  test('a file is copied in and out, also one larger than a part', async () => {
    const source = join(directory, 'source.bin');
    const bytes = Buffer.alloc(mediaLimits.s3PartBytes + 1_000, 'abcdefg');
    await writeFile(source, bytes);
    await storage.putFile('media/2/large.mp4', source, mp4);
    expect(await storage.stat('media/2/large.mp4')).toMatchObject({ size: bytes.length });
    const target = join(directory, 'target.bin');
    expect(await storage.download('media/2/large.mp4', target)).toBe(true);
    expect((await readFile(target)).equals(bytes)).toBe(true);
    expect((await stat(source)).size).toBe(bytes.length);
    await storage.remove(['media/2/large.mp4']);
  });

  test('an empty object has no bytes and is there', async () => {
    await storage.putBytes('media/1/empty.mp4', text(''), mp4);
    expect(await read('media/1/empty.mp4')).toBe('');
    expect(await storage.stat('media/1/empty.mp4')).toMatchObject({ size: 0 });
  });

  test('a later put replaces the object', async () => {
    await storage.putBytes('media/1/d.mp4', text('old bytes'), mp4);
    await storage.putBytes('media/1/d.mp4', text('new'), mp4);
    expect(await read('media/1/d.mp4')).toBe('new');
  });

  test('an absent object is null, false and no error', async () => {
    expect(await storage.open('media/9/none.mp4')).toBeNull();
    expect(await storage.stat('media/9/none.mp4')).toBeNull();
    expect(await storage.download('media/9/none.mp4', join(directory, 'none'))).toBe(false);
    await storage.remove(['media/9/none.mp4']);
    await storage.remove([]);
  });

  test('list follows the prefix, and remove takes exactly what was named', async () => {
    for (const key of ['list/10/a.mp4', 'list/10/b.mp4', 'list/100/a.mp4', 'list/2/x/y.mp4']) {
      await storage.putBytes(key, text(key), mp4);
    }
    expect(await keys('list/')).toEqual([
      'list/10/a.mp4',
      'list/10/b.mp4',
      'list/100/a.mp4',
      'list/2/x/y.mp4',
    ]);
    expect(await keys('list/10/')).toEqual(['list/10/a.mp4', 'list/10/b.mp4']);
    expect(await keys('list/10')).toEqual(['list/10/a.mp4', 'list/10/b.mp4', 'list/100/a.mp4']);
    expect(await keys('list/3')).toEqual([]);
    await storage.remove(['list/10/a.mp4', 'list/2/x/y.mp4']);
    expect(await keys('list/')).toEqual(['list/10/b.mp4', 'list/100/a.mp4']);
  });

  test('the time of storing is known', async () => {
    const before = Date.now();
    await storage.putBytes('media/1/e.mp4', text('x'), mp4);
    const facts = await storage.stat('media/1/e.mp4');
    // S3 speaks of whole seconds.
    expect(facts?.modifiedAt).toBeGreaterThanOrEqual(before - 2_000);
    expect(facts?.modifiedAt).toBeLessThanOrEqual(Date.now() + 2_000);
  });

  // security.md W8
  test.each([
    '../x.mp4',
    'a/../../x.mp4',
    '/etc/passwd',
    'a//b',
    'a/',
    '.tmp/x',
    'a/.x',
    'a\0b',
    'a b',
    'ä',
    '',
    `${'a/'.repeat(200)}b`,
  ])('W8: the key %j is not ours', async (key) => {
    await expect(
      storage.putBytes(key, text('x'), { contentType: 'application/octet-stream' }),
    ).rejects.toThrow(TypeError);
    await expect(storage.remove([key])).rejects.toThrow(TypeError);
    expect(await storage.open(key)).toBeNull();
    expect(await storage.stat(key)).toBeNull();
    expect(await storage.download(key, join(directory, 'never'))).toBe(false);
  });

  test('a type that the ending does not stand for is refused', async () => {
    await expect(storage.putBytes('media/1/f.mp4', text('x'), { contentType: 'text/html' })).rejects.toThrow(
      'would be served as video/mp4',
    );
  });

  test('a file that cannot be read fails the put', async () => {
    await expect(storage.putFile('media/1/g.mp4', join(directory, 'no-such-file'), mp4)).rejects.toThrow();
    expect(await storage.stat('media/1/g.mp4')).toBeNull();
  });
});

describe.each(servers)('s3 at %s', (name, options) => {
  const PART = 5 * 1024 * 1024;
  const HOUR_MS = 3_600_000;
  const client = () => {
    const { endpoint, region, accessKey, secretKey } = options();
    const { hostname, port } = new URL(endpoint);
    return new Client({
      ...{ endPoint: hostname, port: Number(port), useSSL: false, region, accessKey, secretKey },
    });
  };
  const at = (now: number) => createS3Storage({ ...options(), clock: { now: () => now } });

  beforeAll(async () => {
    expect(await createS3Storage(options()).check()).toEqual({ ok: true });
  });

  async function unfinished(prefix: string): Promise<string[]> {
    const query = `uploads&prefix=${encodeURIComponent(prefix)}`;
    const listing = await client().makeRequestAsync({ method: 'GET', bucketName: place.bucket, query });
    return [...(await streamText(listing)).matchAll(/<Key>([^<]*)/g)].map(([, key = '']) => key);
  }

  test('an address of an object stays the same for its window, and is good for one more', async () => {
    await at(0).putBytes('media/3/a.mp4', text('0123456789'), mp4);
    // The server has a clock of its own, so the window is the one that begins at a full hour of today.
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    const urls = [hour, hour + HOUR_MS - 1, hour + HOUR_MS, hour - 3 * HOUR_MS].map(
      (now) => at(now).presignedUrl?.('media/3/a.mp4') ?? null,
    );
    const [first, last, next, expired] = (await Promise.all(urls)).map(String);
    expect(last).toBe(first);
    expect(next).not.toBe(first);
    expect(new URL(first ?? '').searchParams.get('X-Amz-Expires')).toBe('7200');
    expect(await (await fetch(first ?? '')).text()).toBe('0123456789');
    const range = await fetch(first ?? '', { headers: { range: 'bytes=2-4' } });
    expect([range.status, range.headers.get('content-type'), await range.text()]).toEqual([
      ...[206, 'video/mp4', '234'],
    ]);
    expect((await fetch(expired ?? '')).status).toBe(403);
    expect((await fetch((first ?? '').replace('a.mp4', 'empty.mp4'))).status).toBe(403);
    expect(await at(hour).presignedUrl?.('../a.mp4')).toBeNull();
  });

  test('addresses are those of the public endpoint', async () => {
    const storage = createS3Storage({ ...options(), publicEndpoint: 'https://media.example' });
    expect(await storage.presignedUrl?.('media/3/a.mp4')).toMatch(/^https:\/\/media\.example\/vireo-media\//);
    expect(await storage.multipart?.presignPart('media/3/a.mp4', 'x', 1)).toMatch(
      /^https:\/\/media\.example/,
    );
  });

  async function send(key: string, pieces: readonly Buffer[]) {
    const { multipart } = createS3Storage(options());
    const uploadId = (await multipart?.begin(key)) ?? '';
    const parts: UploadedPart[] = [];
    for (const [at, piece] of pieces.entries()) {
      const url = (await multipart?.presignPart(key, uploadId, at + 1)) ?? '';
      const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(piece) });
      expect(answer.status).toBe(200);
      parts.push({ partNumber: at + 1, etag: answer.headers.get('etag')?.replaceAll('"', '') ?? '' });
    }
    return { multipart, uploadId, parts };
  }

  test('somebody else uploads in parts, and the size is verified', async () => {
    const pieces = [Buffer.alloc(PART, 'a'), Buffer.from('the end')];
    const key = 'originals/4/source';
    const { multipart, uploadId, parts } = await send(key, pieces);
    await multipart?.complete(key, uploadId, parts.toReversed(), PART + 7);
    const object = await createS3Storage(options()).open(key);
    expect(object?.size).toBe(PART + 7);
    expect((await buffer(object?.stream ?? Readable.from([]))).equals(Buffer.concat(pieces))).toBe(true);
    const again = await send(key, pieces);
    await expect(again.multipart?.complete(key, again.uploadId, again.parts, PART + 6)).rejects.toThrow(
      `should have ${PART + 6} bytes`,
    );
    await expect(multipart?.begin('../x')).rejects.toThrow(TypeError);
  });

  test('a file above one part goes up in parts, and each is verified by the server', async () => {
    if (name !== 's3rver') return;
    const sent = s3.requests.filter(
      (line) => line.startsWith('PUT /vireo-media/') && line.includes('large.mp4'),
    );
    expect(sent.map((line) => /partNumber=\d+/.exec(line)?.[0])).toEqual(['partNumber=1', 'partNumber=2']);
  });

  // s3rver can neither drop nor list them (media.md 6): there, only that it does no harm can be seen.
  test('an upload that fails leaves no parts, and none that was forgotten stays for more than a day', async () => {
    if (name === 's3rver') return expect(await at(Date.now() + 25 * HOUR_MS).check()).toEqual({ ok: true });
    const path = join(directory, 'short.bin');
    await writeFile(path, Buffer.alloc(mediaLimits.s3PartBytes + 5));
    const deps = { client: client(), signer: client(), bucket: place.bucket, stat: async () => null };
    const multipart = createS3Multipart({ ...deps, retried: (request) => request() });
    const size = mediaLimits.s3PartBytes + 6;
    await expect(multipart.upload('media/5/x.mp4', path, size)).rejects.toThrow('became shorter');
    expect(await unfinished('media/5/')).toEqual([]);

    await multipart.begin('media/5/forgotten.mp4');
    await multipart.begin('media/5/dropped.mp4').then((id) => multipart.abort('media/5/dropped.mp4', id));
    await at(Date.now() + 23 * HOUR_MS).check();
    expect(await unfinished('media/5/')).toEqual(['media/5/forgotten.mp4']);
    await at(Date.now() + 25 * HOUR_MS).check();
    expect(await unfinished('media/5/')).toEqual([]);
  });
});
