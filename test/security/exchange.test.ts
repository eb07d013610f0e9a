import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exchangeLimits, packLimits } from '../../config/exchange-limits.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { PUBLIC } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { type ExchangeRig, listed, startExchangeRig } from '../helpers/exchange-rig.ts';

/** What a server that was named and lies, or is overrun, gets in here by what it tells. */
let site: ExchangeRig;

beforeAll(async () => {
  site = await startExchangeRig();
});
afterAll(() => site.close());
beforeEach(async () => {
  await empty(site.rig.server, 'discovery_packs');
  await site.clear();
});

const db = () => site.rig.server.context.db;
/** Everything that was told, with what became of it. */
const outcomes = async () => (await site.told()).map(({ state, reason }) => reason ?? state);
async function tell(...posts: unknown[]): Promise<void> {
  site.says.list = posts;
  await db()('exchange_peers').update({ etag: null });
  await site.ask();
}
/** A video that came here before anybody told of it. */
async function known(change: object): Promise<string> {
  const uri = site.served(site.dana);
  await tell(listed(uri));
  await site.look();
  await empty(site.rig.server, 'told_posts');
  await db()('videos').where({ uri }).update(change);
  return uri;
}

describe('what a named server tells', () => {
  test('makes nothing public that is known here and is for few, behind a warning, or gone', async () => {
    await site.named();
    const uris = [
      await known({ visibility: 'followers' }),
      await known({ visibility: 'unlisted' }),
      await known({ sensitive: true }),
      await known({ state: 'removed' }),
    ];
    await tell(...uris.map((uri) => listed(uri)));
    await site.look();
    expect(await outcomes()).toEqual(['not-public', 'not-public', 'sensitive', 'not-published']);
  });

  test('is nothing of somebody who was suspended here since', async () => {
    await site.named();
    const uri = await known({ language: 'en' });
    const author = () => db()('accounts').where({ actor_uri: site.dana.id });
    await author().update({ state: 'suspended' });
    await tell(listed(uri));
    await site.look();
    await author().update({ state: 'active' });
    expect(await outcomes()).toEqual(['author-limited']);
  });

  test('is nothing of somebody by whose name another server is suspended', async () => {
    await site.named();
    const uri = await known({ language: 'en' });
    const author = () => db()('accounts').where({ actor_uri: site.dana.id });
    const { domain } = await author().first('domain');
    // A handle of one server, at another one: that the latter is open says nothing of the former.
    await author().update({ domain: 'names.example' });
    await db()('domain_policies').insert({ domain: 'names.example', severity: 'suspend' });
    await tell(listed(uri));
    await site.look();
    await author().update({ domain });
    expect(await outcomes()).toEqual(['author-limited']);
  });

  test('is the place in its list and nothing else: figures and facts that it adds are not read', async () => {
    await site.named();
    const [first, second] = [site.served(site.dana), site.served(site.dana)];
    const loud = {
      ...{ favourites_count: 1e9, reblogs_count: 1e9, replies_count: 1e9, rank: 100, score: 1e9 },
      ...{
        visibility: 'public',
        sensitive: false,
        content: 'Buy',
        account: { acct: 'root', followers_count: 1e9 },
      },
    };
    await tell(listed(first), { ...listed(second), ...loud });
    await site.look();
    expect(await db()('told_posts').orderBy('rank', 'desc').select('uri', 'rank', 'state')).toEqual([
      { uri: first, rank: 100, state: 'accepted' },
      { uri: second, rank: 50, state: 'accepted' },
    ]);
    const stats = await db()('video_stats').select('likes', 'shares', 'comments');
    expect(stats.filter(({ likes, shares, comments }) => likes + shares + comments > 0)).toEqual([]);
    expect(await db()('videos').where('caption_html', 'like', '%Buy%')).toEqual([]);
  });

  test('is left out where it is no address that can be kept or asked for, and costs the rest nothing', async () => {
    await site.named();
    const uri = site.served(site.dana);
    const { origin } = new URL(uri);
    await tell(
      ...[`${origin}/nul\u0000`, `${origin}/\ud800`, `https:${origin.slice(5)}\\x`, ` ${uri}`].map((one) =>
        listed(one),
      ),
      listed(uri),
    );
    expect((await site.told()).map((one) => one.uri)).toEqual([uri]);
    expect(await site.row()).toMatchObject({ failures: 0, failure: null });
  });

  test('is believed of nobody but the server that published it: a forged author brings nothing', async () => {
    await site.named();
    const { a, mallory } = site.rig;
    const forged = `${a.origin}/notes/forged`;
    a.page('/notes/forged', {
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...{ id: forged, type: 'Note', attributedTo: mallory.id, content: '<p>Buy</p>', to: [PUBLIC] },
      ...{ published: new Date().toISOString() },
      attachment: [{ type: 'Video', mediaType: 'video/mp4', url: `${a.origin}/v.mp4` }],
    });
    const other = site.served(site.dana);
    const moved = `${a.origin}/notes/moved`;
    // Says that it is another post, of another server.
    a.page('/notes/moved', {
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...{ id: `${site.rig.e.origin}/notes/elsewhere`, type: 'Note', attributedTo: mallory.id, to: [PUBLIC] },
      attachment: [{ type: 'Video', mediaType: 'video/mp4', url: `${a.origin}/v.mp4` }],
    });
    await tell(listed(forged), listed(moved), listed(other));
    await site.look();
    await site.look(site.rig.e.host);
    expect(await db()('videos').where({ local: false }).pluck('uri')).toEqual([other]);
  });

  test('stays refused when it is told again, whoever changed their mind since', async () => {
    await site.named();
    const uri = site.served(site.dana, { to: [site.dana.followers], cc: [] });
    await tell(listed(uri));
    await site.look();
    expect(await outcomes()).toEqual(['not-public']);
    const before = await db()('told_posts').first();
    site.rig.ahead += 60_000;
    await tell(listed(uri));
    const asked = site.rig.a.asked().length;
    await site.look();
    expect(await db()('told_posts').first()).toEqual(before);
    // Nor by a list that has not changed since it was told.
    await db()('told_posts').update({ told_at: (await site.row()).listed_at });
    Object.assign(before, await db()('told_posts').first('told_at'));
    site.rig.ahead += 60_000;
    await site.ask();
    expect(await db()('told_posts').first()).toEqual(before);
    expect(site.rig.a.asked()).toHaveLength(asked);
  });

  test('counts for nothing where it was paused or removed while it was asked', async () => {
    const { exchange, inTx } = site.rig.server.context;
    await site.named();
    site.says.before = () => site.pause(true);
    await tell(listed(site.served(site.dana)));
    expect(site.peer.seen).toHaveLength(1);
    expect(await site.told()).toEqual([]);
    site.says.before = async () => undefined;
    await site.pause(false);
    site.says.before = () => inTx((tx) => exchange.peers.remove(tx, operator, site.peer.host));
    await tell(listed(site.served(site.dana)));
    expect(site.peer.seen).toHaveLength(2);
    expect(await site.told()).toEqual([]);
  });

  test('is not looked at while its server is paused', async () => {
    await site.named();
    const uri = site.served(site.dana);
    await tell(listed(uri));
    await site.pause(true);
    await site.look();
    expect(site.rig.a.asked()).not.toContain(new URL(uri).pathname);
    expect(await outcomes()).toEqual(['waiting']);
    await site.pause(false);
    await site.look();
    expect(await outcomes()).toEqual(['accepted']);
  });
});

describe('what the staff may name', () => {
  test('is so many servers, and no more', async () => {
    const { exchange, inTx, ids } = site.rig.server.context;
    const due = new Date();
    await db()('exchange_peers').insert(
      Array.from({ length: exchangeLimits.maxPeers - 1 }, (_, n) => ({
        ...{ id: ids.next<'exchange-peer'>(), host: `peer${n}.example`, next_at: due },
      })),
    );
    const add = (address: string) => inTx((tx) => exchange.peers.add(tx, operator, { address }));
    expect(await add('last.example')).toMatchObject({ ok: true });
    expect(await add('more.example')).toMatchObject({ reason: 'too-many-peers' });
    expect(await db()('exchange_peers').where({ host: 'more.example' })).toEqual([]);
  });
});

describe('a pack', () => {
  const start = (more: object = {}) =>
    site.rig.server.context.inTx((tx) =>
      site.rig.server.context.exchange.packs.start(tx, operator, {
        ...{
          topics: ['birds'],
          hosts: [site.peer.host],
          accounts: [],
          maxVideos: packLimits.maxVideos,
          ...more,
        },
      }),
    );
  /** Both of its lists are read, and then what they name is looked at. */
  async function bring(): Promise<void> {
    await site.look(site.peer.host);
    await site.look();
  }

  test('does not read this server, and runs beside so many others only', async () => {
    const { server } = site.rig;
    expect(await start({ hosts: [server.origin] })).toMatchObject({ reason: 'pack-invalid' });
    for (let running = 0; running < packLimits.atOnce; running += 1)
      expect(await start()).toMatchObject({ ok: true });
    expect(await start()).toMatchObject({ reason: 'too-many-beginnings' });
  });

  test('that is stopped while a post is asked for brings nothing more, and goes on with that very post', async () => {
    const { exchange, inTx } = site.rig.server.context;
    const uri = site.served(site.dana);
    site.says.list = [listed(uri)];
    const begun = await start({ topics: [] });
    if (!begun.ok) throw new Error(begun.reason);
    const stop = (isStopped: boolean) =>
      inTx((tx) => exchange.packs.stop(tx, operator, begun.id, { isStopped }));
    await site.look(site.peer.host);
    site.whileAsked(uri, () => stop(true));
    await site.look();
    expect(site.rig.a.asked()).toContain(new URL(uri).pathname);
    expect(await db()('videos').where({ local: false })).toEqual([]);
    expect(await db()('told_posts').where({ uri }).first('state', 'reason', 'attempts')).toEqual({
      ...{ state: 'waiting', reason: null, attempts: 0 },
    });
    site.whileAsked(uri, async () => undefined);
    await stop(false);
    await site.look();
    expect(await db()('videos').where({ local: false }).pluck('uri')).toEqual([uri]);
  });

  test('names so many topics, servers and accounts, and ends at so many videos', async () => {
    const many = (count: number, one: (n: number) => string) =>
      Array.from({ length: count }, (_, n) => one(n));
    const { maxTopics, maxHosts, maxAccounts, maxVideos } = packLimits;
    for (const [what, most, one] of [
      ['topics', maxTopics, (n: number) => `topic${n}`],
      ['hosts', maxHosts, (n: number) => `server${n}.example`],
      ['accounts', maxAccounts, (n: number) => `@a${n}@server.example`],
    ] as const) {
      expect(await start({ [what]: many(most + 1, one) }), what).toMatchObject({ reason: 'pack-invalid' });
      expect(await start({ [what]: many(most, one) }), what).toMatchObject({ ok: true });
      await empty(site.rig.server, 'discovery_packs');
    }
    await start({ maxVideos: maxVideos + 1 });
    expect(await db()('discovery_packs').pluck('max_videos')).toEqual([maxVideos]);
  });

  test('reads so many posts of one page of a list', async () => {
    site.says.list = Array.from({ length: packLimits.perPage + 5 }, (_, n) =>
      listed(`${site.rig.a.origin}/notes/page${n}`),
    );
    await start({ topics: [] });
    await site.look(site.peer.host);
    expect(await db()('told_posts').where({ kind: 'video' })).toHaveLength(packLimits.perPage);
  });

  test('brings a bounded part of one author, however long the list', async () => {
    site.says.list = Array.from({ length: packLimits.perAuthor + 3 }, () => listed(site.served(site.dana)));
    await start({ topics: [] });
    await bring();
    expect(await db()('videos').where({ local: false })).toHaveLength(packLimits.perAuthor);
    expect((await outcomes()).filter((one) => one === 'too-many-of-author')).toHaveLength(3);
  });

  test('brings no more once its copies are as large as they may be', async () => {
    const [first, second] = [site.served(site.dana), site.served(site.dana)];
    site.says.list = [listed(first)];
    await start({ topics: [] });
    await bring();
    const video = await db()('videos').where({ uri: first }).first('id');
    await db()('video_assets').insert({
      ...{ video_id: video.id, key: 'large', role: 'mp4', content_type: 'video/mp4' },
      ...{ bytes: packLimits.maxBytes, sha256: 'ab'.repeat(32) },
    });
    const [pack] = await db()('discovery_packs').select('id');
    await db()('told_posts').insert({
      ...{
        id: site.rig.server.context.ids.next<'told-post'>(),
        source: 'pack',
        source_id: pack.id,
        kind: 'video',
      },
      ...{ uri: second, host: site.rig.a.host, rank: 50, state: 'waiting', next_at: new Date() },
      ...{ told_at: new Date(), counts_until: new Date(Date.now() + 60_000) },
    });
    await site.look();
    expect(await db()('told_posts').where({ uri: second }).first('state', 'reason')).toEqual({
      ...{ state: 'refused', reason: 'pack-too-large' },
    });
  });
});
