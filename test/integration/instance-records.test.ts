import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instanceLimits, nodeInfoLimits, remoteJsonLimits } from '../../config/limits.ts';
import { createNodeInfoReader } from '../../federation/net/nodeinfo.ts';
import { createAddressPolicy } from '../../src/lib/net/ip-policy.ts';
import {
  createOf,
  eventually,
  followOf,
  noteOf,
  outcomeOf,
  publish,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import { createTestFetch, EVIL, HONEST } from '../helpers/remote-http.ts';

const SCHEMA = 'http://nodeinfo.diaspora.software/ns/schema/';
const HOUR_MS = 3_600_000;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const rowOf = (host: string) => rig.server.context.db('instances').where({ host }).first();
const inspect = (host: string) => rig.server.context.federation.inspect(host);

const document = (more: object = {}) => ({
  version: '2.0',
  software: { name: 'PeerTube', version: '8.1.0' },
  openRegistrations: false,
  metadata: { nodeName: 'Tubes' },
  ...more,
});

describe('a server that is met', () => {
  test('gets a row by its first account, is asked once, and is told apart by what it runs', async () => {
    const { server, e, mallory, alice } = rig;
    const { instances, db } = server.context;
    e.page('/.well-known/nodeinfo', {
      links: [
        { rel: `${SCHEMA}1.0`, href: e.url('/nodeinfo/1.0') },
        { rel: `${SCHEMA}2.0`, href: e.url('/nodeinfo/2.0') },
        { rel: 'https://www.w3.org/ns/activitystreams#Application', href: e.url('/accounts/peertube') },
      ],
    });
    e.page('/nodeinfo/2.0', document());
    expect(await rowOf(e.host)).toBeUndefined();
    expect(await outcomeOf(server, mallory, followOf(mallory, alice.account.uri))).toBe('applied');
    await quiet(server);
    expect(await rowOf(e.host)).toMatchObject({
      ...{ software: 'peertube', software_version: '8.1.0', open_registrations: false, node_name: 'Tubes' },
      ...{ actor_uri: e.url('/accounts/peertube'), nodeinfo_failure: null, nodeinfo_failures: 0 },
      nodeinfo_checked_at: expect.any(Date),
    });
    expect(await instances.softwareOf(['unknown.test', e.host])).toEqual([null, 'peertube']);
    const tubes = await db('accounts')
      .whereIn('domain', instances.hostsRunning(db, 'peertube'))
      .pluck('actor_uri');
    expect(tubes).toEqual([mallory.id]);
    const other = await e.actor('other');
    expect(await outcomeOf(server, other, followOf(other, alice.account.uri))).toBe('applied');
    await quiet(server);
    expect(e.asked().filter((path) => path === '/.well-known/nodeinfo')).toHaveLength(1);
  });

  test('is asked before anybody there follows: PeerTube shows to everybody what it is sent', async () => {
    const { server, e, alice } = rig;
    await server.context
      .db('instances')
      .where({ host: e.host })
      .update({
        ...{ software: null, nodeinfo_checked_at: null },
      });
    const follower = await e.actor('early');
    expect(await outcomeOf(server, follower, followOf(follower, alice.account.uri))).toBe('applied');
    expect(await rowOf(e.host)).toMatchObject({ software: 'peertube' });
    // Its own job has nothing left to do.
    const asked = () => e.asked().filter((path) => path === '/.well-known/nodeinfo').length;
    const before = asked();
    await inspect(e.host);
    expect(asked()).toBe(before);
    await inspect(e.host);
    expect(asked()).toBe(before + 1);
  });

  test('R6 a name in a request that proves nothing makes no row', async () => {
    const { server, e, mallory, alice } = rig;
    const stranger = { ...mallory, id: `${e.origin.replace(EVIL, '127.0.0.4')}/users/x` };
    const forged = { ...stranger, keyId: `${stranger.id}#main-key` };
    await outcomeOf(server, forged, followOf(forged, alice.account.uri));
    await quiet(server);
    expect(await server.context.db('instances').where('host', 'like', '127.0.0.4%')).toEqual([]);
  });

  test('the times of its traffic are kept, at most once in some minutes', async () => {
    const { server, a, carol, alice } = rig;
    expect(await outcomeOf(server, carol, followOf(carol, alice.account.uri))).toBe('applied');
    await quiet(server);
    // The row came with the first activity, after it was noted.
    rig.ahead = instanceLimits.noteEveryMs + 1_000;
    const writes: string[] = [];
    const listen = ({ sql }: { sql: string }) => {
      if (/update "instances" set "last_/.test(sql)) writes.push(/last_\w+/.exec(sql)?.[0] ?? '');
    };
    server.context.db.on('query', listen);
    try {
      for (let sent = 0; sent < 5; sent += 1) await outcomeOf(server, carol, createOf(carol, noteOf(carol)));
      for (let sent = 0; sent < 3; sent += 1) await publish(rig);
      await eventually('a delivery is noted', async () => (await rowOf(a.host))?.last_outbound_ok_at);
      await quiet(server);
    } finally {
      server.context.db.removeListener('query', listen);
      rig.ahead = 0;
    }
    const mine = await rowOf(a.host);
    expect(mine.last_inbound_at).toBeInstanceOf(Date);
    expect(writes.filter((column) => column === 'last_inbound_at').length).toBeLessThanOrEqual(1);
    // One for each of the two servers that follow.
    expect(writes.filter((column) => column === 'last_outbound_ok_at').length).toBeLessThanOrEqual(2);
  });
});

describe('a server that tells nothing', () => {
  test('is asked again after pauses that grow, and what it told before stays', async () => {
    const { e, server } = rig;
    const { instances, inTx, db } = server.context;
    await inTx((tx) => instances.met(tx, e.host));
    await quiet(server);
    await inTx((tx) =>
      instances.recordNodeInfo(tx, e.host, {
        ...{ software: 'peertube', version: '1', openRegistrations: null, nodeName: null, actorUri: null },
      }),
    );
    e.page('/.well-known/nodeinfo', 404);
    const pauses: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) {
      const before = Date.now();
      await inspect(e.host);
      pauses.push(Math.round((Number((await rowOf(e.host)).nodeinfo_next_at) - before) / HOUR_MS));
    }
    expect(pauses).toEqual([1, 4, 16, 64, 168, 168, 168, 168]);
    expect(await rowOf(e.host)).toMatchObject({ software: 'peertube', nodeinfo_failure: 'no-nodeinfo' });

    expect(await inTx((tx) => instances.inspectDue(tx))).toBe(0);
    await db('instances')
      .where({ host: e.host })
      .update({ nodeinfo_next_at: new Date(1) });
    e.page('/.well-known/nodeinfo', { links: [{ rel: `${SCHEMA}2.1`, href: e.url('/n') }] });
    e.page('/n', document({ software: { name: 'Mastodon', version: 4.5 }, metadata: [] }));
    expect(await inTx((tx) => instances.inspectDue(tx))).toBe(1);
    await eventually('it is asked', async () => (await rowOf(e.host)).software === 'mastodon');
    expect(await rowOf(e.host)).toMatchObject({
      nodeinfo_failures: 0,
      software_version: '4.5',
      node_name: null,
    });
  });

  test('S15 is not asked at all while it is suspended', async () => {
    const { e, server } = rig;
    const { instances, inTx } = server.context;
    await inTx((tx) => instances.setPolicy(tx, EVIL, { severity: 'suspend' }));
    const asked = e.seen.length;
    await inspect(e.host);
    expect(e.seen.length).toBe(asked);
    expect(await rowOf(e.host)).toMatchObject({ nodeinfo_failure: 'suspended-here' });
    await inTx((tx) => instances.removePolicy(tx, EVIL));
  });
});

test('R6 rows are bounded: the silent go after a while, then those in touch longest ago', async () => {
  const { db, instances } = rig.server.context;
  const { maxRows, keptSilentMs } = instanceLimits;
  await db.raw(
    `insert into instances (host, first_seen_at, last_inbound_at)
     select n || '.flood.test', now() - interval '1 year', now() - n * interval '1 second' from generate_series(1, ?::int) n`,
    [maxRows + 500],
  );
  await db('instances').insert([
    { host: 'silent-old.test', first_seen_at: new Date(Date.now() - keptSilentMs - HOUR_MS) },
    { host: 'silent-new.test' },
  ]);
  expect(await instances.sweepInstances()).toBeGreaterThan(500);
  const hosts: string[] = await db('instances').pluck('host');
  expect(hosts).toHaveLength(maxRows);
  expect(hosts).toContain('silent-new.test');
  expect(hosts).not.toContain('silent-old.test');
  expect(hosts).toContain('1.flood.test');
  expect(hosts).not.toContain(`${maxRows + 500}.flood.test`);
});

describe('NodeInfo of another server', () => {
  const fetch = createTestFetch();
  const read = createNodeInfoReader({
    fetch,
    policy: createAddressPolicy({ allowedPrivate: [HONEST, EVIL] }),
    limits: nodeInfoLimits,
    jsonLimits: remoteJsonLimits,
  });
  afterAll(() => fetch.close());

  /** What is read of A when its links and its document are these. */
  async function outcome(links: unknown, page: object | number = document()) {
    rig.a.page('/.well-known/nodeinfo', { links } as object);
    rig.a.page('/n', page);
    const result = await read(rig.a.host);
    return result.ok ? result.info : result.reason;
  }
  const link = (href = rig.a.url('/n')) => [{ rel: `${SCHEMA}2.0`, href }];

  test('counts only from its own host', async () => {
    rig.e.page('/n', document());
    const asked = rig.e.seen.length;
    expect(await outcome(link(rig.e.url('/n')))).toBe('no-nodeinfo');
    expect(await outcome(link(), { redirect: rig.e.url('/n') })).toBe('blocked-url');
    expect(rig.e.seen.length).toBe(asked);
    const foreign = { rel: 'https://www.w3.org/ns/activitystreams#Application', href: rig.e.url('/actor') };
    expect(await outcome([...link(), foreign])).toMatchObject({ software: 'peertube', actorUri: null });
  });

  test.each<[string, unknown, object | number, string | object]>([
    ['no links', {}, 200, 'bad-document'],
    ['links of other kinds', [null, 1, {}, { rel: 'x' }], document(), 'no-nodeinfo'],
    ['an error', undefined, 500, 'no-nodeinfo'],
    ['no software', undefined, { version: '2.0' }, 'bad-document'],
    ['a nameless software', undefined, document({ software: { name: ' \n ' } }), 'bad-document'],
    ['too much', undefined, document({ filler: 'x'.repeat(nodeInfoLimits.maxBytes) }), 'too-large'],
    [
      'odd but readable',
      undefined,
      { software: { name: 'GoToSocial\n' }, metadata: [], openRegistrations: 'yes' },
      { software: 'gotosocial', version: '', openRegistrations: null, nodeName: null, actorUri: null },
    ],
  ])('with %s', async (_name, links, page, expected) => {
    expect(await outcome(links ?? link(), page)).toEqual(expected);
  });
});

describe('our own NodeInfo', () => {
  test('is there in both versions, with the link to the actor of the server', async () => {
    const { origin, context } = rig.server;
    const page = await fetch(`${origin}/.well-known/nodeinfo`);
    expect(page.headers.get('access-control-allow-origin')).toBe('*');
    const { links } = await page.json();
    expect(links).toEqual([
      { rel: `${SCHEMA}2.0`, href: `${origin}/nodeinfo/2.0` },
      { rel: `${SCHEMA}2.1`, href: `${origin}/nodeinfo/2.1` },
      { rel: 'https://www.w3.org/ns/activitystreams#Application', href: `${origin}/actor` },
    ]);
    for (const version of ['2.0', '2.1']) {
      const answer = await fetch(`${origin}/nodeinfo/${version}`);
      expect(answer.headers.get('content-type')).toContain(`${SCHEMA}${version}#`);
      expect(await answer.json()).toMatchObject({
        version,
        software: { name: 'vireo', version: context.version },
        protocols: ['activitypub'],
        usage: { users: { total: expect.any(Number) }, localPosts: expect.any(Number) },
        metadata: {
          ...{ nodeName: 'Vireo', nodeDescription: expect.any(String) },
          upstream: { name: 'mastodon' },
        },
      });
    }
    const read = createNodeInfoReader({
      ...{ fetch: createTestFetch({ allowedPrivate: ['127.0.0.1'] }), limits: nodeInfoLimits },
      ...{ policy: createAddressPolicy({ allowedPrivate: ['127.0.0.1'] }), jsonLimits: remoteJsonLimits },
    });
    expect(await read(new URL(origin).host)).toMatchObject({
      ok: true,
      info: { actorUri: `${origin}/actor` },
    });
  });
});
