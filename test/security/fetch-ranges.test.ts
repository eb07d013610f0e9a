import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { type Canary, startCanary } from '../helpers/canary.ts';
import { type RemoteFile, serveFiles } from '../helpers/remote-files.ts';
import { createTestFetch, HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';

/** Parts of files that are read into memory (security.md F1 to F5). */

const files = new Map<string, RemoteFile>();
let remote: Remote;
let canary: Canary;
let fetch: SafeFetch;

beforeEach(async () => {
  files.clear();
  remote = await startRemote(HONEST, serveFiles(files));
  canary = await startCanary();
  fetch = createTestFetch();
});
afterEach(async () => {
  expect(canary.hits).toEqual([]);
  await Promise.all([fetch.close(), remote.close(), canary.close()]);
});

const read = (path: string, start = 3, length = 4, signal?: AbortSignal) =>
  fetch.readRange({
    ...{ url: remote.url(path), range: { start, length } },
    // However busy the machine is while an answer is held back.
    ...{ deadlineMs: 60_000, idleMs: 60_000 },
    ...(signal && { signal }),
  });

test('a part comes with the size of the whole, and the last one is as long as it is', async () => {
  files.set('/file', '0123456789');
  expect(await read('/file')).toMatchObject({ ok: true, body: Buffer.from('3456'), total: 10, version: '' });
  expect(await read('/file', 8)).toMatchObject({ ok: true, body: Buffer.from('89'), total: 10 });
  expect(await read('/file', 10)).toMatchObject({ ok: false, reason: 'bad-response', status: 416 });
  expect(remote.seen.map(({ headers }) => headers.range)).toEqual(['bytes=3-6', 'bytes=8-11', 'bytes=10-13']);
  expect(remote.seen[0]?.headers['accept-encoding']).toBe('identity');
});

test('versions of a file are told apart by its tag, else by its time', async () => {
  const answer = (headers: Record<string, string>): RemoteFile => {
    return (_request, response) =>
      response.writeHead(206, { 'content-range': 'bytes 3-6/10', ...headers }).end('3456');
  };
  const times = { 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' };
  files.set('/tag', answer({ etag: '"a"', ...times })).set('/time', answer(times));
  expect(await read('/tag')).toMatchObject({ version: '"a"' });
  expect(await read('/time')).toMatchObject({ version: times['last-modified'] });
});

test.each<[string, number, Record<string, string>, string | Buffer]>([
  ['the whole file', 200, {}, '0123456789'],
  ['the whole file, called by the range', 200, { 'content-range': 'bytes 3-6/10' }, '3456'],
  ['no word on which bytes', 206, {}, '3456'],
  ['no word on the size', 206, { 'content-range': 'bytes 3-6/*' }, '3456'],
  ['other bytes', 206, { 'content-range': 'bytes 2-5/10' }, '2345'],
  ['bytes before them too', 206, { 'content-range': 'bytes 2-6/10' }, '23456'],
  ['fewer than announced', 206, { 'content-range': 'bytes 3-6/10' }, '345'],
  ['fewer than there are', 206, { 'content-range': 'bytes 3-5/10' }, '345'],
  ['more than there are', 206, { 'content-range': 'bytes 3-6/5' }, '3456'],
  ['several parts', 206, { 'content-type': 'multipart/byteranges; boundary=x' }, '--x'],
  ['a packed part', 206, { 'content-range': 'bytes 3-6/10', 'content-encoding': 'gzip' }, gzipSync('3456')],
])('%s in its place is refused', async (_name, status, headers, body) => {
  files.set('/file', (_request, response) => response.writeHead(status, headers).end(body));
  expect(await read('/file')).toMatchObject({ ok: false, reason: 'bad-response' });
});

test('no more than the part is read of an answer without end', async () => {
  let sent = 0;
  files.set('/file', (_request, response) => {
    response.writeHead(206, { 'content-range': 'bytes 3-6/10' });
    const more = () => {
      while (!response.destroyed) {
        sent += 65_536;
        if (!response.write(Buffer.alloc(65_536))) break;
      }
    };
    response.on('drain', more);
    more();
  });
  expect(await read('/file')).toMatchObject({ ok: false, reason: 'too-large' });
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

describe('what leads elsewhere', () => {
  test('is followed with the range, but to no private address', async () => {
    files.set('/moved', (_request, response) => response.writeHead(302, { location: '/file' }).end());
    files.set('/file', '0123456789');
    expect(await read('/moved')).toMatchObject({ ok: true, total: 10 });
    expect(remote.seen.at(-1)?.headers.range).toBe('bytes=3-6');
    files.set('/away', (_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${canary.port}/` }).end(),
    );
    expect(await read('/away')).toMatchObject({ ok: false, reason: expect.stringMatching(/^blocked-/) });
  });

  test('is given up with the request', async () => {
    const controller = new AbortController();
    files.set('/held', () => controller.abort());
    expect(await read('/held', 0, 1, controller.signal)).toMatchObject({ ok: false, reason: 'aborted' });
  });
});

test('no more than the share of a host is asked of it at once', async () => {
  await fetch.close();
  fetch = createTestFetch({ limits: { rangesPerHost: 2 } });
  const held: (() => void)[] = [];
  files.set('/held', (_request, response) =>
    held.push(() => response.writeHead(206, { 'content-range': 'bytes 3-6/10' }).end('3456')),
  );
  const all = Promise.all([1, 2, 3, 4].map(() => read('/held')));
  await expect.poll(() => held.length).toBe(2);
  expect(remote.seen).toHaveLength(2);
  held[0]?.();
  await expect.poll(() => held.length).toBe(3);
  held[1]?.();
  await expect.poll(() => held.length).toBe(4);
  held[2]?.();
  held[3]?.();
  expect((await all).map(({ ok }) => ok)).toEqual([true, true, true, true]);
});
