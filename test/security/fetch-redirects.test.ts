import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { type Canary, startCanary } from '../helpers/canary.ts';
import { createTestFetch, EVIL, HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';

let canary: Canary;
let folder: string;
let honest: Remote;
let evil: Remote;
let fetch: SafeFetch;

beforeAll(async () => {
  canary = await startCanary();
  folder = await mkdtemp(join(tmpdir(), 'vireo-fetch-'));
});
afterAll(async () => {
  await canary.close();
  await rm(folder, { recursive: true });
});

/** `/to?<status>,<location>` redirects; `/count/<n>` leads to n-1; everything else answers 200. */
beforeEach(async () => {
  const handler: Parameters<typeof startRemote>[1] = (request, response) => {
    const url = new URL(request.path, 'http://remote');
    const count = /^\/count\/(\d+)$/.exec(url.pathname);
    if (url.pathname === '/to') {
      const [status, location] = decodeURIComponent(url.search.slice(1)).split(/,(.*)/s);
      response.writeHead(Number(status), { location }).end('moved');
    } else if (count && Number(count[1]) > 0)
      response.writeHead(302, { location: `/count/${Number(count[1]) - 1}` }).end();
    else response.end('arrived');
  };
  honest = await startRemote(HONEST, handler);
  evil = await startRemote(EVIL, handler);
  fetch = createTestFetch({ limits: { maxRedirects: 3, ports: [80, 443, canary.port] } });
});
afterEach(async () => {
  await fetch.close();
  await honest.close();
  await evil.close();
  expect(canary.hits).toEqual([]);
  for (const file of await readdir(folder)) await rm(join(folder, file));
});

const to = (location: string, status = 302) =>
  honest.url(`/to?${encodeURIComponent(`${status},${location}`)}`);

async function reasons(url: string): Promise<string[]> {
  const request = await fetch.request({ method: 'GET', url });
  const download = await fetch.download({
    url,
    toPath: join(folder, 'file'),
    maxBytes: 1000,
    deadlineMs: 5000,
    idleMs: 1000,
  });
  return [request, download].map((result) => (result.ok ? 'reached' : result.reason));
}

describe('F3 redirects', () => {
  test.each([
    ['https://127.0.0.1:PORT/', 'blocked-address'],
    ['https://127.0.0.9:PORT/', 'blocked-address'],
    ['https://[::1]:PORT/', 'blocked-address'],
    ['https://[::ffff:7f00:1]:PORT/', 'blocked-address'],
    ['https://2130706433:PORT/', 'blocked-address'],
    ['http://127.0.0.1:PORT/', 'blocked-url'],
    ['//127.0.0.1:PORT/', 'blocked-url'],
    ['http://peer.example/', 'blocked-url'],
    ['file:///etc/hostname', 'blocked-url'],
    ['data:text/plain,hello', 'blocked-url'],
    ['gopher://127.0.0.1:PORT/_FLUSHALL', 'blocked-url'],
    ['https://user:secret@peer.example/', 'blocked-url'],
    ['https://peer.example:6379/', 'blocked-url'],
    ['https://', 'blocked-url'],
  ])('to %s are refused', async (location, reason) => {
    const url = to(location.replace('PORT', String(canary.port)));
    expect(await reasons(url)).toEqual([reason, reason]);
  });

  test('within the cap are followed, and the answer tells where it came from', async () => {
    const result = await fetch.request({ method: 'GET', url: honest.url('/count/3#part') });
    expect(result).toMatchObject({ ok: true, status: 200, body: Buffer.from('arrived') });
    expect(result.ok && result.finalUrl.href).toBe(honest.url('/count/0'));
  });

  test('beyond the cap and in circles are given up', async () => {
    expect(await reasons(honest.url('/count/4'))).toEqual(['too-many-redirects', 'too-many-redirects']);
    const before = honest.seen.length;
    const loop = await startRemote(HONEST, (request, response) => {
      response.writeHead(302, { location: request.path }).end();
    });
    expect(await reasons(loop.url('/again'))).toEqual(['too-many-redirects', 'too-many-redirects']);
    expect(loop.seen.length).toBe(8);
    expect(honest.seen.length).toBe(before);
    await loop.close();
  });

  test('never carry credentials to the next hop', async () => {
    const headers = {
      Signature: 'keyId="a"',
      'Signature-Input': 'sig1=()',
      Authorization: 'Bearer secret',
      Cookie: 'session=1',
      Date: new Date().toUTCString(),
      'X-Kept': 'yes',
    };
    const result = await fetch.request({ method: 'GET', url: to(evil.url('/landing')), headers });
    expect(result.ok).toBe(true);
    expect(honest.seen[0]?.headers).toMatchObject({ signature: 'keyId="a"', authorization: 'Bearer secret' });
    const landed = evil.seen[0]?.headers ?? {};
    expect(landed['x-kept']).toBe('yes');
    for (const name of ['signature', 'signature-input', 'authorization', 'cookie', 'date']) {
      expect(landed[name], name).toBeUndefined();
    }
  });

  test('are signed anew by the caller, for each hop', async () => {
    const asked: string[] = [];
    const result = await fetch.request({
      method: 'GET',
      url: honest.url('/count/2'),
      headers: { Signature: 'for the first hop' },
      accept: 'application/json',
      onRedirect: (next) => {
        asked.push(next.pathname);
        return { Signature: `for ${next.pathname}` };
      },
    });
    expect(result.ok).toBe(true);
    expect(asked).toEqual(['/count/1', '/count/0']);
    expect(honest.seen.map((request) => request.headers.signature)).toEqual([
      'for the first hop',
      'for /count/1',
      'for /count/0',
    ]);
    expect(honest.seen.map((request) => request.headers.accept)).toEqual(Array(3).fill('application/json'));
  });

  test('to another origin stop before the first byte when the caller says so', async () => {
    const stays = await fetch.request({ method: 'GET', url: honest.url('/count/1'), sameOriginOnly: true });
    const leaves = await fetch.request({
      method: 'GET',
      url: to(evil.url('/landing')),
      sameOriginOnly: true,
    });
    expect(stays.ok).toBe(true);
    expect(leaves).toMatchObject({ ok: false, reason: 'blocked-url' });
    expect(evil.seen).toEqual([]);
  });

  test.each([301, 302, 303])('of a POST with status %i are answers, not orders', async (status) => {
    const result = await fetch.request({
      method: 'POST',
      url: to(evil.url('/landing'), status),
      body: 'activity',
    });
    expect(result).toMatchObject({ ok: true, status });
    expect(evil.seen).toEqual([]);
  });

  test.each([307, 308])('of a POST with status %i repeat method and body', async (status) => {
    const result = await fetch.request({
      method: 'POST',
      url: to(evil.url('/landing'), status),
      body: 'activity',
    });
    expect(result).toMatchObject({ ok: true, status: 200 });
    expect(evil.seen[0]).toMatchObject({ method: 'POST', body: Buffer.from('activity') });
  });
});
