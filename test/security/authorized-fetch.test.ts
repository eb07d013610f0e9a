import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  activityOf,
  followOf,
  outcomeOf,
  publish,
  quiet,
  type Rig,
  startRig,
  withoutEffect,
} from '../helpers/activities.ts';
import { type PeerActor, type SignatureChanges, send, signedGet } from '../helpers/peer.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';

const ACTIVITY = 'application/activity+json';

interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever our server sent; tests look into it.
  readonly document: any;
}

/** What our server answers to a GET: signed by the actor, or by nobody. */
async function get(url: string, as: PeerActor | null, changes: SignatureChanges = {}): Promise<Answer> {
  const { origin, host, pathname, search } = new URL(url);
  const unsigned = {
    ...{ method: 'GET' as const, path: pathname + search, body: Buffer.alloc(0) },
    headers: [['host', host] as const, ['accept', ACTIVITY] as const],
  };
  const { status, head, body } = await send(origin, as ? signedGet(as, url, changes) : unsigned);
  const text = /transfer-encoding: chunked/i.test(head) ? '' : body;
  return {
    status,
    header: (name) => new RegExp(`^${name}: (.*?)\\r?$`, 'im').exec(head)?.[1],
    document: text.startsWith('{') ? JSON.parse(text) : null,
  };
}

/** The addresses of alice that are worth guarding. */
function addressesOf({ alice }: Rig, video: { uri: string }): string[] {
  const { uri } = alice.account;
  return [uri, `${uri}/outbox`, `${uri}/outbox?page=true`, `${uri}/followers`, `${uri}/following`, video.uri];
}

const suspend = ({ server: { context } }: Rig, domain: string) =>
  context.inTx((tx) => context.instances.setPolicy(tx, domain, { severity: 'suspend' }));
const lift = ({ server: { context } }: Rig, domain: string) =>
  context.inTx((tx) => context.instances.removePolicy(tx, domain));

describe('P4 without authorized fetch', () => {
  let rig: Rig;
  let application: PeerActor;
  beforeAll(async () => {
    rig = await startRig();
    application = await rig.a.actor('instance', { type: 'Application' });
  });
  afterAll(() => rig.close());

  test('a GET signed by a suspended server is refused before anything is fetched, and no cache keeps that', async () => {
    const { server, a, e, mallory } = rig;
    const video = await publish(rig);
    await quiet(server);
    await suspend(rig, EVIL);
    for (const address of addressesOf(rig, video)) {
      const answer = await withoutEffect(server, [a, e], () => get(address, mallory));
      expect([address, answer.status]).toEqual([address, 403]);
      expect(answer.header('cache-control')).toBe('private, no-store');
      expect(answer.header('vary')).toContain('Signature');
      // The same address, for everybody else.
      const open = await get(address, null);
      expect([address, open.status]).toEqual([address, 200]);
      expect(open.header('vary')).toBe('Accept, Signature');
    }
    await lift(rig, EVIL);
    for (const address of addressesOf(rig, video)) expect((await get(address, mallory)).status).toBe(200);
  });

  test('so is one signed by an account that is suspended here', async () => {
    const { server, e } = rig;
    const bad = await e.actor('bad');
    expect(await outcomeOf(server, bad, followOf(bad, rig.alice.account.uri))).toBe('applied');
    await server.context.db('accounts').where({ actor_uri: bad.id }).update({ state: 'suspended' });
    for (const address of addressesOf(rig, await publish(rig))) {
      expect([address, (await get(address, bad)).status]).toEqual([address, 403]);
    }
  });

  test('public documents ask nobody for a key, whoever signed', async () => {
    const { server, a, e } = rig;
    const stranger = await e.actor('reader');
    const video = await publish(rig);
    await quiet(server);
    for (const address of addressesOf(rig, video)) {
      const answer = await withoutEffect(server, [a, e], () => get(address, stranger));
      expect([address, answer.status]).toEqual([address, 200]);
    }
  });

  test('P1 a video for followers is for a follower and the follower’s server, and for nobody else', async () => {
    const { server, a, e, carol, mallory, alice } = rig;
    expect(await outcomeOf(server, carol, followOf(carol, alice.account.uri))).toBe('applied');
    const neighbour = await a.actor('neighbour');
    const foreign = await e.actor('instance', { type: 'Application' });
    const video = await publish(rig, { visibility: 'followers' });
    for (const reader of [carol, application]) {
      const answer = await get(video.uri, reader);
      expect([reader.id, answer.status]).toEqual([reader.id, 200]);
      expect(answer.document).toMatchObject({ id: video.uri, to: [expect.stringContaining('/followers')] });
      expect(answer.header('cache-control')).toBe('private, no-store');
      expect(answer.header('vary')).toBe('Accept, Signature');
    }
    for (const reader of [null, neighbour, mallory, foreign]) {
      expect([reader?.id, (await get(video.uri, reader)).status]).toEqual([reader?.id, 404]);
    }
    // Signed by another than it says, too long ago, or for another address.
    for (const forged of [
      { key: mallory.privateKey },
      { key: neighbour.privateKey },
      { now: Date.now() - 2 * 3_600_000 },
      { covered: ['date'] },
      { covered: ['host', 'date'] },
    ]) {
      expect((await get(video.uri, carol, forged)).status, JSON.stringify(forged.covered)).toBe(404);
    }
    expect((await get(video.uri, carol, { headers: { host: 'other.test' } })).status).toBe(404);

    await suspend(rig, HONEST);
    expect((await get(video.uri, carol)).status).toBe(403);
    await lift(rig, HONEST);
  });

  test('and is no more once the follow was undone', async () => {
    const { server, carol, alice } = rig;
    const follow = followOf(carol, alice.account.uri);
    expect(await outcomeOf(server, carol, follow)).toBe('applied');
    const video = await publish(rig, { visibility: 'followers' });
    expect((await get(video.uri, carol)).status).toBe(200);
    expect(await outcomeOf(server, carol, activityOf('Undo', carol, follow))).toBe('applied');
    for (const reader of [carol, application]) expect((await get(video.uri, reader)).status).toBe(404);
  });
});

describe('P4 with authorized fetch', () => {
  let rig: Rig;
  let video: { uri: string };
  beforeAll(async () => {
    rig = await startRig({ AUTHORIZED_FETCH: 'true' });
    video = await publish(rig);
  });
  afterAll(() => rig.close());

  test('nothing but keys is read unsigned, nor with a signature that is not right', async () => {
    const { carol, mallory, alice } = rig;
    for (const address of addressesOf(rig, video)) {
      for (const answer of [
        await get(address, null),
        await get(address, carol, { key: mallory.privateKey }),
        await get(address, carol, { now: Date.now() - 2 * 3_600_000 }),
      ]) {
        expect(answer.header('cache-control'), address).toBe('private, no-store');
        expect(answer.header('vary'), address).toContain('Signature');
        if (address !== alice.account.uri) {
          expect([address, answer.status]).toEqual([address, 401]);
          continue;
        }
        expect(answer.status).toBe(200);
        expect(Object.keys(answer.document).sort()).toEqual([
          ...['@context', 'id', 'inbox', 'preferredUsername', 'publicKey', 'type'],
        ]);
      }
    }
  });

  test('everything is read by who signs', async () => {
    for (const address of addressesOf(rig, video)) {
      const answer = await get(address, rig.carol);
      expect([address, answer.status]).toEqual([address, 200]);
      expect(answer.header('cache-control'), address).toBe('private, no-store');
      expect(answer.header('vary'), address).toBe('Accept, Signature');
    }
    expect((await get(rig.alice.account.uri, rig.carol)).document).toHaveProperty('followers');
  });

  test('two careful servers can meet: what keys need is open', async () => {
    const { origin } = rig.server;
    const host = new URL(origin).host;
    const open = [
      '/actor',
      `/.well-known/webfinger?resource=acct:alice@${host}`,
      `/.well-known/webfinger?resource=acct:${host}@${host}`,
      '/.well-known/nodeinfo',
      '/nodeinfo/2.0',
    ];
    for (const path of open) expect([path, (await get(origin + path, null)).status]).toEqual([path, 200]);
    const stub = (await get(rig.alice.account.uri, null)).document;
    expect(stub.publicKey).toMatchObject({ id: `${stub.id}#main-key`, owner: stub.id });
    expect(stub.inbox).toBe(`${stub.id}/inbox`);
  });

  test('a suspended server reads nothing, and a shared cache cannot help it', async () => {
    const { mallory } = rig;
    const cache = await startCache(rig.server.origin);
    try {
      await suspend(rig, EVIL);
      for (const address of addressesOf(rig, video)) {
        const through = address.replace(rig.server.origin, cache.origin);
        const readers = [rig.carol, mallory, null];
        const statuses: number[] = [];
        for (const reader of readers) {
          const headers = reader
            ? Object.fromEntries(signedGet(reader, address).headers)
            : { accept: ACTIVITY, host: new URL(address).host };
          statuses.push(await cache.get(through, headers));
        }
        const isActor = address === rig.alice.account.uri;
        expect([address, statuses]).toEqual([address, [200, 403, isActor ? 200 : 401]]);
      }
      expect(cache.kept()).toBe(0);
    } finally {
      await lift(rig, EVIL);
      await cache.close();
    }
  });

  test('who is not welcome to the author reads nothing of that author', async () => {
    const { server, e, alice, mallory } = rig;
    const account = await server.context.accounts.byActorUri(alice.account.uri);
    if (!account) throw new Error('There is no alice.');
    const { social, inTx } = server.context;
    await inTx((tx) => social.blockDomain(tx, account.id, EVIL));
    const instance = await e.actor('instance', { type: 'Application' });
    for (const reader of [mallory, instance]) {
      for (const address of addressesOf(rig, video)) {
        const answer = await get(address, reader);
        if (address === alice.account.uri) expect(answer.document).not.toHaveProperty('followers');
        else expect([address, answer.status]).toEqual([address, 404]);
      }
    }
    await inTx((tx) => social.unblockDomain(tx, account.id, EVIL));
    expect((await get(video.uri, mallory)).status).toBe(200);
  });

  test('people still find the page', async () => {
    const page = await fetch(video.uri, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(page.status).toBe(303);
  });
});

/** A shared HTTP cache in front of our server, as RFC 9111 lets one be: it obeys Cache-Control and Vary. */
async function startCache(upstream: string) {
  const kept = new Map<string, { vary: string[]; headers: Record<string, unknown>; status: number }[]>();
  const server = createServer((incoming, outgoing) => {
    const key = incoming.url ?? '';
    const hit = kept
      .get(key)
      ?.find(({ vary, headers }) => vary.every((name) => headers[name] === incoming.headers[name]));
    if (hit) return void outgoing.writeHead(hit.status).end();
    const { hostname, port } = new URL(upstream);
    httpRequest({ hostname, port, path: key, headers: incoming.headers, setHost: false }, (answer) => {
      answer.resume();
      const control = String(answer.headers['cache-control'] ?? '');
      const vary = String(answer.headers.vary ?? '')
        .toLowerCase()
        .split(/\s*,\s*/);
      const status = answer.statusCode ?? 0;
      if (!/private|no-store/.test(control)) {
        kept.set(key, [...(kept.get(key) ?? []), { vary, headers: { ...incoming.headers }, status }]);
      }
      outgoing.writeHead(status).end();
    }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    kept: () => kept.size,
    get: (url: string, headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const { hostname, pathname, search } = new URL(url);
        httpRequest({ hostname, port, path: pathname + search, headers, setHost: false }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      }),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
