import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exchangeLimits } from '../../config/exchange-limits.ts';
import { faspLimits } from '../../config/fasp-limits.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { noteOf, PUBLIC, publish, type Rig, startRig } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { type FaspRig, startAcceptedFasp } from '../helpers/fasp-rig.ts';
import { jobRun } from '../helpers/job-run.ts';
import type { PeerActor } from '../helpers/peer.ts';
import { EVIL } from '../helpers/remote-http.ts';

/** What an auxiliary service says that trends: candidates, looked at at their own servers, and nothing more. */
let rig: Rig;
let fasp: FaspRig;
let dana: PeerActor;

const CONTENT = 'GET /trends/v0/content';
const HASHTAGS = 'GET /trends/v0/hashtags';

beforeAll(async () => {
  // No worker takes its jobs: each is run here, one after another.
  rig = await startRig({ QUEUES: 'mail' });
  fasp = await startAcceptedFasp(rig.server, EVIL, ['trends']);
  await fasp.use('trends');
  dana = await rig.a.actor('dana', { discoverable: true });
});
afterAll(async () => {
  await fasp?.close();
  await rig?.close();
});
beforeEach(async () => {
  rig.ahead = 0;
  await empty(rig.server, 'told_posts', 'videos', 'jobs');
  await db()('fasp_capabilities').update({ enabled: true, ask_at: null, ask_failures: 0, ask_failure: null });
  Object.assign(fasp.fasp, { faults: {} });
  fasp.answers[HASHTAGS] = { status: 200, body: { hashtags: [] } };
  fasp.seen.length = 0;
});

const db = () => rig.server.context.db;
const capability = () => db()('fasp_capabilities').where({ capability: 'trends' }).first();
const told = () =>
  db()('told_posts').orderBy('rank', 'desc').select('source', 'uri', 'rank', 'state', 'reason');
const ask = () => fasp.run('fasp.trends');
function says(...content: unknown[]): void {
  fasp.answers[CONTENT] = { status: 200, body: { content } };
}
function served(author: PeerActor, more: object = {}): string {
  const note = noteOf(author, more);
  rig.a.page(new URL(note.id).pathname, note);
  return note.id;
}
async function look(host = rig.a.host): Promise<void> {
  const finish = await rig.server.context.handlers['exchange.look']({ host }, jobRun());
  if (finish) await rig.server.context.inTx(finish);
}
async function due(): Promise<number> {
  await db()('jobs').delete();
  await rig.server.context.fasp.wakeDue();
  return (await db()('jobs').where({ name: 'fasp.trends' })).length;
}

describe('a provider that is asked what trends', () => {
  test('is asked signed, for few posts of the last hours; each is looked at at its own server', async () => {
    const [first, second] = [served(dana), served(dana)];
    says(
      { uri: first, rank: 90, distribution: [1, 2, 3], content: 'Buy' },
      { uri: 'ftp://a.example/1', rank: 80 },
      { uri: second, rank: 40 },
      { uri: served(dana), rank: 101 },
      { uri: served(dana), rank: 0 },
      7,
      null,
    );
    await ask();
    expect(fasp.turnedAway).toEqual([]);
    expect(fasp.seen.map(({ path }) => path)).toEqual([
      '/trends/v0/content?withinLastHours=4&maxCount=40',
      '/trends/v0/hashtags?withinLastHours=4&maxCount=10',
    ]);
    expect(await told()).toMatchObject([
      { source: 'fasp', uri: first, rank: 90, state: 'waiting' },
      { source: 'fasp', uri: second, rank: 40, state: 'waiting' },
    ]);
    await look();
    expect((await told()).map(({ state }) => state)).toEqual(['accepted', 'accepted']);
    const found = await db()('videos').where({ local: false, discovery: true }).pluck('uri');
    expect(found.toSorted()).toEqual([first, second].toSorted());
    const stats = await db()('video_stats').select('likes', 'shares', 'comments');
    expect(stats.filter(({ likes, shares, comments }) => likes + shares + comments > 0)).toEqual([]);
  });

  test('is asked from time to time', async () => {
    says();
    expect(await due()).toBe(1);
    await ask();
    expect(await due()).toBe(0);
    rig.ahead = faspLimits.trendsEveryMs;
    expect(await due()).toBe(1);
  });

  test.each([
    ['not signed', { leaveOut: 'signature' as const }],
    ['signed with another key', { key: generateKeyPairSync('ed25519').privateKey }],
    ['signed long ago', { created: Math.floor(Date.now() / 1_000) - 400 }],
    ['another one than was signed', { digestOf: '{"content":[]}' }],
  ])('counts for nothing where its answer is %s', async (_, faults) => {
    says({ uri: served(dana), rank: 100 });
    Object.assign(fasp.fasp, { faults });
    await ask();
    expect(await told()).toEqual([]);
    expect(await capability()).toMatchObject({ ask_failures: 1, enabled: true });
    const [provider] = await rig.server.context.fasp.providers.list();
    expect(provider?.capabilities[0]?.failure).toMatch(/^Its answer/);
  });

  test('is asked later where it is away, asks for a pause, or says what cannot be read', async () => {
    const { base_url } = await db()('fasp_providers').first('base_url');
    // Nobody listens there.
    await db()('fasp_providers').update({ base_url: `http://${EVIL}:1` });
    await ask();
    expect(await due()).toBe(0);
    rig.ahead = faspLimits.firstRetryMs;
    expect(await due()).toBe(1);
    await db()('fasp_providers').update({ base_url });
    fasp.answers[CONTENT] = { status: 429, headers: { 'retry-after': '7200' } };
    await ask();
    const { ask_at, ask_failures } = await capability();
    expect(ask_failures).toBe(2);
    expect(ask_at.getTime() - Date.now()).toBeGreaterThan(7_200_000);
    fasp.answers[CONTENT] = { status: 200, body: [] };
    await ask();
    expect(await capability()).toMatchObject({ ask_failure: 'What it says that trends cannot be read.' });
    rig.ahead = 0;
    says();
    await ask();
    expect(await capability()).toMatchObject({ ask_failures: 0, ask_failure: null });
  });

  test('is not asked once that is turned off, and what it said meanwhile counts for nothing', async () => {
    const { context } = rig.server;
    const uri = served(dana);
    fasp.answers[CONTENT] = () => ({ status: 200, body: { content: [{ uri, rank: 100 }] } });
    const finish = await context.handlers['fasp.trends']({ providerId: fasp.id }, jobRun());
    const off = await context.inTx((tx) =>
      context.fasp.providers.setCapability(tx, operator, fasp.id, { capability: 'trends', isEnabled: false }),
    );
    expect(off.ok).toBe(true);
    if (finish) await context.inTx(finish);
    expect(await told()).toEqual([]);
    fasp.seen.length = 0;
    expect(await due()).toBe(0);
    await ask();
    expect(fasp.seen).toEqual([]);
  });
});

describe('hashtags that it names', () => {
  const tag = (name: string, ...examples: unknown[]) => ({ name, rank: 100, distribution: [1], examples });
  const tags = (...hashtags: unknown[]) => {
    fasp.answers[HASHTAGS] = { status: 200, body: { hashtags } };
  };

  test('are posts that use them, looked at as others are, and trend by whoever uses them alone', async () => {
    const hot = served(dana);
    const note = (name: string) => served(dana, { content: `<p>A clip #${name}</p>` });
    const [birds, sea] = [note('birds'), note('sea')];
    says({ uri: hot, rank: 90 });
    tags(tag('#birds', birds, hot, 7, 'ftp://a.example/1'), 7, { name: '#none' }, tag('#sea', sea));
    await ask();
    expect(await told()).toMatchObject([
      { uri: hot, rank: 90 },
      ...[birds, sea].map((uri) => ({ uri, rank: 1, state: 'waiting' })),
    ]);
    await look();
    expect((await told()).map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted']);
    const known = await db()('video_tags').join('videos', 'videos.id', 'video_id').pluck('uri');
    expect(known.toSorted()).toEqual([birds, sea].toSorted());
    expect(await capability()).toMatchObject({ ask_failures: 0, ask_failure: null });
  });

  test('are the best so many, with a few posts of each', async () => {
    says();
    const many = (count: number, one: (n: number) => unknown) =>
      Array.from({ length: count }, (_, n) => one(n));
    const { trendingTags, tagExamples } = faspLimits;
    tags(
      ...many(trendingTags + 2, (n) =>
        tag(`#tag${n}`, ...many(tagExamples + 2, (m) => `https://far.example/${n}/${m}`)),
      ),
    );
    await ask();
    expect(await told()).toHaveLength(trendingTags * tagExamples);
  });

  test.each([
    ['are away', { status: 404 }, 'Hashtags: It answered 404.'],
    ['cannot be read', { status: 200, body: [] }, 'The hashtags that it names cannot be read.'],
  ])('that %s are missed, and shown so, while its posts count', async (_, answer, failure) => {
    const uri = served(dana);
    says({ uri, rank: 50 });
    fasp.answers[HASHTAGS] = answer;
    await ask();
    expect((await told()).map((one) => one.uri)).toEqual([uri]);
    expect(await capability()).toMatchObject({ ask_failures: 0, ask_failure: failure });
  });
});

describe('what it names', () => {
  test('is kept only where everybody may see it and be shown it', async () => {
    const shy = await rig.a.actor('shy', { discoverable: false });
    const { uri: ours } = await publish(rig);
    const uris = {
      good: served(dana),
      shy: served(shy),
      followers: served(dana, { to: [dana.followers], cc: [] }),
      unlisted: served(dana, { to: [dana.followers], cc: [PUBLIC] }),
      missing: `${rig.a.origin}/notes/nowhere`,
      ours,
      canary: `http://127.0.0.9:${rig.canary.port}/notes/1`,
    };
    says(...Object.values(uris).map((uri) => ({ uri, rank: 50 })));
    await ask();
    for (const host of new Set(Object.values(uris).map((uri) => new URL(uri).host))) await look(host);
    const outcome = new Map((await told()).map(({ uri, state, reason }) => [uri, reason ?? state]));
    expect(Object.entries(uris).map(([what, uri]) => [what, outcome.get(uri)])).toEqual([
      ['good', 'accepted'],
      ['shy', 'author-not-discoverable'],
      ['followers', 'not-public'],
      ['unlisted', 'not-public'],
      ['missing', 'object-not-found'],
      ['ours', 'our-own'],
      ['canary', 'object-blocked-url'],
    ]);
  });

  test('is not looked at while it is not used for that', async () => {
    says({ uri: served(dana), rank: 50 });
    await ask();
    await db()('fasp_capabilities').update({ enabled: false });
    await look();
    expect((await told()).map(({ state }) => state)).toEqual(['waiting']);
    await db()('fasp_capabilities').update({ enabled: true });
    await look();
    expect((await told()).map(({ state }) => state)).toEqual(['accepted']);
  });

  test('is at most a few of one author, and so many posts and videos a day', async () => {
    says(...Array.from({ length: 4 }, () => ({ uri: served(dana), rank: 50 })));
    await ask();
    await look();
    expect((await told()).filter(({ reason }) => reason === 'too-many-of-author')).toHaveLength(1);
    await db()('told_posts').delete();
    const known = served(dana);
    await earlier(exchangeLimits.postsPerDay - 2, { state: 'refused' });
    says({ uri: known, rank: 50 });
    await ask();
    says(...[1, 2, 3].map(() => ({ uri: served(dana), rank: 60 })), { uri: known, rank: 70 });
    await ask();
    const waiting = await db()('told_posts').where({ state: 'waiting' }).orderBy('rank').pluck('rank');
    expect(waiting).toEqual([60, 70]);
  });

  test('is no new video once so many were brought in a day', async () => {
    const [video] = await db()('videos').select('id');
    expect(video).toBeUndefined();
    const { id } = await publish(rig);
    await earlier(exchangeLimits.videosPerDay, { state: 'accepted', video_id: id });
    const uri = served(dana);
    says({ uri, rank: 50 });
    await ask();
    await look();
    expect((await db()('told_posts').where({ uri }).first()).reason).toBe('too-many-today');
  });
});

/** Posts that it named before. */
async function earlier(count: number, row: object): Promise<void> {
  const { ids } = rig.server.context;
  const told_at = new Date();
  await db()('told_posts').insert(
    Array.from({ length: count }, (_, one) => ({
      ...{ id: ids.next<'told-post'>(), source: 'fasp', source_id: fasp.id, rank: 1, told_at },
      ...{ uri: `https://far.example/${one}`, host: 'far.example', counts_until: told_at, ...row },
    })),
  );
}
