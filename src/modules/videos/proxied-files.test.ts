import { beforeEach, describe, expect, test } from 'vitest';
import { proxyLimits } from '../../../config/media-limits.ts';
import type { DownloadFailure, RangeRequest, SafeFetch } from '../../lib/net/safe-fetch.ts';
import { fail, ok } from '../../lib/result.ts';
import { createProxiedFiles, type ProxiedFile } from './proxied-files.ts';

const { chunkBytes, overheadBytes } = proxyLimits;
const url = 'https://far.test/clip';
const { signal } = new AbortController();

let now = 0;
let bytes: Buffer;
let version: string;
let finalUrl: string;
/** Answers in place of the file. */
let failure: DownloadFailure | null;
let asked: RangeRequest[];
/** Fetches wait for this. */
let gate: Promise<void>;
let refused: string[];

function clip(size: number): Buffer {
  const made = Buffer.alloc(size, 7);
  made.write('\0\0\0\x18ftypisom', 'latin1');
  return made;
}

const readRange: SafeFetch['readRange'] = async (request) => {
  asked.push(request);
  const { start, length } = request.range;
  await gate;
  if (request.signal?.aborted) return fail('aborted');
  if (failure) return failure;
  if (start >= bytes.length) return { ...fail('bad-response'), status: 416 };
  const body = bytes.subarray(start, start + length);
  return ok({ body, total: bytes.length, version, finalUrl: new URL(finalUrl) });
};

const create = ({ maxBytes = 100 * chunkBytes, ...more }: { cacheBytes?: number; maxBytes?: number } = {}) =>
  createProxiedFiles({
    ...{ fetch: { readRange }, clock: { now: () => now }, remote: { maxBytes } },
    mediaRefusal: async (hosts) => (hosts.some((host) => refused.includes(host)) ? 'domain-suspended' : null),
    ...more,
  });

async function fileOf(files: ReturnType<typeof create>, at = url): Promise<ProxiedFile> {
  const found = await files.file(at, signal);
  if (!found.ok) throw new Error(found.reason);
  return found.file;
}

const places = () => asked.map(({ range }) => range.start / chunkBytes);

beforeEach(() => {
  now = 0;
  bytes = clip(2 * chunkBytes + 10);
  version = '"a"';
  finalUrl = url;
  failure = null;
  asked = [];
  gate = Promise.resolve();
  refused = [];
});

describe('chunks', () => {
  test('are fetched once, whoever asks meanwhile, and only those that are asked for', async () => {
    const files = create();
    const found = await Promise.all(Array.from({ length: 9 }, () => fileOf(files)));
    expect(new Set(found.map(({ id }) => id)).size).toBe(1);
    const [file] = found as [ProxiedFile];
    expect(file).toMatchObject({ size: bytes.length, type: 'video/mp4' });
    const got = await Promise.all(Array.from({ length: 9 }, () => files.chunk(file, 2, signal)));
    for (const one of got) expect(one).toEqual(ok({ chunk: bytes.subarray(2 * chunkBytes) }));
    await files.chunk(file, 0, signal);
    await files.chunk(file, 2, signal);
    expect(places()).toEqual([0, 2]);
  });

  test('of more than may be held push out those that were not used', async () => {
    const files = create({ cacheBytes: 2 * (chunkBytes + overheadBytes) });
    const file = await fileOf(files);
    for (const at of [1, 0, 2, 0, 1]) {
      await files.chunk(file, at, signal);
      expect(files.heldBytes()).toBeLessThanOrEqual(2 * (chunkBytes + overheadBytes));
    }
    expect(places()).toEqual([0, 1, 2, 1]);
  });

  test('are given up with the last who waits, and not before', async () => {
    const files = create();
    const file = await fileOf(files);
    gate = new Promise(() => undefined);
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map((one) => files.chunk(file, 1, one.signal));
    first.abort();
    expect(await waiting[0]).toMatchObject({ reason: 'left' });
    expect(asked.at(-1)?.signal?.aborted).toBe(false);
    second.abort();
    expect(await waiting[1]).toMatchObject({ reason: 'left' });
    expect(asked.at(-1)?.signal?.aborted).toBe(true);
  });

  test.each<[string, () => void]>([
    ['another tag', () => (version = '"b"')],
    ['another size', () => (bytes = clip(2 * chunkBytes + 11))],
    ['an end before them', () => (bytes = clip(chunkBytes))],
  ])('of a file that has %s now are of no use, nor are those held', async (_name, change) => {
    const files = create();
    const file = await fileOf(files);
    await files.chunk(file, 1, signal);
    change();
    expect(await files.chunk(file, 2, signal)).toMatchObject({ ok: false, reason: 'origin-failed' });
    expect(files.heldBytes()).toBe(0);
    const anew = await fileOf(files);
    expect(anew.etag).not.toBe(file.etag);
    expect(anew.size).toBe(bytes.length);
    // What comes late of the old one is not held.
    version = '"a"';
    bytes = clip(2 * chunkBytes + 10);
    const held = files.heldBytes();
    await files.chunk(file, 2, signal);
    expect(files.heldBytes()).toBe(held);
  });
});

describe('a file', () => {
  test('is asked for anew after a while, and its chunks stay where it is the same', async () => {
    const files = create();
    const file = await fileOf(files);
    await files.chunk(file, 1, signal);
    now += proxyLimits.fileKeptMs;
    const again = await fileOf(files);
    expect(again).toMatchObject({ id: file.id, etag: file.etag });
    await files.chunk(again, 1, signal);
    expect(places()).toEqual([0, 1, 0]);
    now += proxyLimits.fileKeptMs;
    version = '"b"';
    const changed = await fileOf(files);
    expect(changed.etag).not.toBe(file.etag);
    await files.chunk(changed, 1, signal);
    expect(places()).toEqual([0, 1, 0, 0, 1]);
  });

  test.each<[string, DownloadFailure, string, number]>([
    ['gone', { ...fail('bad-response'), status: 410 }, 'not-found', 0],
    ['no longer given in parts', { ...fail('bad-response'), status: 200 }, 'origin-failed', 0],
    ['not to be reached', fail('connection-failed'), 'origin-failed', 1],
    ['slow', fail('timeout'), 'origin-timeout', 1],
    ['broken for now', { ...fail('bad-response'), status: 503 }, 'origin-failed', 1],
  ])('that is %s says so, and is forgotten where that lasts', async (_name, how, reason, left) => {
    const files = create();
    await fileOf(files);
    failure = how;
    now += proxyLimits.fileKeptMs;
    expect(await files.file(url, signal)).toMatchObject({ ok: false, reason });
    expect(files.heldBytes() > 0).toBe(left === 1);
  });

  test('is none where it is too large, or no video that browsers play', async () => {
    expect(await create({ maxBytes: bytes.length - 1 }).file(url, signal)).toMatchObject({ ok: false });
    expect(await create({ maxBytes: bytes.length }).file(url, signal)).toMatchObject({ ok: true });
    const files = create();
    bytes = Buffer.from('<html>');
    expect(await files.file(url, signal)).toMatchObject({ reason: 'origin-failed' });
    expect(files.heldBytes()).toBe(0);
  });

  test('is none where its address leads to a server that the staff decided against', async () => {
    refused = ['evil.test'];
    finalUrl = 'https://evil.test/clip';
    expect(await create().file(url, signal)).toMatchObject({ ok: false, reason: 'origin-failed' });
    finalUrl = 'https://good.test/clip';
    expect(await create().file(url, signal)).toMatchObject({ ok: true });
  });
});
