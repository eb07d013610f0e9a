import { type ClientRequest, request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RemoteVideoMode } from '../../config/env.ts';
import { mediaLimits, proxyLimits, servingLimits } from '../../config/media-limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { type Canary, startCanary } from '../helpers/canary.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { ask, type RawAnswer } from '../helpers/raw-http.ts';
import { type RemoteFile, serveFiles } from '../helpers/remote-files.ts';
import { EVIL, HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** The mode `proxy`: bytes of videos of other servers are passed on, and kept nowhere. */

const { chunkBytes } = proxyLimits;
const files = new Map<string, RemoteFile>();
const clip = Buffer.from(
  Uint8Array.from({ length: 2 * chunkBytes + 12_345 }, (_, at) => (at * 7 + (at >> 9)) % 251),
);
clip.write('\0\0\0\x18ftypisom', 'latin1');

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let remote: Remote;
let canary: Canary;
let alice: Person;
let carol: Account;
/** How far the server's clock is ahead, in ms. */
let ahead = 0;
let made = 0;
/** A path that no other test has used, so that nothing of it is in memory. */
let path: string;

beforeAll(async () => {
  server = await startTestServer({
    variables: {
      REMOTE_VIDEO: 'proxy',
      ALLOWED_PRIVATE_ADDRESSES: `${HONEST},${EVIL}`,
      REMOTE_VIDEO_MAX_MB: '4',
    },
    overrides: { clock: { now: () => Date.now() + ahead } },
  });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  canary = await startCanary();
  alice = await people.signedIn('alice');
});
afterAll(async () => {
  await server?.close();
  await canary?.close();
});
beforeEach(async () => {
  await server.context.inTx((tx) => tx.raw('truncate videos, jobs, follows, domain_policies cascade'));
  // What was known of another test's videos is no longer so.
  ahead += servingLimits.accessKeptMs;
  made += 1;
  carol = await people.remote(`carol${made}`);
  path = `/clip-${made}.mp4`;
  files.clear();
  files.set(path, clip);
  remote = await startRemote(HONEST, serveFiles(files));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await remote.close();
  expect(canary.hits).toEqual([]);
});

/** A remote video as its Create left it. */
async function discovered(url = remote.url(path), facts: object = {}): Promise<VideoId> {
  const id = await videos.video(carol, { assets: [], ...facts });
  await server.context.db('videos').where({ id }).update({ media_state: 'waiting', source_url: url });
  return id;
}

/** Runs the job that looks at its file, as a worker would. */
async function lookAt(id: VideoId, lastAttempt = true): Promise<string | null> {
  const { handlers, inTx, db } = server.context;
  const run = jobRun({ lastAttempt });
  const finish = await handlers['media.replicate']({ videoId: id }, run);
  if (finish) await inTx(finish);
  const row = await db('videos').where({ id }).first('media_state', 'media_reason');
  return `${row.media_state} ${row.media_reason}`;
}

async function proxied(url?: string, facts?: object): Promise<VideoId> {
  const id = await discovered(url, facts);
  await server.context.db('videos').where({ id }).update({ media_state: 'none', media_reason: 'proxied' });
  return id;
}

const setMode = (mode: RemoteVideoMode | null, domain = 'remote.test') => {
  const { inTx, instances } = server.context;
  return inTx((tx) => instances.setMediaMode(tx, domain, mode));
};
const get = (id: VideoId, headers: Record<string, string> = {}, method = 'GET'): Promise<RawAnswer> =>
  ask(server, `/proxy/${id}`, { headers, method });
const errorOf = ({ status, body }: RawAnswer) => `${status} ${JSON.parse(body.toString()).code}`;
const mediaOf = async (id: VideoId, as?: Person) => {
  const { body } = await client.get(`/api/v1/statuses/${id}`, as ? { as } : {});
  return body.media_attachments[0];
};
/** Those who have come as far as to ask for the file. */
const waiting = () => vi.spyOn(server.context.proxiedFiles, 'file');
/** A client that nothing has come to so far. */
function begin(id: VideoId, from = '127.0.0.1'): ClientRequest {
  const { host, port } = server.context.config.listen;
  const sent = request({
    host,
    port,
    path: `/proxy/${id}`,
    headers: { 'x-forwarded-for': from },
    agent: false,
  });
  sent.on('error', () => undefined).end();
  return sent;
}
const asked = () => remote.seen.map(({ path: at, headers }) => `${at} ${headers.range}`);
const chunk = (at: number) => `${path} bytes=${at * chunkBytes}-${(at + 1) * chunkBytes - 1}`;

async function storedKeys(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of server.context.storage.list('')) keys.push(key);
  return keys;
}

describe('the job that would copy it', () => {
  test('leaves a file that browsers play where it is, and the API gives its address here', async () => {
    const id = await discovered();
    await people.follow(alice.account, carol);
    expect(await lookAt(id)).toBe('none proxied');
    expect(asked()).toEqual([`${path} bytes=0-${mediaLimits.sniffBytes - 1}`]);
    const media = await mediaOf(id, alice);
    expect(media).toMatchObject({ url: `${server.origin}/proxy/${id}`, hls_url: null, processing: null });
    const played = await ask(server, new URL(media.url).pathname);
    expect(played.body.equals(clip)).toBe(true);
    expect(await storedKeys()).toEqual([]);
    expect(await server.context.db('video_assets')).toEqual([]);
    expect(await server.context.db('jobs').where({ name: 'media.replicate' })).toEqual([]);
  });

  test.each<[string, RemoteFile]>([
    ['is a playlist', '#EXTM3U\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n'],
    ['is no video', '<html>'],
    ['is given whole only', (_request, response) => response.writeHead(200).end(clip.subarray(0, 9_000))],
    [
      'is larger than may be fetched',
      (_request, response) =>
        response.writeHead(206, { 'content-range': 'bytes 0-4095/4194305' }).end(clip.subarray(0, 4_096)),
    ],
  ])('handles one that %s as in on-view', async (_name, file) => {
    files.set(path, file);
    const id = await discovered();
    await people.follow(alice.account, carol);
    expect(await lookAt(id)).toBe('waiting on-demand');
    expect((await mediaOf(id, alice)).url).toBeNull();
    // Opened now.
    expect(await server.context.db('jobs').where({ name: 'media.replicate' })).toHaveLength(1);
    expect((await get(id)).status).toBe(404);
  });

  test('tries again while its server is away, and gives up like a copy', async () => {
    const id = await discovered();
    files.set(path, (_request, response) => response.writeHead(503).end());
    await expect(lookAt(id, false)).rejects.toThrow('bad-response');
    expect(await lookAt(id)).toBe('failed bad-response');
  });

  test('finds out what is wanted where that changed while it ran', async () => {
    await setMode('on-view');
    const id = await discovered();
    const { handlers, inTx } = server.context;
    const run = jobRun({ lastAttempt: true });
    const finish = await handlers['media.replicate']({ videoId: id }, run);
    await setMode('proxy');
    expect(finish && (await inTx(finish))).toBeInstanceOf(Date);
    expect(await lookAt(id)).toBe('none proxied');
  });
});

describe('bytes', () => {
  const size = clip.length;
  test.each<[string, number, number]>([
    ['bytes=0-0', 0, 1],
    ['bytes=0-', 0, size],
    ['bytes=1-77', 1, 78],
    [`bytes=${chunkBytes - 1}-${chunkBytes}`, chunkBytes - 1, chunkBytes + 1],
    [`bytes=${chunkBytes + 13}-${2 * chunkBytes + 3}`, chunkBytes + 13, 2 * chunkBytes + 4],
    [`bytes=${chunkBytes}-${2 * chunkBytes - 1}`, chunkBytes, 2 * chunkBytes],
    ['bytes=-1', size - 1, size],
    ['bytes=-20000', size - 20_000, size],
    [`bytes=-${size + 9}`, 0, size],
    [`bytes=${size - 5}-${size + 100}`, size - 5, size],
  ])('%s are those of the file', async (range, start, end) => {
    const answer = await get(await proxied(), { range });
    expect(answer.status).toBe(206);
    expect(answer.headers).toMatchObject({
      'content-range': `bytes ${start}-${end - 1}/${size}`,
      'content-length': String(end - start),
    });
    expect(answer.body.equals(clip.subarray(start, end))).toBe(true);
  });

  test('come with our own words on them, whatever the other server says', async () => {
    files.set(path, (seen, response) => {
      response.setHeader('content-type', 'text/html').setHeader('set-cookie', 'a=b').setHeader('etag', '"x"');
      serveFiles(new Map([[path, clip]]))(seen, response);
    });
    const id = await proxied();
    const whole = await get(id);
    expect([whole.status, whole.body.equals(clip)]).toEqual([200, true]);
    expect(whole.headers).toMatchObject({
      ...{ 'content-type': 'video/mp4', 'content-length': String(size), 'accept-ranges': 'bytes' },
      ...{ 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'cross-origin' },
      ...{ 'access-control-allow-origin': '*', 'cache-control': 'private, max-age=60' },
      ...{ 'content-security-policy': "default-src 'none'; sandbox", 'x-accel-buffering': 'no' },
    });
    expect(whole.headers['set-cookie']).toBeUndefined();
    const head = await get(id, {}, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const { etag = '' } = head.headers;
    expect(head.headers).toMatchObject({ 'content-length': String(size), 'content-type': 'video/mp4' });
    expect((await get(id, { 'if-none-match': etag })).status).toBe(304);
    expect((await get(id, { range: 'bytes=1-2', 'if-range': etag })).status).toBe(206);
    expect((await get(id, { range: 'bytes=1-2', 'if-range': '"other"' })).status).toBe(200);
    const beyond = await get(id, { range: `bytes=${size}-` });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${size}`]);
    const preflight = await get(id, {}, 'OPTIONS');
    expect(preflight.headers['access-control-allow-headers']).toBe('Range');
    expect((await get(id, {}, 'POST')).status).toBe(404);
    // Of all this its server heard three times, and nothing of who asked.
    expect(asked()).toEqual([chunk(0), chunk(1), chunk(2)]);
    expect(Object.keys(remote.seen[0]?.headers ?? {}).sort()).toEqual(
      ['accept-encoding', 'connection', 'host', 'range', 'user-agent'].sort(),
    );
  });

  test('are fetched once, however many ask for them at the same time', async () => {
    const held: (() => void)[] = [];
    files.set(path, (seen, response) => held.push(() => serveFiles(new Map([[path, clip]]))(seen, response)));
    const id = await proxied();
    const came = waiting();
    const all = Promise.all(Array.from({ length: 12 }, () => get(id, { range: 'bytes=5-9' })));
    await expect.poll(() => came.mock.calls.length).toBe(12);
    await expect.poll(() => held.length).toBeGreaterThan(0);
    for (const go of held.splice(0)) go();
    for (const { status, body } of await all) {
      expect([status, body.equals(clip.subarray(5, 10))]).toEqual([206, true]);
    }
    expect(asked()).toEqual([chunk(0)]);
  });

  test('nobody waits for any more are not fetched on', async () => {
    let closed = 0;
    files.set(path, (_request, response) => response.on('close', () => (closed += 1)));
    const id = await proxied();
    const came = waiting();
    const first = begin(id);
    await expect.poll(() => remote.seen.length).toBe(1);
    const second = begin(id);
    await expect.poll(() => came.mock.calls.length).toBe(2);
    first.destroy();
    expect(await came.mock.results[0]?.value).toMatchObject({ reason: 'left' });
    expect(closed).toBe(0);
    second.destroy();
    await expect.poll(() => closed).toBe(1);
    expect(remote.seen).toHaveLength(1);
  });

  test('go to no more clients of one network at once than it may have', async () => {
    files.set(path, () => undefined);
    const id = await proxied();
    const came = waiting();
    const clients = Array.from({ length: proxyLimits.answersPerNetwork }, () => begin(id));
    await expect.poll(() => came.mock.calls.length).toBe(clients.length);
    const refused = await get(id);
    expect([errorOf(refused), refused.headers['retry-after']]).toEqual(['429 too-many-requests', '5']);
    const elsewhere = begin(id, '198.51.100.7');
    await expect.poll(() => came.mock.calls.length).toBe(clients.length + 1);
    elsewhere.destroy();
    for (const sent of clients) sent.destroy();
    files.set(path, clip);
    await expect.poll(async () => (await get(id, {}, 'HEAD')).status).toBe(200);
  });
});

test('nobody asks more often than is allowed', async () => {
  const { redis, config } = server.context;
  const { name, points, seconds } = proxyLimits.requests;
  const used = `${config.redisPrefix}:limit:${name}:${points}:${seconds}:network:198.51.100.9`;
  await redis.set(used, points, 'PX', 60_000);
  const id = await proxied();
  expect(errorOf(await get(id, { 'x-forwarded-for': '198.51.100.9' }))).toBe('429 too-many-requests');
  expect((await get(id, { 'x-forwarded-for': '198.51.100.10' })).status).toBe(200);
});

describe('only who may see a video', () => {
  test('gets its bytes, by an address that ends', async () => {
    const id = await proxied(undefined, { visibility: 'followers' });
    await people.follow(alice.account, carol);
    const url = new URL((await mediaOf(id, alice)).url);
    expect(url.pathname).toMatch(new RegExp(`^/proxy/s/[^/]+/${id}$`));
    expect((await ask(server, url.pathname)).body.equals(clip)).toBe(true);
    expect(errorOf(await get(id))).toBe('404 not-found');
    const other = await proxied(undefined, { visibility: 'followers' });
    expect(errorOf(await ask(server, url.pathname.replace(id, other)))).toBe('404 not-found');
    expect(errorOf(await ask(server, url.pathname.replace('/s/', '/s/9')))).toBe('404 not-found');
    const before = ahead;
    ahead += 60 * 3_600_000;
    expect(errorOf(await ask(server, url.pathname))).toBe('403 link-expired');
    ahead = before;
  });

  test('and not where its author is hidden, or it is gone', async () => {
    const id = await proxied();
    await people.suspend(carol);
    expect(errorOf(await get(id))).toBe('404 not-found');
    await server.context.db('accounts').where({ id: carol.id }).update({ state: 'active' });
    expect((await get(id)).status).toBe(200);
    await server.context.db('videos').where({ id }).update({ state: 'rejected' });
    ahead += servingLimits.accessKeptMs;
    expect(errorOf(await get(id))).toBe('404 not-found');
  });

  test('and only of videos that are passed on', async () => {
    const local = await videos.video(alice.account);
    const passedOn = { media_state: 'none', media_reason: 'proxied', source_url: remote.url(path) };
    await server.context.db('videos').where({ id: local }).update(passedOn);
    const received = await proxied(undefined, { state: 'received' });
    const { proxyUrl } = server.context.mediaUrls;
    const signed = new URL(proxyUrl({ id: received, state: 'received', visibility: 'public' }));
    expect((await ask(server, signed.pathname)).status).toBe(404);
    const copied = await discovered();
    await server.context.db('videos').where({ id: copied }).update({ media_state: 'ready' });
    for (const id of [
      local,
      copied,
      '1',
      '0',
      '99999999999999999999',
      's/x',
      '../media',
      `1?url=${remote.url(path)}`,
    ]) {
      expect([id, (await ask(server, `/proxy/${id}`)).status]).toEqual([id, 404]);
    }
    expect(remote.seen).toEqual([]);
  });

  test('while the staff wants that', async () => {
    const id = await proxied();
    expect((await get(id)).status).toBe(200);
    for (const mode of ['off', 'on-view', 'replicate'] as const) {
      await setMode(mode);
      expect(errorOf(await get(id))).toBe('404 not-found');
    }
    await setMode('proxy');
    expect((await get(id)).status).toBe(200);
    const { inTx, instances } = server.context;
    const change = { severity: 'noop', rejectMedia: true } as const;
    // Who posted it, and who holds its file.
    for (const domain of ['remote.test', HONEST]) {
      await inTx((tx) => instances.setPolicy(tx, domain, change));
      expect([domain, errorOf(await get(id))]).toEqual([domain, '404 not-found']);
      expect((await mediaOf(id)).url).toBeNull();
      await server.context.db('domain_policies').delete();
    }
    await inTx((tx) => instances.setPolicy(tx, 'remote.test', { severity: 'suspend' }));
    expect(errorOf(await get(id))).toBe('404 not-found');
  });

  test('also while it is sent', async () => {
    const held: (() => void)[] = [];
    files.set(path, (seen, response) => {
      const go = () => serveFiles(new Map([[path, clip]]))(seen, response);
      if (held.push(go) === 1) go();
    });
    const id = await proxied();
    const answer = get(id);
    answer.catch(() => undefined);
    await expect.poll(() => held.length).toBe(2);
    await setMode('off');
    held[1]?.();
    await expect(answer).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect(asked()).toEqual([chunk(0), chunk(1)]);
  });
});

describe('a server that', () => {
  test('is away, or refuses, is a bad gateway', async () => {
    const id = await proxied();
    files.set(path, (_request, response) => response.writeHead(500).end());
    expect(errorOf(await get(id))).toBe('502 origin-failed');
    files.delete(path);
    expect(errorOf(await get(id))).toBe('404 not-found');
    await remote.close();
    const away = await get(id);
    expect(errorOf(away)).toBe('502 origin-failed');
    expect(away.headers['cache-control']).toBe('no-store');
    expect((await get(id, {}, 'HEAD')).status).toBe(502);
  });

  test('gives no parts is refused', async () => {
    files.set(path, (_request, response) => response.writeHead(200).end(clip));
    expect(errorOf(await get(await proxied()))).toBe('502 origin-failed');
  });

  test.each([
    ['this machine', () => `http://127.0.0.1:${canary.port}/`],
    ['a neighbour', () => `http://127.0.0.9:${canary.port}/`],
    ['this machine by https', () => 'https://127.0.0.1/'],
    ['the metadata service', () => 'https://169.254.169.254/latest'],
    ['a private network', () => 'https://10.0.0.1/'],
  ])('leads to %s leads nowhere', async (_name, address) => {
    files.set(path, (_request, response) => response.writeHead(302, { location: address() }).end());
    const answer = await get(await proxied());
    expect(errorOf(answer)).toBe('502 origin-failed');
    expect(answer.body.toString()).not.toMatch(/127|10\.|169|address/);
    expect(errorOf(await get(await proxied(address())))).toBe('502 origin-failed');
  });

  test('leads to one that the staff decided against leads nowhere', async () => {
    const evil = await startRemote(EVIL, serveFiles(files));
    const { inTx, instances } = server.context;
    await inTx((tx) => instances.setPolicy(tx, EVIL, { severity: 'suspend' }));
    files.set('/away', (_request, response) => response.writeHead(302, { location: evil.url(path) }).end());
    const id = await proxied(`${remote.origin}/away`);
    expect(errorOf(await get(id))).toBe('502 origin-failed');
    await evil.close();
  });

  test('changes the file in the middle ends the answer, and the next one is of the new file', async () => {
    const other = Buffer.from(clip).fill(9, 100);
    const held: (() => void)[] = [];
    const give = (file: Buffer, tag: string): RemoteFile => {
      return (seen, response) => {
        response.setHeader('etag', tag);
        serveFiles(new Map([[path, file]]))(seen, response);
      };
    };
    const first = give(clip, '"a"') as Exclude<RemoteFile, string | Buffer>;
    const second = give(other, '"b"') as Exclude<RemoteFile, string | Buffer>;
    files.set(path, (seen, response) => {
      if (held.push(() => second(seen, response)) === 1) first(seen, response);
    });
    const id = await proxied();
    const answer = get(id);
    answer.catch(() => undefined);
    await expect.poll(() => held.length).toBe(2);
    files.set(path, second);
    held[1]?.();
    await expect(answer).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect((await get(id)).body.equals(other)).toBe(true);
  });
});

describe('another mode', () => {
  const lifted = () => server.context.db('events').where({ name: 'domain.lifted' });
  const lift = (domain = 'remote.test') =>
    server.context.inTx((tx) => server.context.videos.onDomainLifted(tx, { domain }));
  const copies = () => server.context.db('jobs').where({ name: 'media.replicate' }).pluck('payload');

  test.each<[RemoteVideoMode, string]>([
    ['on-view', 'waiting on-demand'],
    ['off', 'none not-copied-here'],
  ])('than proxy (%s) gives its videos another look, and back', async (mode, left) => {
    const id = await proxied();
    await server.context.db('events').delete();
    await setMode(mode);
    expect(await lifted()).toHaveLength(1);
    await lift();
    expect(await copies()).toEqual([{ videoId: id }]);
    expect(await lookAt(id)).toBe(left);
    await setMode('proxy');
    expect(await lifted()).toHaveLength(2);
    await lift();
    expect(await lookAt(id)).toBe('none proxied');
  });

  test('for all servers counts once a video is opened', async () => {
    const id = await proxied();
    const [kept, changed] = [await mediaOf(id), await copies()];
    expect([kept.processing, changed]).toEqual([null, []]);
    // As after a start with another setting, of which no event tells.
    await server.context
      .db('domain_policies')
      .insert({ domain: 'remote.test', media_mode: 'on-view', severity: 'noop' });
    expect(await mediaOf(id)).toMatchObject({ url: null, processing: { state: 'copying' } });
    expect(await copies()).toEqual([{ videoId: id }]);
  });
});
