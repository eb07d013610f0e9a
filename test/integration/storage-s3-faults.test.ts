import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createS3Storage } from '../../media/storage/s3.ts';
import type { ObjectStorage } from '../../media/storage/storage.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';

const text = (value: string) => Buffer.from(value);

let directory: string;
let s3: TestS3;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-s3-faults-'));
  s3 = await startS3(join(directory, 's3'));
});

afterAll(async () => {
  await s3.close();
  await rm(directory, { recursive: true, force: true });
});

const s3Options = () => ({ ...s3, region: 'us-east-1', bucket: 'vireo-media' });

describe('s3 that fails', () => {
  test('wrong keys are reported, and the bucket is named', async () => {
    const wrong = { ...s3Options(), secretKey: 'wrong-secret', variables: 'COLD_S3' } as const;
    const outcome = await createS3Storage(wrong).check();
    expect(outcome).toMatchObject({ ok: false, reason: 'storage-unusable' });
    expect(outcome.ok || outcome.detail).toContain('"vireo-media"');
    expect(outcome.ok || outcome.detail).toContain('COLD_S3_BUCKET');
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

  test('a server that asks for patience is asked once more', async () => {
    let seen = 0;
    const busy = createServer((_incoming, outgoing) => {
      seen += 1;
      outgoing.writeHead(seen === 1 ? 503 : 404).end();
    });
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const { port } = busy.address() as AddressInfo;
    const storage = createS3Storage({ ...s3Options(), endpoint: `http://127.0.0.1:${port}` });
    expect(await storage.stat('once.txt')).toBeNull();
    expect(seen).toBe(2);
    busy.closeAllConnections();
    await new Promise((resolve) => busy.close(resolve));
  });

  test('a body may pause for longer than an answer may take', async () => {
    const slow = createServer((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-length': '8' }).write('half');
      setTimeout(() => outgoing.end('half'), 1_500);
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const { port } = slow.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}`;
    const storage = createS3Storage({
      ...s3Options(),
      endpoint,
      // As long as a busy machine may take to begin.
      answerTimeoutMs: 1_000,
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
});
