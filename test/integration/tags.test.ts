import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trendLimits } from '../../config/limits.ts';
import { up } from '../../migrations/0108_tags.ts';
import { foldTag, replaceTags, tagsOfText } from '../../src/db/tags.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { createDeeds } from '../helpers/news.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn } from '../helpers/sounds.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let author: Person;
let viewer: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
  viewer = await people.signedIn('viewer');
});
afterAll(() => server?.close());

/** A video with what its caption says. */
async function post(by: Person, caption: string, more: { visibility?: 'followers' | 'unlisted' } = {}) {
  const id = await videos.video(by.account, { caption, ...more });
  await server.context.inTx((tx) => replaceTags(tx, [{ videoId: id, tags: tagsOfText(caption) }]));
  return id;
}

const idsOf = (body: { id: string }[]) => body.map(({ id }) => id);
const path = (tag: string, verb = '') => `/api/v1/tags/${encodeURIComponent(tag)}${verb}`;
const tagged = (tag: string, as?: Person) =>
  client
    .get(`/api/v1/timelines/tag/${encodeURIComponent(tag)}`, as ? { as } : {})
    .then(({ body }) => idsOf(body));

describe('one hashtag', () => {
  test('is the same whatever the accents of Latin letters, and is shown as most people write it', async () => {
    const made = [];
    for (const caption of ['#cafe', '#Café', '#CAFÉ', '#Café']) made.push(await post(author, caption));
    for (const tag of ['cafe', 'Café', 'CAFE\u0301']) expect(await tagged(tag)).toEqual(made.toReversed());
    expect((await client.get(path('CAFE'))).body).toMatchObject({
      ...{ id: 'cafe', name: 'Café' },
      history: [{ uses: '4', accounts: '1' }],
    });
    expect((await client.get(path('nobody'))).body).toMatchObject({
      id: 'nobody',
      name: 'nobody',
      history: [],
    });
  });

  test('tells by its days of nobody whom the staff keeps out of lists, and of no clip kept from strangers', async () => {
    const [loud, other] = [await people.signedIn('loud_tagger'), await people.signedIn('other_tagger')];
    await post(other, '#quietday');
    const kept = await post(other, '#quietday');
    await post(other, '#quietday', { visibility: 'followers' });
    await post(loud, '#quietday');
    const history = async () => (await client.get(path('quietday'))).body.history;
    expect(await history()).toMatchObject([{ uses: '3', accounts: '2' }]);
    await server.context.db('accounts').where({ id: loud.id }).update({ silenced: true });
    await server.context.db('videos').where({ id: kept }).update({ undiscoverable: true });
    expect(await history()).toMatchObject([{ uses: '1', accounts: '1' }]);
  });

  test.each([
    ['Straße', 'straße'],
    ['Żółć', 'zołc'],
    ['Ååland', 'aaland'],
    ['Tiếng_Việt', 'tieng_viet'],
    ['й', 'й'],
    ['パン', 'パン'],
    ['हिन्दी', 'हिन्दी'],
    ['ＡＢＣ', 'abc'],
  ])('%s is compared as %s', (written, folded) => {
    expect(foldTag(written)).toBe(folded.normalize('NFC'));
  });

  test('rows of before are folded by the migration, and become one', async () => {
    const { db } = server.context;
    const first = await videos.video(author.account, {});
    const rows = ['zażółć', 'zażołc', 'й'].map((tag) => ({ tag, video_id: first }));
    await db
      .transaction(async (trx) => {
        await trx('video_tags').insert(rows);
        await trx('tag_follows').insert(
          ['été', 'ete'].map((tag, n) => ({ id: n + 1, account_id: viewer.id, tag })),
        );
        // What it adds is there already.
        await trx.schema.dropTable('featured_tags').dropTable('tag_mutes');
        await trx.schema.alterTable('video_tags', (t) => t.dropColumn('spelling'));
        await up(trx);
        expect(await trx('video_tags').where({ video_id: first }).orderBy('tag').pluck('tag')).toEqual([
          foldTag('zażółć'),
          'й',
        ]);
        expect(await trx('tag_follows').where({ account_id: viewer.id }).pluck('tag')).toEqual(['ete']);
        await trx.rollback();
      })
      .catch(() => undefined);
    await db('video_tags').where({ video_id: first }).delete();
  });
});

describe('a muted hashtag', () => {
  test('is in no feed of whoever mutes it, also where somebody passes it on', async () => {
    const [fan, friend] = [await people.signedIn('fan'), await people.signedIn('friend')];
    for (const whom of [author, friend]) await people.follow(fan.account, whom.account);
    const loud = await post(author, 'Such #Lärm');
    const calm = await post(author, 'Such #quiet');
    const passed = await post(viewer, '#larm again');
    await createDeeds(server.context).share(friend.account, passed);
    const feeds = async () => {
      const seen: Record<string, string[]> = {};
      for (const feed of [
        'timelines/home',
        'timelines/public',
        'timelines/tag/larm',
        'timelines/for_you',
        'trends/statuses',
      ]) {
        const { body } = await client.get(`/api/v1/${feed}?limit=40`, { as: fan });
        seen[feed] = (body as { id: string; reblog?: { id: string } }[]).map(
          (one) => one.reblog?.id ?? one.id,
        );
      }
      const cursor = await client.get('/api/v1/feed?kind=following', { as: fan });
      seen.feed = idsOf(cursor.body.videos ?? []);
      return seen;
    };
    const before = await feeds();
    expect(before['timelines/home']).toEqual(expect.arrayContaining([loud, calm, passed]));
    expect(before['timelines/tag/larm']).toEqual(expect.arrayContaining([loud, passed]));
    const muted = await client.post(path('LÄRM', '/mute'), { as: fan });
    expect(muted.body).toMatchObject({ id: 'larm', muting: true });
    for (const [feed, ids] of Object.entries(await feeds())) {
      expect([feed, ids.filter((id) => id === loud || id === passed)]).toEqual([feed, []]);
    }
    expect((await feeds())['timelines/home']).toContain(calm);
    expect(idsOf((await client.get('/api/v1/muted_tags', { as: fan })).body)).toEqual(['larm']);
    expect(idsOf((await client.get(`/api/v1/accounts/${author.id}/statuses`, { as: fan })).body)).toContain(
      loud,
    );
    expect((await client.get(`/api/v1/statuses/${loud}`, { as: fan })).status).toBe(200);
    // One sees what one posted, and others see all of it.
    await client.post(path('larm', '/mute'), { as: author });
    expect(await tagged('larm', author)).toContain(loud);
    expect(await tagged('larm', viewer)).toContain(loud);
    await client.post(path('larm', '/unmute'), { as: fan });
    expect(await tagged('larm', fan)).toContain(loud);
  });

  test('is found by no search, and listed with no sound', async () => {
    const seeker = await people.signedIn('seeker');
    const loud = await post(author, 'Hammering at dawn #Hammer');
    const sound = await heardIn(server.context, loud);
    await server.context.db('accounts').where({ id: author.id }).update({ indexable: true });
    await server.context.search.follow();
    const lists = async () => {
      const found = await client.get('/api/v1/search/videos?q=hammering', { as: seeker });
      const heard = await client.get(`/api/v1/sounds/${sound}/statuses`, { as: seeker });
      return [idsOf(found.body.statuses), idsOf(heard.body)];
    };
    expect(await lists()).toEqual([[loud], [loud]]);
    await client.post(path('hammer', '/mute'), { as: seeker });
    expect(await lists()).toEqual([[], []]);
  });

  test('is one of so many', async () => {
    const { db, ids } = server.context;
    const one = await people.signedIn('muter');
    const rows = Array.from({ length: trendLimits.maxMutedTags }, (_, n) => ({
      ...{ id: ids.next(), account_id: one.id, tag: `t${n}` },
    }));
    await db('tag_mutes').insert(rows);
    expect((await client.post(path('more', '/mute'), { as: one })).status).toBe(422);
  });
});

describe.each([
  ['follow', 'tag_follows', trendLimits.maxFollowedTags],
  ['mute', 'tag_mutes', trendLimits.maxMutedTags],
] as const)('as many hashtags as one may %s', (verb, table, most) => {
  test('are no fewer for doing it twice, and no more for doing it at once', async () => {
    const many = await people.signedIn(`many_${verb}`);
    const { db, ids } = server.context;
    await db(table).insert(
      Array.from({ length: most - 1 }, (_, at) => ({ id: ids.next(), account_id: many.id, tag: `t${at}` })),
    );
    const wanted = ['one', 'two', 'three', 'four'].map((name) => path(name, `/${verb}`));
    const answers = await Promise.all(wanted.map((url) => client.post(url, { as: many })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422]);
    expect((await client.post(path('t0', `/${verb}`), { as: many })).status).toBe(200);
  });
});

describe('hashtags on a profile', () => {
  test('are chosen, suggested, counted, shown to everybody, and taken away', async () => {
    const one = await people.signedIn('proud');
    for (const caption of ['#Birds #sea', '#birds', '#sea #sun', '#birds']) await post(one, caption);
    await post(one, '#secret', { visibility: 'followers' });
    await post(one, '#birds', { visibility: 'unlisted' });
    const suggested = await client.get('/api/v1/featured_tags/suggestions', { as: one });
    expect(idsOf(suggested.body)).toEqual(['birds', 'sea', 'sun']);
    const made = await client.post('/api/v1/featured_tags', { as: one, body: { name: '#Birds' } });
    expect(made.body, made.text).toMatchObject({ name: 'birds', statuses_count: '3' });
    const shown = await client.post(path('unused', '/feature'), { as: one });
    expect(shown.body).toMatchObject({ featuring: true });
    const seen = await client.get(`/api/v1/accounts/${one.id}/featured_tags`);
    expect(seen.body).toMatchObject([
      { name: 'birds', statuses_count: '3', last_status_at: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
      { name: 'unused', statuses_count: '0', last_status_at: null },
    ]);
    expect(idsOf((await client.get('/api/v1/featured_tags/suggestions', { as: one })).body)).toEqual([
      'sea',
      'sun',
    ]);
    expect((await client.delete(`/api/v1/featured_tags/${made.body.id}`, { as: viewer })).status).toBe(404);
    expect((await client.delete(`/api/v1/featured_tags/${made.body.id}`, { as: one })).status).toBe(200);
    await client.post(path('unused', '/unfeature'), { as: one });
    expect((await client.get('/api/v1/featured_tags', { as: one })).body).toEqual([]);
    for (let n = 0; n < trendLimits.maxFeaturedTags; n += 1)
      await client.post(path(`f${n}`, '/feature'), { as: one });
    const refusal = await client.post('/api/v1/featured_tags', { as: one, body: { name: 'more' } });
    expect([refusal.status, refusal.body.code]).toEqual([422, 'too-many-tags']);
    expect((await client.post('/api/v1/featured_tags', { as: one, body: { name: '!' } })).status).toBe(404);
  });
});
