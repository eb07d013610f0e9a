import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lowestIdAt, type VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory, type VideoFacts } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { fewestQueriesOf, queriesOf, stepsOf } from '../helpers/queries.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let alice: Person;
let bob: Person;
let eve: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  alice = await people.signedIn('alice');
  bob = await people.signedIn('bob');
  eve = await people.signedIn('eve');
});
afterAll(() => server?.close());
beforeEach(async () => {
  await server.context.db('videos').delete();
  await server.context.db('follows').delete();
});

const make = (facts: VideoFacts = {}, by: Person = alice): Promise<VideoId> =>
  createVideoFactory(server.context).video(by.account, facts);
const list = async (query = '', as: Person = alice) => {
  const answer = await client.get(`/api/v1/studio/videos${query}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer;
};
const idsOf = async (query = '', as: Person = alice): Promise<string[]> =>
  (await list(query, as)).body.map(({ id }: { id: string }) => id);
const like = (as: Person, id: string) => client.post(`/api/v1/statuses/${id}/favourite`, { as });
const bulk = (body: object, as: Person = alice) => client.post('/api/v1/studio/videos/bulk', { as, body });

describe('the list of one’s own videos', () => {
  test('has them in every state, and nobody else’s', async () => {
    const scheduled = await make({ state: 'draft', awaitsPost: true });
    const ids = {
      published: await make(),
      uploading: await make({ state: 'uploading' }),
      processing: await make({ state: 'received' }),
      failed: await make({ state: 'rejected' }),
      draft: await make({ state: 'draft', awaitsPost: true }),
      scheduled,
    };
    await make({}, bob);
    const time = new Date(Date.now() + 3_600_000).toISOString();
    await client.patch(`/api/v1/videos/${scheduled}`, { as: alice, body: { scheduled_at: time } });
    const { body } = await list();
    const states = new Map(body.map((one: { id: string; state: string }) => [one.id, one.state]));
    for (const [state, id] of Object.entries(ids)) {
      expect(states.get(id), state).toBe(state);
      expect(await idsOf(`?state=${state}`)).toEqual([id]);
    }
    expect(body).toHaveLength(6);
    expect(body.find(({ id }: { id: string }) => id === scheduled)).toMatchObject({
      ...{ scheduled_at: time, saves: 0, views: 0, processing: { state: 'draft' } },
    });
    const overview = await client.get('/api/v1/studio/overview', { as: alice });
    expect(overview.body.videos).toEqual({
      ...{ published: 1, uploading: 1, processing: 1, failed: 1, draft: 1, scheduled: 1 },
    });
    expect((await client.get('/api/v1/studio/videos')).status).toBe(401);
  });

  test('is searched by words, whatever signs they have', async () => {
    const birds = await make({ caption: 'Blackbirds, 100% wild' });
    await make({ caption: 'Cats' });
    expect(await idsOf('?q=blackBIRD')).toEqual([birds]);
    expect(await idsOf(`?q=${encodeURIComponent('100%')}`)).toEqual([birds]);
    expect(await idsOf(`?q=${encodeURIComponent('1%0')}`)).toEqual([]);
    expect(await idsOf('?q=_ats')).toEqual([]);
  });

  test.for(['date', 'likes', 'comments', 'views'])('sorted by %s, page by page, each once', async (sort) => {
    const { db } = server.context;
    const [a, b, c, d] = [await make(), await make(), await make(), await make()];
    for (const [person, id] of [
      [bob, b],
      [eve, b],
      [bob, a],
    ] as const) {
      await like(person, id);
    }
    await client.post(`/api/v1/videos/${c}/comments`, { as: bob, body: { text: 'Hi' } });
    await db('remote_views').insert({ video_id: a, host: 'a.test', day: db.raw('current_date'), views: 7 });
    await db('remote_views').insert({ video_id: a, host: 'b.test', day: db.raw('current_date'), views: 2 });
    const wanted = { date: [d, c, b, a], likes: [b, a, d, c], comments: [c, d, b, a], views: [a, d, c, b] }[
      sort
    ];
    expect(await idsOf(`?sort=${sort}`)).toEqual(wanted);
    const paged: string[] = [];
    let path = `?sort=${sort}&limit=1`;
    for (let pages = 0; path !== '' && pages < 6; pages += 1) {
      const answer = await list(path);
      paged.push(...answer.body.map(({ id }: { id: string }) => id));
      const next = /<([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1];
      path = next ? new URL(next).search : '';
    }
    expect(paged).toEqual(wanted);
    // More than any count is, and more than a column of counts holds.
    for (const value of ['9999999999', '999999999999999']) {
      expect(await idsOf(`?sort=${sort}&cursor=1-${value}`)).toEqual(sort === 'date' ? [] : wanted);
    }
    const tooLarge = `/api/v1/studio/videos?sort=${sort}&cursor=1-9999999999999999`;
    expect((await client.get(tooLarge, { as: alice })).status).toBe(422);
    expect((await list(`?sort=views`)).body[0]).toMatchObject({ id: a, views: 9 });
  });

  test('takes the same number of queries at any length', async () => {
    const queries = async () => {
      const { length } = await idsOf('?limit=40');
      return { length, count: (await fewestQueriesOf(server.context.db, () => list('?limit=40'))).length };
    };
    // Of what is not posted, it is asked whether something waits for its time.
    await make({ state: 'received' });
    const few = await queries();
    for (let n = 0; n < 12; n += 1) await make({ state: n % 2 ? 'published' : 'received' });
    expect(await queries()).toEqual({ length: 13, count: few.count });
  });

  test('is read by the index of the author', async () => {
    const { db } = server.context;
    await make();
    await db.raw(
      `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, published_at)
       select 1000000 + n, ?, true, 'urn:studio:' || n, '', 'published', 'public', 'ready', now()
         from generate_series(1, 5000) n`,
      [bob.id],
    );
    await db.raw('analyze videos');
    for (const sort of ['date', 'likes', 'views']) {
      const seen = await queriesOf(db, () => list(`?sort=${sort}`));
      const statement = seen.find(({ sql }) => sql.includes('"own"'));
      if (!statement) throw new Error('No statement lists videos.');
      const steps = await stepsOf(db, statement);
      const read = steps.filter((step) => step['Relation Name'] === 'videos');
      expect(
        read.map((step) => step['Node Type']),
        sort,
      ).not.toContain('Seq Scan');
      expect(
        steps.map((step) => step['Index Name']),
        sort,
      ).toContain('videos_account_id_id_index');
    }
  });
});

describe('statistics', () => {
  const DAY = 24 * 3_600_000;
  const of = (path: string, query = '', as: Person = alice) =>
    client.get(`/api/v1/studio/${path}${query}`, { as });

  test('count what is new by the days of a time zone, and what there is by now', async () => {
    const { db, inTx, engagement } = server.context;
    const [id, other] = [await make(), await make()];
    await like(bob, id);
    await like(eve, id);
    await like(eve, other);
    for (const person of [bob, eve]) await client.post(`/api/v1/statuses/${id}/bookmark`, { as: person });
    await client.post(`/api/v1/statuses/${id}/reblog`, { as: bob });
    await client.post(`/api/v1/videos/${id}/share`, { as: bob });
    await client.post(`/api/v1/videos/${id}/comments`, { as: bob, body: { text: 'Hi' } });
    await people.follow(bob.account, alice.account);
    // Three days ago, and long ago.
    const [before, long] = [Date.now() - 3 * DAY, Date.now() - 300 * DAY];
    const row = { account_id: eve.id, video_id: id };
    await db('likes')
      .where({ ...row })
      .update({ id: lowestIdAt(before) });
    await db('bookmarks')
      .where(row)
      .update({ id: lowestIdAt(long) });
    await inTx((tx) => engagement.countRemoteView(tx, id, 'a.test'));

    const { body } = await of(`videos/${id}/statistics`, '?days=7&time_zone=UTC');
    const totals = { views: 1, likes: 2, comments: 1, reposts: 1, shares: 1, saves: 2 };
    expect(body).toMatchObject({ id, totals, period: { time_zone: 'UTC', totals: { likes: 2, saves: 1 } } });
    expect(body.period.days).toHaveLength(7);
    const [today, then] = [body.period.days[6], body.period.days[3]];
    expect(today).toEqual({
      date: new Date().toISOString().slice(0, 10),
      figures: { views: 1, likes: 1, comments: 1, reposts: 1, shares: 1, saves: 1 },
    });
    expect(then.figures).toMatchObject({ likes: 1, comments: 0 });
    expect(today.figures).not.toHaveProperty('followers');

    const all = (await of('overview', '?days=1')).body;
    expect(all.totals).toEqual({ ...totals, likes: 3, followers: 1 });
    expect(all.period).toMatchObject({
      totals: { likes: 2, followers: 1 },
      days: [{ figures: { followers: 1 } }],
    });
  });

  test('put a moment into the day that it was there', async () => {
    const { db } = server.context;
    const id = await make();
    await like(bob, id);
    // Half past midnight in Kiritimati, on the day before elsewhere.
    const days = (await of('overview', '?days=3&time_zone=Pacific/Kiritimati')).body.period;
    const start = Date.parse(days.from) + 2 * DAY;
    await db('likes').update({ id: lowestIdAt(start + 30 * 60_000) });
    const likes = async (zone: string) =>
      (await of('overview', `?days=4&time_zone=${zone}`)).body.period.days
        .filter(({ figures }: { figures: { likes: number } }) => figures.likes > 0)
        .map(({ date }: { date: string }) => date);
    expect(await likes('Pacific/Kiritimati')).toEqual([days.days[2].date]);
    expect(await likes('Pacific/Pago_Pago')).toEqual([
      new Date(start - 11 * 3_600_000).toISOString().slice(0, 10),
    ]);
  });

  test.for(['Pacific/Pago_Pago', 'UTC', 'Pacific/Kiritimati'])(
    'have views of a date on that date in %s',
    async (zone) => {
      const id = await make();
      const day = new Date(Date.now() - 2 * DAY).toISOString().slice(0, 10);
      await server.context.db('remote_views').insert({ video_id: id, host: 'a.test', day, views: 3 });
      const { days } = (await of('overview', `?days=5&time_zone=${zone}`)).body.period;
      const viewed = days.filter(({ figures }: { figures: { views: number } }) => figures.views > 0);
      expect(viewed).toMatchObject([{ date: day, figures: { views: 3 } }]);
    },
  );

  test('are the author’s alone', async () => {
    const id = await make();
    const [unseen, never] = [await of(`videos/${id}/statistics`, '', bob), await of('videos/1/statistics')];
    expect([unseen.status, unseen.body]).toEqual([404, never.body]);
    for (const query of ['?days=0', '?days=367', '?time_zone=Mars', '?time_zone=%2B01:00']) {
      expect((await of('overview', query)).status).toBe(422);
    }
  });
});

describe('several at once', () => {
  test('are deleted, each by itself, and none of somebody else', async () => {
    const [first, second, foreign] = [await make(), await make({ state: 'rejected' }), await make({}, bob)];
    const done = await bulk({ action: 'delete', ids: [first, foreign, '1', second, first] });
    expect(done.body.results).toEqual([
      { id: first, done: true, code: null, detail: null },
      { id: foreign, done: false, code: 'not-found', detail: expect.any(String) },
      { id: '1', done: false, code: 'not-found', detail: expect.any(String) },
      { id: second, done: true, code: null, detail: null },
    ]);
    expect(await idsOf()).toEqual([]);
    expect(await idsOf('', bob)).toEqual([foreign]);
  });

  test('get another audience where they can', async () => {
    const [open, secret] = [await make(), await make({ visibility: 'followers' })];
    const draft = await make({ state: 'draft', awaitsPost: true });
    const time = new Date(Date.now() + 3_600_000).toISOString();
    await client.patch(`/api/v1/videos/${draft}`, { as: alice, body: { scheduled_at: time } });
    const narrowed = await bulk({ action: 'visibility', visibility: 'private', ids: [open, secret, draft] });
    expect(narrowed.body.results.map(({ code }: { code: string }) => code)).toEqual([
      'visibility-fixed',
      null,
      null,
    ]);
    const waits = await client.get('/api/v1/scheduled_statuses', { as: alice });
    expect(waits.body).toMatchObject([{ params: { visibility: 'private' } }]);
    await bulk({ action: 'visibility', visibility: 'unlisted', ids: [secret] });
    expect((await client.get(`/api/v1/videos/${secret}`, { as: bob })).body.visibility).toBe('unlisted');
  });

  test.for([
    { action: 'delete' },
    { action: 'hide', ids: ['1'] },
    { action: 'visibility', ids: ['1'] },
    { action: 'delete', ids: Array.from({ length: 51 }, (_, n) => String(n + 1)) },
  ])('%j is refused', async (body) => {
    expect((await bulk(body)).body.code).toBe('validation-failed');
  });
});

describe('one of one’s own videos', () => {
  test('is told as in the list, with what was written; nobody else is told of it', async () => {
    const id = await make({ caption: 'Snow' });
    const { body } = await client.get(`/api/v1/studio/videos/${id}`, { as: alice });
    expect(body).toMatchObject({ id, state: 'published', text: 'Snow', watch_through: null });
    expect(body).toEqual((await list()).body[0]);
    expect((await client.get(`/api/v1/studio/videos/${id}`, { as: eve })).status).toBe(404);
    const draft = await make({ state: 'draft', awaitsPost: true, caption: 'Not yet' });
    const found = await client.get(`/api/v1/studio/videos/${draft}`, { as: alice });
    expect(found.body).toMatchObject({ state: 'draft', processing: { state: 'draft', done: true } });
  });
});

describe('an edit list', () => {
  const announce = (edit: object) =>
    client.post('/api/v1/videos', { as: alice, body: { bytes: 10, draft: true, edit } });
  const keptOf = async (edit: object) => {
    const answer = await announce(edit);
    expect(answer.status, answer.text).toBe(200);
    const row = await server.context.db('videos').where({ id: answer.body.video_id }).first('edit_list');
    return row?.edit_list;
  };

  test('is kept with the upload, and is none where all of the file is kept', async () => {
    const crop = { x: 0.25, y: 0, width: 0.5, height: 1 };
    expect(await keptOf({ in: 1.5, out: 4, crop })).toEqual({ in: 1.5, out: 4, crop, cuts: [] });
    const cuts = [
      { from: 1, to: 2 },
      { from: 2, to: 3 },
    ];
    expect(await keptOf({ cuts })).toEqual({ in: 0, out: null, crop: null, cuts });
    expect(await keptOf({})).toBeNull();
    expect(await keptOf({ in: 0, out: null })).toBeNull();
  });

  test.each([
    { in: 3, out: 3.2 },
    { in: -1 },
    { in: 'now' },
    { crop: { x: 0.6, y: 0, width: 0.5, height: 1 } },
    { crop: { x: 0, y: 0.2, width: 0.5, height: 0.9 } },
    { crop: { x: 0, y: 0, width: 0, height: 1 } },
    { cuts: [{ from: 2, to: 1 }] },
    {
      cuts: [
        { from: 1, to: 3 },
        { from: 2, to: 4 },
      ],
    },
    { cuts: Array.from({ length: 51 }, (_, n) => ({ from: n, to: n + 0.5 })) },
  ])('is refused where it makes no sense: %j', async (edit) => {
    expect((await announce(edit)).status).toBe(422);
  });
});
