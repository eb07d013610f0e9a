import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const HOUR_MS = 3_600_000;
const keys = generateKeyPairSync('ed25519');
const strangers = generateKeyPairSync('ed25519');
/** The 32 bytes at the end of the DER of an Ed25519 public key (RFC 8410). */
const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');

let feed: Server;
let answer: { status: number; body: string };
let asked = 0;
let server: TestServer;
let client: Client;
let owner: Person;
let now = Date.parse('2026-11-28T12:00:00Z');

beforeAll(async () => {
  feed = createServer((_, response) => {
    asked += 1;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => feed.listen(0, '127.0.0.1', resolve));
  const { port } = feed.address() as AddressInfo;
  server = await startTestServer({
    variables: { RELEASE_FEED_URL: `http://127.0.0.1:${port}/releases.json`, RELEASE_FEED_KEY: publicKey },
    overrides: { clock: { now: () => now } },
  });
  client = clientOf(server.origin);
  owner = await createPeople(server).signedIn('boss', 'owner');
});

afterEach(() => server.context.db('instance_settings').where({ key: 'releases' }).delete());

afterAll(async () => {
  await server?.close();
  feed?.close();
});

const release = (version: string, security = false) => ({
  ...{ version, security, publishedAt: '2026-11-01T00:00:00Z', url: `https://vireo.example/${version}` },
});

function reply(status: number, body: string): void {
  answer = { status, body };
}

function publish(releases: object[], { by = keys.privateKey, madeAt = '2026-11-27T00:00:00Z' } = {}): void {
  answer = { status: 200, body: signed({ madeAt, releases }, by) };
}

function signed(content: unknown, by: KeyObject): string {
  const payload = Buffer.from(JSON.stringify(content));
  return JSON.stringify({
    payload: payload.toString('base64'),
    signature: sign(null, payload, by).toString('base64'),
  });
}

const shown = async () => (await client.get('/api/v1/admin/releases', { as: owner })).body;

describe('the feed of releases', () => {
  test('tells of the newest version, and whether a hole is mended on the way to it', async () => {
    publish([release('0.1.0'), release('0.2.0', true), release('0.10.0'), release('0.9.1')]);
    expect(await server.context.releases.check()).toEqual({ ok: true });
    expect(await shown()).toMatchObject({
      ...{ version: '0.1.0', watched: true, last_error: null },
      newest: { version: '0.10.0', security: true, url: 'https://vireo.example/0.10.0' },
    });
    const { body } = await server.context.metrics.page();
    expect(body).toContain('vireo_release_newer{security="true"} 1');
    expect(body).toContain('vireo_release_newer{security="false"} 0');
  });

  test('says nothing where this is the newest', async () => {
    publish([release('0.0.9', true), release('0.1.0', true)]);
    expect(await server.context.releases.check()).toEqual({ ok: true });
    expect((await shown()).newest).toBeNull();
    expect((await server.context.metrics.page()).body).toContain('vireo_release_newer{security="true"} 0');
  });

  test.each<[string, () => void, RegExp]>([
    ['of somebody else', () => publish([release('9.0.0', true)], { by: strangers.privateKey }), /not signed/],
    [
      'with a changed word',
      () => {
        publish([release('9.0.0')]);
        const { payload, signature } = JSON.parse(answer.body);
        const text = Buffer.from(payload, 'base64').toString().replace('9.0.0', '9.9.9');
        answer.body = JSON.stringify({ payload: Buffer.from(text).toString('base64'), signature });
      },
      /not signed/,
    ],
    ['without a signature', () => reply(200, '{"releases":[]}'), /signed feed/],
    ['that is none', () => reply(200, signed({ hello: 1 }, keys.privateKey)), /cannot be read/],
    ['that is not there', () => reply(404, ''), /404/],
    ['that is too large', () => reply(200, 'x'.repeat(300_000)), /./],
  ])('%s is not believed, and what was known stays', async (_, change, why) => {
    publish([release('0.3.0')]);
    await server.context.releases.check();
    change();
    expect(await server.context.releases.check()).toMatchObject({ ok: false });
    expect(await shown()).toMatchObject({
      ...{ newest: { version: '0.3.0' }, last_error: expect.stringMatching(why) },
    });
  });

  test('that is older than the one before hides nothing', async () => {
    publish([release('0.2.0', true)], { madeAt: '2026-11-27T00:00:00Z' });
    await server.context.releases.check();
    publish([], { madeAt: '2026-11-26T00:00:00Z' });
    expect(await server.context.releases.check()).toMatchObject({ ok: false });
    expect(await shown()).toMatchObject({ newest: { version: '0.2.0' }, last_error: expect.any(String) });
  });

  test('is asked twice a day, and sooner after a failure', async () => {
    publish([]);
    asked = 0;
    const { releases } = server.context;
    await releases.checkDue();
    await releases.checkDue();
    expect(asked).toBe(1);
    now += 11 * HOUR_MS;
    await releases.checkDue();
    expect(asked).toBe(1);
    now += 2 * HOUR_MS;
    answer = { status: 503, body: '' };
    await releases.checkDue();
    await releases.checkDue();
    expect(asked).toBe(2);
    now += 1.1 * HOUR_MS;
    await releases.checkDue();
    expect(asked).toBe(3);
  });
});

test('without a feed nobody is asked', async () => {
  const silent = await startTestServer({ role: 'none' });
  try {
    asked = 0;
    await silent.context.releases.checkDue();
    expect(await silent.context.releases.status()).toMatchObject({ isWatched: false, news: null });
    expect(await silent.context.releases.check()).toMatchObject({ ok: false, reason: 'no-feed' });
    expect(asked).toBe(0);
  } finally {
    await silent.close();
  }
});
