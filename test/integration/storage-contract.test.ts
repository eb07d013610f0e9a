import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaLimits } from '../../config/limits.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createS3Storage } from '../../media/storage/s3.ts';
import type { ObjectStorage } from '../../media/storage/storage.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';

const mp4 = { contentType: 'video/mp4' };
const text = (value: string) => Buffer.from(value);

let directory: string;
let s3: TestS3;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-storage-'));
  s3 = await startS3(join(directory, 's3'));
});

afterAll(async () => {
  await s3.close();
  await rm(directory, { recursive: true, force: true });
});

const s3Options = () => ({ ...s3, region: 'us-east-1', bucket: 'vireo-media' });

const drivers: [string, () => ObjectStorage][] = [
  ['files', () => createFileStorage({ root: join(directory, 'files') })],
  ['s3', () => createS3Storage(s3Options())],
];

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

describe('files', () => {
  test('links below the root are neither read nor written through', async () => {
    const root = join(directory, 'links');
    const outside = join(directory, 'outside');
    await mkdir(outside, { recursive: true });
    await writeFile(join(outside, 'secret.txt'), 'secret');
    const storage = createFileStorage({ root });
    await storage.check();
    await symlink(join(outside, 'secret.txt'), join(root, 'link.txt'));
    await symlink(outside, join(root, 'linked'));
    expect(await storage.open('link.txt')).toBeNull();
    expect(await storage.open('linked/secret.txt')).toBeNull();
    await expect(
      storage.putBytes('linked/new.txt', text('x'), { contentType: 'text/plain' }),
    ).rejects.toThrow('symbolic link');
    await storage.remove(['linked/secret.txt']);
    expect(await readdir(outside)).toEqual(['secret.txt']);
  });

  test('removing the last object removes its directories, and a failed put leaves no temporary file', async () => {
    const root = join(directory, 'tidy');
    const storage = createFileStorage({ root });
    await storage.putBytes('media/7/a.mp4', text('x'), mp4);
    await storage.remove(['media/7/a.mp4']);
    expect(await readdir(root)).toEqual(['.tmp']);
    await expect(storage.putFile('media/7/b.mp4', join(root, 'gone'), mp4)).rejects.toThrow();
    expect(await readdir(join(root, '.tmp'))).toEqual([]);
  });

  test('putting and removing at once never loses a put', async () => {
    const storage = createFileStorage({ root: join(directory, 'race') });
    for (let round = 1; round < 100; round += 1) {
      let writing = true;
      // Each removal of an absent object also removes the directory of the video where it is empty.
      const removals = [1, 2, 3, 4].map(async () => {
        while (writing) await storage.remove([`media/${round}/none.mp4`]);
      });
      await storage.putBytes(`media/${round}/kept.mp4`, text('x'), mp4).finally(() => {
        writing = false;
      });
      await Promise.all(removals);
      expect(await storage.stat(`media/${round}/kept.mp4`)).not.toBeNull();
    }
  });

  test('check sweeps what a crash left half written, but not what is being written', async () => {
    const root = join(directory, 'swept');
    const storage = createFileStorage({ root });
    await storage.check();
    await writeFile(join(root, '.tmp', 'old'), 'x');
    await writeFile(join(root, '.tmp', 'fresh'), 'x');
    const longAgo = new Date(Date.now() - mediaLimits.staleTemporaryFileMs - 60_000);
    await utimes(join(root, '.tmp', 'old'), longAgo, longAgo);
    expect(await storage.check()).toEqual({ ok: true });
    expect(await readdir(join(root, '.tmp'))).toEqual(['fresh']);
  });

  test('a root that cannot be made is reported with its path', async () => {
    await writeFile(join(directory, 'a-file'), 'x');
    const outcome = await createFileStorage({ root: join(directory, 'a-file', 'below') }).check();
    expect(outcome).toMatchObject({ ok: false, reason: 'storage-unusable' });
    expect(outcome.ok || outcome.detail).toContain('a-file');
  });
});

describe('s3', () => {
  test('wrong keys are reported, and the bucket is named', async () => {
    const outcome = await createS3Storage({ ...s3Options(), secretKey: 'wrong-secret' }).check();
    expect(outcome).toMatchObject({ ok: false, reason: 'storage-unusable' });
    expect(outcome.ok || outcome.detail).toContain('"vireo-media"');
  });

  test('a server that is away fails instead of hanging', async () => {
    const storage = createS3Storage({ ...s3Options(), endpoint: 'http://127.0.0.1:1' });
    await expect(storage.open('media/1/a.mp4')).rejects.toThrow('ECONNREFUSED');
    expect(await storage.check()).toMatchObject({ ok: false, reason: 'storage-unusable' });
  });

  test('a connection that breaks is tried once more, and only once', async () => {
    let seen = 0;
    const flaky = createServer((incoming, outgoing) => {
      seen += 1;
      if (incoming.url?.includes('never') || seen === 1) incoming.socket.destroy();
      else outgoing.writeHead(404).end();
    });
    await new Promise<void>((resolve) => flaky.listen(0, '127.0.0.1', resolve));
    const { port } = flaky.address() as AddressInfo;
    const storage = createS3Storage({ ...s3Options(), endpoint: `http://127.0.0.1:${port}` });
    expect(await storage.stat('once.txt')).toBeNull();
    expect(seen).toBe(2);
    await expect(storage.stat('never.txt')).rejects.toThrow();
    expect(seen).toBe(4);
    await new Promise((resolve) => flaky.close(resolve));
  });

  test('a body may pause for longer than an answer may take', async () => {
    const slow = createServer((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-length': '8' }).write('half');
      setTimeout(() => outgoing.end('half'), 400);
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const { port } = slow.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}`;
    const storage = createS3Storage({
      ...s3Options(),
      endpoint,
      answerTimeoutMs: 100,
      idleTimeoutMs: 20_000,
    });
    const object = await storage.open('slow.txt');
    expect(object && (await buffer(object.stream)).toString()).toBe('halfhalf');
    await new Promise((resolve) => slow.close(resolve));
  });

  describe('a server that falls silent', () => {
    let silent: Server;
    let storage: ObjectStorage;

    beforeAll(async () => {
      // Accepts everything, starts an answer for keys with `half` in them, and never ends one.
      silent = createServer((incoming, outgoing) => {
        incoming.resume();
        if (incoming.url?.includes('half')) {
          outgoing.writeHead(200, { 'content-length': '1000' }).write('half');
        }
      });
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as AddressInfo;
      const endpoint = `http://127.0.0.1:${port}`;
      storage = createS3Storage({ ...s3Options(), endpoint, answerTimeoutMs: 100, idleTimeoutMs: 100 });
    });

    afterAll(async () => {
      silent.closeAllConnections();
      await new Promise((resolve) => silent.close(resolve));
    });

    test('before the answer', async () => {
      const put = { contentType: 'text/plain' };
      await expect(storage.putBytes('a.txt', text('x'), put)).rejects.toThrow('did not answer in time');
      await expect(storage.open('a.txt')).rejects.toThrow('did not answer in time');
      await expect(storage.stat('a.txt')).rejects.toThrow('did not answer in time');
    });

    test('in the middle of a body', async () => {
      const target = join(directory, 'half');
      await expect(storage.download('half.txt', target)).rejects.toThrow();
      await expect(stat(target)).rejects.toThrow('ENOENT');
    });
  });

  test('a large object goes up in parts', () => {
    expect(s3.requests.some((line) => line.startsWith('PUT') && line.includes('partNumber=2'))).toBe(true);
  });
});
