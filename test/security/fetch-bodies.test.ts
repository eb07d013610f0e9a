import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DownloadRequest, FetchRequest, NetLimits, SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { createTestFetch, HONEST, type Remote, startRawRemote, startRemote } from '../helpers/remote-http.ts';

/** Of requests that only the test ends, however busy the machine is. */
const patient = { deadlineMs: 60_000, idleMs: 60_000 };

let folder: string;
let toPath: string;
const remotes: Remote[] = [];
const fetches: SafeFetch[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vireo-fetch-'));
  toPath = join(folder, 'file');
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  await Promise.all(fetches.splice(0).map((fetch) => fetch.close()));
  await Promise.all(remotes.splice(0).map((remote) => remote.close()));
  for (const file of await readdir(folder)) await rm(join(folder, file));
});

async function serve(handler: Parameters<typeof startRemote>[1]): Promise<Remote> {
  const remote = await startRemote(HONEST, handler);
  remotes.push(remote);
  return remote;
}

/** A server that answers with these very bytes, and then closes unless told to hold the line. */
async function serveRaw(answer: string, hold = false): Promise<Remote> {
  const remote = await startRawRemote(HONEST, (socket) => (hold ? socket.write(answer) : socket.end(answer)));
  remotes.push(remote);
  return remote;
}

function fetchWith(limits: Partial<NetLimits> = {}): SafeFetch {
  const fetch = createTestFetch({
    limits: { maxBytes: 100_000, deadlineMs: 5_000, idleMs: 2_000, ...limits },
  });
  fetches.push(fetch);
  return fetch;
}

/** The outcome of the same URL by `request` and by `download`, as words; checks that failures leave no file. */
async function both(
  url: string,
  limits: Partial<NetLimits> = {},
  more: Partial<FetchRequest & DownloadRequest> = {},
): Promise<string[]> {
  const fetch = fetchWith(limits);
  const { maxBytes = 100_000, deadlineMs = 5_000, idleMs = 2_000 } = limits;
  const [request, download] = await Promise.all([
    fetch.request({ method: 'GET', url, ...more }),
    fetch.download({ url, toPath, maxBytes, deadlineMs, idleMs, ...more }),
  ]);
  expect(await readdir(folder)).toEqual(download.ok ? ['file'] : []);
  return [request, download].map((result) => (result.ok ? 'done' : result.reason));
}

describe('F5 slow answers', () => {
  test('a server that accepts and says nothing is left after the idle time', async () => {
    const remote = await serveRaw('', true);
    expect(await both(remote.url('/'), { idleMs: 50 })).toEqual(['timeout', 'timeout']);
  });

  test('a body that stops half way is left after the idle time', async () => {
    const remote = await serveRaw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', true);
    expect(await both(remote.url('/'), { idleMs: 50 })).toEqual(['timeout', 'timeout']);
  });

  test('a body that drips for ever is left at the deadline, though it is never idle', async () => {
    const drips: NodeJS.Timeout[] = [];
    const remote = await serve((_request, response) => {
      drips.push(setInterval(() => response.write('.'), 5));
    });
    expect(await both(remote.url('/'), { deadlineMs: 100 })).toEqual(['timeout', 'timeout']);
    drips.forEach(clearInterval);
  });

  test('the deadline spans all redirects', async () => {
    const remote = await serve((request, response) => {
      if (request.path === '/') response.writeHead(302, { location: '/stuck' }).end();
    });
    // Long enough to be led on at once, on a busy machine too.
    const limits = { ...patient, deadlineMs: 1_500 };
    expect(await both(remote.url('/'), limits)).toEqual(['timeout', 'timeout']);
    expect(remote.seen.map((one) => one.path).sort()).toEqual(['/', '/', '/stuck', '/stuck']);
  });

  test('the caller can give up', async () => {
    const remote = await serveRaw('', true);
    const signal = AbortSignal.abort();
    expect(await both(remote.url('/'), {}, { signal })).toEqual(['aborted', 'aborted']);
    const controller = new AbortController();
    const running = fetchWith().request({ method: 'GET', url: remote.url('/'), signal: controller.signal });
    controller.abort();
    expect(await running).toMatchObject({ ok: false, reason: 'aborted' });
  });

  test('one slow host holds back its own callers and nobody else', async () => {
    const stuck = await serveRaw('', true);
    const lively = await startRemote('127.0.0.3', (_request, response) => response.end('here'));
    remotes.push(lively);
    const fetch = fetchWith({ ...patient, requestsPerHost: 2, requestsInFlight: 3 });
    const controller = new AbortController();
    const { signal } = controller;
    const ask = () => fetch.request({ method: 'GET', url: stuck.url('/'), signal });
    const waiting = Array.from({ length: 20 }, ask);
    expect(await fetch.request({ method: 'GET', url: lively.url('/') })).toMatchObject({ ok: true });
    await expect.poll(() => stuck.seen.length).toBe(2);
    controller.abort();
    const outcomes = await Promise.all(waiting);
    expect(outcomes.map((one) => one.ok || one.reason)).toEqual(Array(20).fill('aborted'));
    expect(stuck.seen.length).toBe(2);
  });
});

describe('F5 large answers', () => {
  test('an announced length over the cap is refused, one at the cap is read', async () => {
    const remote = await serve((request, response) =>
      response.end('x'.repeat(Number(request.path.slice(1)))),
    );
    expect(await both(remote.url('/1001'), { maxBytes: 1_000 })).toEqual(['too-large', 'too-large']);
    expect(await both(remote.url('/1000'), { maxBytes: 1_000 })).toEqual(['done', 'done']);
  });

  test('an announced length over the cap is refused before the body comes', async () => {
    const remote = await serveRaw('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n', true);
    expect(await both(remote.url('/'))).toEqual(['too-large', 'too-large']);
  });

  test('an endless body is cut at the cap', async () => {
    const remote = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    expect(await both(remote.url('/'))).toEqual(['too-large', 'too-large']);
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('a %s bomb is cut at the cap of what it unpacks to', async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(64 * 1024 * 1024));
    const remote = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb);
    });
    expect(await both(remote.url('/'), { maxBytes: 1024 * 1024 })).toEqual(['too-large', 'bad-response']);
  });

  test('endless headers are cut', async () => {
    const remote = await serveRaw(`HTTP/1.1 200 OK\r\n${'X-Filler: y\r\n'.repeat(5_000)}`, true);
    expect(await both(remote.url('/'))).toEqual(['bad-response', 'bad-response']);
  });
});

describe('F5 broken answers', () => {
  test.each([
    ['a length longer than the body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    [
      'length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    ],
    ['a body that ends within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello'],
    ['an unknown packing', 'HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 5\r\n\r\nhello'],
    ['two packings', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 5\r\n\r\nhello'],
    ['a false packing', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello'],
    ['something else than HTTP', '-ERR unknown command\r\n'],
  ])('%s', async (_name, answer) => {
    const remote = await serveRaw(answer);
    expect(await both(remote.url('/'))).toEqual(['bad-response', 'bad-response']);
  });

  test('a connection closed without an answer, or never opened', async () => {
    const remote = await serveRaw('');
    expect(await both(remote.url('/'))).toEqual(['connection-failed', 'connection-failed']);
    await remote.close();
    expect(await both(remote.url('/'))).toEqual(['connection-failed', 'connection-failed']);
  });
});

describe('request', () => {
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('unpacks %s', async (encoding, pack) => {
    const remote = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(pack('{"a":1}'));
    });
    const result = await fetchWith().request({ method: 'GET', url: remote.url('/') });
    expect(result.ok && result.body.toString()).toBe('{"a":1}');
  });

  test('reads no body for HEAD and for deliveries, whatever its length', async () => {
    const remote = await serve((_request, response) => {
      response.writeHead(202, { 'content-length': 500_000 }).end('x'.repeat(500_000));
    });
    const fetch = fetchWith();
    const head = await fetch.request({ method: 'HEAD', url: remote.url('/') });
    const post = await fetch.request({
      method: 'POST',
      url: remote.url('/'),
      body: 'activity',
      discardBody: true,
    });
    for (const result of [head, post])
      expect(result).toMatchObject({ ok: true, status: 202, body: Buffer.alloc(0) });
    expect(remote.seen[1]?.body.toString()).toBe('activity');
  });

  test('reuses connections after an answer was read or left', async () => {
    const ports: (number | undefined)[] = [];
    const remote = await serve((_request, response) => {
      ports.push(response.socket?.remotePort);
      response.end('here');
    });
    const fetch = fetchWith();
    for (let turn = 0; turn < 5; turn += 1) {
      await fetch.request({ method: 'GET', url: remote.url('/') });
      await fetch.request({ method: 'POST', url: remote.url('/'), body: 'a', discardBody: true });
    }
    // undici alternates between two connections, because one is still settling when the next request starts.
    expect(new Set(ports).size).toBeLessThanOrEqual(2);
  });

  test('closes connections after use when enough are kept', async () => {
    const ports: (number | undefined)[] = [];
    const remote = await serve((_request, response) => {
      ports.push(response.socket?.remotePort);
      response.end('here');
    });
    const fetch = fetchWith({ keptConnections: 0 });
    await fetch.request({ method: 'GET', url: remote.url('/') });
    await fetch.request({ method: 'GET', url: remote.url('/') });
    expect(new Set(ports).size).toBe(2);
    expect(remote.seen[0]?.headers.connection).toBe('close');
  });

  test('ends with "aborted" when the layer is closed under it', async () => {
    const remote = await serveRaw('', true);
    const fetch = fetchWith(patient);
    const running = fetch.request({ method: 'GET', url: remote.url('/') });
    await expect.poll(() => remote.seen.length).toBe(1);
    await fetch.close();
    expect(await running).toMatchObject({ ok: false, reason: 'aborted' });
  });
});

describe('download', () => {
  test('streams to a private file and reports progress', async () => {
    const content = Buffer.alloc(90_000, 'v');
    const remote = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': content.length }).end(content);
    });
    const progress: [number, number | undefined][] = [];
    const result = await fetchWith().download({
      url: remote.url('/v.mp4'),
      toPath,
      maxBytes: 100_000,
      deadlineMs: 5_000,
      idleMs: 1_000,
      onProgress: (...step) => progress.push(step),
    });
    expect(result).toMatchObject({ ok: true, bytes: 90_000, contentType: 'video/mp4' });
    expect(progress.at(-1)).toEqual([90_000, 90_000]);
    expect((await readFile(toPath)).equals(content)).toBe(true);
    expect((await stat(toPath)).mode & 0o777).toBe(0o600);
    expect(remote.seen[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('tells the status of an error and writes nothing', async () => {
    const remote = await serve((_request, response) => response.writeHead(410).end('gone'));
    const download = { url: remote.url('/'), toPath, maxBytes: 100, deadlineMs: 5_000, idleMs: 1_000 };
    expect(await fetchWith().download(download)).toMatchObject({
      ok: false,
      reason: 'bad-response',
      status: 410,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('hangs up on an error that goes on for ever', async () => {
    let isClosed = false;
    const remote = await serve((_request, response) => {
      response.on('close', () => {
        isClosed = true;
      });
      response.writeHead(500).write('sorry');
    });
    const download = { url: remote.url('/'), toPath, maxBytes: 100, ...patient };
    expect(await fetchWith(patient).download(download)).toMatchObject({ ok: false, status: 500 });
    await expect.poll(() => isClosed).toBe(true);
  });

  test('never touches a file that exists, nor hides trouble with the disk', async () => {
    const remote = await serve((_request, response) => response.end('new'));
    await writeFile(toPath, 'old');
    const download = { url: remote.url('/'), toPath, maxBytes: 100, deadlineMs: 5_000, idleMs: 1_000 };
    await expect(fetchWith().download(download)).rejects.toThrow('EEXIST');
    expect(await readFile(toPath, 'utf8')).toBe('old');
    await expect(fetchWith().download({ ...download, toPath: join(folder, 'no/such') })).rejects.toThrow(
      'ENOENT',
    );
  });

  describe('of a range', () => {
    const download = (remote: Remote, range: { start: number; length: number }) =>
      fetchWith().download({
        ...{ url: remote.url('/'), toPath, maxBytes: 100, deadlineMs: 5_000, idleMs: 1_000, range },
      });

    test('asks for these bytes, and takes them', async () => {
      const remote = await serve((_request, response) =>
        response.writeHead(206, { 'content-range': 'bytes 3-6/10' }).end('3456'),
      );
      expect(await download(remote, { start: 3, length: 4 })).toMatchObject({ ok: true, bytes: 4 });
      expect(await readFile(toPath, 'utf8')).toBe('3456');
      expect(remote.seen[0]?.headers.range).toBe('bytes=3-6');
    });

    test('still asks for them after a redirect', async () => {
      const remote = await serve(({ path, headers }, response) => {
        if (path === '/') response.writeHead(302, { location: '/there' }).end();
        else
          response.writeHead(206, { 'content-range': `${headers.range?.replace('=', ' ')}/*` }).end('3456');
      });
      expect(await download(remote, { start: 3, length: 4 })).toMatchObject({ ok: true });
    });

    test.each<[string, number, string | undefined, string]>([
      ['the whole file', 200, undefined, '0123456789'],
      ['the whole file, called by the range', 200, 'bytes 3-6/10', '3456'],
      ['no word on which bytes', 206, undefined, '3456'],
      ['other bytes', 206, 'bytes 2-5/10', '2345'],
      ['fewer than announced', 206, 'bytes 3-6/10', '345'],
      ['more than announced', 206, 'bytes 3-6/10', '34567'],
      ['a shorter range', 206, 'bytes 3-5/10', '345'],
      ['a range in another unit', 206, 'lines 3-6/10', '3456'],
      ['nothing of it', 416, 'bytes */2', ''],
    ])('refuses %s', async (_name, status, contentRange, body) => {
      const remote = await serve((_request, response) => {
        response.writeHead(status, { ...(contentRange !== undefined && { 'content-range': contentRange }) });
        response.end(body);
      });
      const outcome = await download(remote, { start: 3, length: 4 });
      expect(outcome).toMatchObject({ ok: false, reason: 'bad-response' });
      expect(await readdir(folder)).toEqual([]);
    });
  });
});
