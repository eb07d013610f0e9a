import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exchangeLimits } from '../../config/exchange-limits.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { PUBLIC, publish } from '../helpers/activities.ts';
import { type ExchangeRig, LIST_ETAG, listed, startExchangeRig } from '../helpers/exchange-rig.ts';
import type { PeerActor } from '../helpers/peer.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';

/** A server that was named, and one that publishes. */
let site: ExchangeRig;
let dana: PeerActor;

beforeAll(async () => {
  site = await startExchangeRig();
  dana = site.dana;
});
afterAll(() => site.close());
beforeEach(() => site.clear());

const db = () => site.rig.server.context.db;
const peers = () => site.rig.server.context.exchange.peers;
const inTx = () => site.rig.server.context.inTx;
const named = () => site.named();
const ask = () => site.ask();
const look = (host?: string) => site.look(host);
const told = () => site.told();
const row = () => site.row();
const served = (author: PeerActor, more?: object) => site.served(author, more);

describe('a server that is asked what trends there', () => {
  test('is asked signed, within bounds, and only for what changed; what stays the same goes on counting', async () => {
    await named();
    const uri = served(dana);
    site.says.list = [
      listed(uri),
      listed('https://a.example/text', 'image'),
      { nonsense: true },
      7,
      listed('x'),
      null,
    ];
    await ask();
    expect(site.peer.seen[0]).toMatchObject({ path: '/api/v1/trends/statuses?limit=40&own=true' });
    expect(site.peer.seen[0]?.headers.signature).toContain(site.rig.server.context.urls.instanceActor);
    expect((await told()).map((one) => one.uri)).toEqual([uri]);
    await look();
    expect(await told()).toEqual([{ uri, state: 'accepted', reason: null }]);
    const before = await db()('told_posts').first();
    site.rig.ahead += 60_000;
    await ask();
    expect(site.peer.seen[1]?.headers['if-none-match']).toBe(LIST_ETAG);
    const after = await db()('told_posts').first();
    expect(after.counts_until.getTime()).toBeGreaterThan(before.counts_until.getTime());
    expect(after).toMatchObject({ state: 'accepted', video_id: before.video_id });
    expect(await row()).toMatchObject({ failures: 0, failure: null });
  });

  test('has a pause that grows where it does not answer, and the one it asks for', async () => {
    await named();
    const wait = async () => {
      const { next_at, fetched_at } = await row();
      return (next_at - fetched_at) / 1_000;
    };
    site.says.answers = [
      { status: 500 },
      { status: 500 },
      { status: 429, headers: { 'retry-after': '7200' } },
    ];
    await ask();
    expect([await wait(), (await row()).failure]).toEqual([60, 'It answered 500.']);
    await ask();
    expect(await wait()).toBe(120);
    await ask();
    expect(await wait()).toBe(7_200);
    site.says.answers = [{ status: 429, headers: { 'retry-after': '99999999' } }];
    await ask();
    expect(await wait()).toBe(exchangeLimits.longestRetryMs / 1_000);
    site.says.answers = [{ status: 200, body: { not: 'a list' } }];
    await ask();
    expect((await row()).failure).toBe('Its answer is no list of posts.');
    site.says.answers = [{ status: 200, body: Array.from({ length: 20_000 }, () => 'x'.repeat(100)) }];
    await ask();
    expect((await row()).failures).toBe(6);
    expect((await row()).failure).not.toBe('Its answer is no list of posts.');
    await ask();
    expect(await row()).toMatchObject({ failures: 0, failure: null });
  });

  test('tells of no more than the best of its list', async () => {
    await named();
    site.says.list = Array.from({ length: 200 }, (_, one) => listed(`${site.rig.a.origin}/notes/${one}`));
    await ask();
    expect(await told()).toHaveLength(exchangeLimits.maxItems);
    const ranks: number[] = await db()('told_posts').orderBy('rank', 'desc').pluck('rank');
    expect([ranks[0], ranks.at(-1)]).toEqual([100, 3]);
  });

  test('is not asked once it is suspended, paused or gone', async () => {
    const { id } = await named();
    await site.rig.server.context.inTx((tx) =>
      site.rig.server.context.instances.setPolicy(tx, EVIL, {
        ...{ severity: 'suspend', rejectMedia: false, rejectReports: false, mediaMode: null },
        ...{ publicComment: '', privateComment: '', obfuscate: false, expiresAt: null },
      }),
    );
    await ask();
    expect(site.peer.seen).toEqual([]);
    expect((await row()).failure).toContain('does not talk to');
    await db()('domain_policies').delete();
    await site.pause(true);
    await site.run('exchange.ask', { peerId: id } as never);
    await inTx()((tx) => peers().remove(tx, operator, site.peer.host));
    await site.run('exchange.ask', { peerId: id } as never);
    expect(site.peer.seen).toEqual([]);
  });
});

describe('what it tells', () => {
  test('is looked at where it was published, and kept only where everybody may see it and be shown it', async () => {
    await named();
    const shy = await site.rig.a.actor('shy', { discoverable: false });
    const { uri: ours } = await publish(site.rig);
    const uris = {
      good: served(dana),
      shy: served(shy),
      unlisted: served(dana, { to: [dana.followers], cc: [PUBLIC] }),
      followers: served(dana, { to: [dana.followers], cc: [] }),
      warned: served(dana, { sensitive: true, summary: 'Blood' }),
      text: served(dana, { attachment: [] }),
      missing: `${site.rig.a.origin}/notes/nowhere`,
      ours,
      canary: `http://127.0.0.9:${site.rig.canary.port}/notes/1`,
    };
    site.says.list = Object.values(uris).map((uri) => listed(uri));
    await ask();
    for (const host of new Set(Object.values(uris).map((uri) => new URL(uri).host))) await look(host);
    const outcome = new Map((await told()).map(({ uri, state, reason }) => [uri, reason ?? state]));
    expect(Object.entries(uris).map(([what, uri]) => [what, outcome.get(uri)])).toEqual([
      ['good', 'accepted'],
      ['shy', 'author-not-discoverable'],
      ['unlisted', 'not-public'],
      ['followers', 'not-public'],
      ['warned', 'sensitive'],
      ['text', expect.any(String)],
      ['missing', 'object-not-found'],
      ['ours', 'our-own'],
      ['canary', 'object-blocked-url'],
    ]);
    expect(await db()('videos').where({ local: false }).pluck('uri')).toEqual([uris.good]);
    expect((await db()('videos').where({ uri: uris.good }).first('discovery')).discovery).toBe(true);
  });

  test('is nothing of servers that were limited here, nor of people who were', async () => {
    await named();
    const policy = (severity: 'silence' | 'no-feed') =>
      inTx()((tx) =>
        site.rig.server.context.instances.setPolicy(tx, HONEST, {
          ...{ severity, rejectMedia: false, rejectReports: false, mediaMode: null },
          ...{ publicComment: '', privateComment: '', obfuscate: false, expiresAt: null },
        }),
      );
    for (const severity of ['silence', 'no-feed'] as const) {
      await policy(severity);
      site.says.list = [listed(served(dana))];
      site.peer.seen.length = 0;
      await db()('exchange_peers').update({ etag: null });
      await ask();
      await look();
    }
    await db()('domain_policies').delete();
    await db()('accounts').where({ actor_uri: dana.id }).update({ undiscoverable: true });
    site.says.list = [listed(served(dana))];
    await db()('exchange_peers').update({ etag: null });
    await ask();
    await look();
    await db()('accounts').where({ actor_uri: dana.id }).update({ undiscoverable: false });
    expect((await told()).map(({ reason }) => reason)).toEqual([
      'author-limited',
      'author-limited',
      'author-limited',
    ]);
    expect(await db()('videos').where({ local: false })).toEqual([]);
  });

  test('waits while its server is suspended', async () => {
    await named();
    const { instances } = site.rig.server.context;
    const uri = served(dana);
    site.says.list = [listed(uri)];
    await ask();
    await inTx()((tx) => instances.setPolicy(tx, EVIL, { severity: 'suspend' }));
    await look();
    expect(await told()).toEqual([{ uri, state: 'waiting', reason: null }]);
    await inTx()((tx) => instances.removePolicy(tx, EVIL));
    await look();
    expect(await told()).toEqual([{ uri, state: 'accepted', reason: null }]);
  });

  test('is at most a few of one author, and so many videos a day', async () => {
    await named();
    site.says.list = Array.from({ length: 5 }, () => listed(served(dana)));
    await ask();
    await look();
    expect((await told()).map(({ reason }) => reason)).toEqual([
      ...[null, null, null, 'too-many-of-author', 'too-many-of-author'],
    ]);
    await db()('told_posts').delete();
    await db()('exchange_peers').update({
      ...{ etag: null, day: db().raw('current_date'), videos_of_day: exchangeLimits.videosPerDay },
    });
    site.says.list = [listed(served(dana))];
    await ask();
    await look();
    expect(await told()).toMatchObject([{ state: 'refused', reason: 'too-many-today' }]);
  });

  test('waits where its server cannot be asked just now, and is given up after a few tries', async () => {
    await named();
    const uri = `${site.rig.a.origin}/notes/broken`;
    site.rig.a.page('/notes/broken', 503);
    site.says.list = [listed(uri)];
    await ask();
    for (let tries = 1; tries < exchangeLimits.maxAttempts; tries += 1) {
      await look();
      expect(await db()('told_posts').first()).toMatchObject({ state: 'waiting', attempts: tries });
      await look();
      expect((await db()('told_posts').first()).attempts).toBe(tries);
      site.rig.ahead += exchangeLimits.retryMs * 2 ** tries;
    }
    await look();
    expect(await told()).toMatchObject([{ state: 'refused', reason: 'object-server-error' }]);
  });

  test('is forgotten with its server, and asked for anew once that is put back', async () => {
    const { id } = await named();
    const uri = served(dana);
    site.says.list = [listed(uri)];
    await ask();
    await look();
    const removed = await inTx()((tx) => peers().remove(tx, operator, site.peer.host));
    if (!removed.ok) throw new Error(removed.detail);
    expect(await told()).toEqual([]);
    const undone = await site.rig.server.context.undoing.undo(operator, {
      ...{ auditIds: [removed.auditId], reason: 'A mistake.' },
    });
    expect(undone.ok).toBe(true);
    expect(await row()).toMatchObject({ id, host: site.peer.host, etag: null });
    await ask();
    await look();
    expect(await told()).toEqual([{ uri, state: 'accepted', reason: null }]);
  });

  test('names no server twice, nor this one, nor what is no name', async () => {
    await named();
    const add = (address: string) => inTx()((tx) => peers().add(tx, operator, { address }));
    expect(await add(site.peer.host)).toMatchObject({ reason: 'known' });
    for (const address of [site.rig.server.origin, 'not a name', 'https://a.example/path', 'a@b.example']) {
      expect(await add(address), address).toMatchObject({ reason: 'domain-invalid' });
    }
  });
});
