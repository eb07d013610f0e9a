import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { type Canary, startCanary } from '../helpers/canary.ts';
import { createTestFetch, HONEST, type Remote, startRawRemote, startRemote } from '../helpers/remote-http.ts';

let canary: Canary;
let folder: string;
const open: SafeFetch[] = [];

beforeAll(async () => {
  canary = await startCanary();
  folder = await mkdtemp(join(tmpdir(), 'vireo-fetch-'));
});
afterAll(async () => {
  await canary.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((fetch) => fetch.close()));
  expect(canary.hits).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

function fetchWith(options: Parameters<typeof createTestFetch>[0]): SafeFetch {
  const fetch = createTestFetch(options);
  open.push(fetch);
  return fetch;
}

/** Asks for one URL in both ways the layer has, and returns the two reasons. */
async function bothReasons(fetch: SafeFetch, url: string): Promise<string[]> {
  const request = await fetch.request({ method: 'GET', url });
  const toPath = join(folder, 'file');
  const download = await fetch.download({ url, toPath, maxBytes: 1000, deadlineMs: 2000, idleMs: 1000 });
  return [request, download].map((result) => (result.ok ? 'reached' : result.reason));
}

const LITERALS = [
  ...[
    '127.0.0.1',
    '127.0.0.9',
    '127.1',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '2130706433',
    '127.0.0.01',
  ],
  ...['0.0.0.0', '0', '10.0.0.1', '100.64.0.1', '169.254.169.254', '172.16.0.1', '192.168.0.1', '192.0.0.8'],
  ...['192.0.2.1', '192.88.99.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1'],
  ...[
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[::7f00:1]',
  ],
  ...['[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[2001::1]', '[fe80::1]', '[fc00::1]'],
  ...[
    '[fd12::1]',
    '[fec0::1]',
    '[100::1]',
    '[2001:db8::1]',
    '[3fff::1]',
    '[5f00::1]',
    '[ff02::1]',
    '[2001:20::1]',
  ],
];

describe('F1 literal addresses', () => {
  test.each(LITERALS)('https://%s is refused without a connection', async (host) => {
    const fetch = fetchWith({ limits: { ports: [443, canary.port] } });
    expect(await bothReasons(fetch, `https://${host}/`)).toEqual(['blocked-address', 'blocked-address']);
    expect(await bothReasons(fetch, `https://${host}:${canary.port}/`)).toEqual([
      'blocked-address',
      'blocked-address',
    ]);
  });

  test('a listed private address is reached, its neighbour is not', async () => {
    const remote = await startRemote(HONEST, (_request, response) => response.end('here'));
    const fetch = fetchWith({ allowedPrivate: [HONEST] });
    expect(await bothReasons(fetch, remote.url('/'))).toEqual(['reached', 'reached']);
    expect(await bothReasons(fetch, `http://127.0.0.9:${canary.port}/`)).toEqual([
      'blocked-url',
      'blocked-url',
    ]);
    await rm(join(folder, 'file'));
    await remote.close();
  });
});

describe('F2 names', () => {
  const name = 'peer.example';
  const url = () => `https://${name}:${canary.port}/`;
  /** Listens where the canary listens, on the one address that is allowed. */
  const startAllowed = () => startRawRemote(HONEST, (socket) => socket.destroy(), canary.port);

  async function askTwice(remote: Remote, answers: readonly (readonly string[])[]): Promise<string[]> {
    let calls = 0;
    const resolve = async () => answers[calls++] ?? [];
    const fetch = fetchWith({ allowedPrivate: [HONEST], limits: { ports: [canary.port] }, resolve });
    const reasons: string[] = [];
    for (const _ of answers) {
      const result = await fetch.request({ method: 'GET', url: url() });
      reasons.push(result.ok ? 'reached' : result.reason);
    }
    await remote.close();
    expect(calls).toBe(answers.length);
    return reasons;
  }

  test.each([
    ['127.0.0.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['10.0.0.1'],
    ['169.254.169.254'],
    ['64:ff9b::7f00:1'],
    ['not an address'],
  ])('that lead to %s are refused', async (address) => {
    const fetch = fetchWith({ limits: { ports: [canary.port] }, resolve: async () => [address] });
    expect(await bothReasons(fetch, url())).toEqual(['blocked-address', 'blocked-address']);
  });

  test('with no address fail to connect', async () => {
    expect(await bothReasons(fetchWith({ limits: { ports: [canary.port] } }), url())).toEqual([
      'connection-failed',
      'connection-failed',
    ]);
  });

  test('a name that answers an allowed address, then a private one, reaches only the first', async () => {
    const remote = await startAllowed();
    expect(await askTwice(remote, [[HONEST], ['127.0.0.1']])).toEqual([
      'connection-failed',
      'blocked-address',
    ]);
    expect(remote.seen.length).toBe(1);
  });

  test('private answers among allowed ones are never tried', async () => {
    const remote = await startAllowed();
    expect(await askTwice(remote, [['127.0.0.1', '::1', HONEST, '127.0.0.9']])).toEqual([
      'connection-failed',
    ]);
    expect(remote.seen.length).toBe(1);
  });
});

describe('F4 ports and user names', () => {
  test.each([22, 25, 5432, 6379, 9000, 8443, 1])('port %i of a public host is refused', async (port) => {
    const resolve = async () => expect.unreachable('nothing is looked up');
    const url = `https://peer.example:${port}/`;
    expect(await bothReasons(fetchWith({ resolve }), url)).toEqual(['blocked-url', 'blocked-url']);
  });

  test.each([
    'https://user@peer.example/',
    'https://user:secret@peer.example/',
    'https://:secret@peer.example/',
    'http://peer.example/',
    'https://peer.example./',
    'ftp://peer.example/',
    'file:///etc/hostname',
    'data:application/activity+json,{}',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    'unix:/run/redis.sock',
    'https://',
    'peer.example',
    '//peer.example/',
    '',
    `https://peer.example/${'a'.repeat(3000)}`,
  ])('%s is refused', async (url) => {
    expect(await bothReasons(fetchWith({}), url)).toEqual(['blocked-url', 'blocked-url']);
  });

  test('line breaks in a path cannot smuggle a second command', async () => {
    const remote = await startRawRemote(HONEST, (socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
    const path = '/\r\nSET key value\r\n/%0d%0aFLUSHALL';
    const result = await fetchWith({}).request({ method: 'GET', url: remote.url(path) });
    expect(result).toMatchObject({ ok: true, status: 204 });
    const lines = remote.seen[0]?.body.toString().split('\r\n') ?? [];
    expect(lines[0]).toBe('GET /SET%20key%20value/%0d%0aFLUSHALL HTTP/1.1');
    expect(lines.filter((line) => /^(SET|FLUSHALL)/.test(line))).toEqual([]);
    await remote.close();
  });

  test('a Host header of the caller never goes out', async () => {
    const remote = await startRemote(HONEST, (_request, response) => response.end());
    await fetchWith({}).request({
      method: 'GET',
      url: remote.url('/'),
      headers: { Host: 'peer.example', 'User-Agent': 'x' },
    });
    expect(remote.seen[0]?.headers).toMatchObject({ host: remote.host, 'user-agent': 'Vireo/test' });
    await remote.close();
  });
});
