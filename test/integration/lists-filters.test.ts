import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filterLimits, listLimits } from '../../config/limits.ts';
import { eventually } from '../helpers/activities.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
});

afterAll(() => server?.close());

const idsOf = (body: { id: string }[]) => body.map(({ id }) => id);
let made = 0;
const someone = (name = 'one') => people.signedIn(`${name}_${++made}`);

describe('lists', () => {
  async function listOf(owner: Person, members: readonly Person[], facts: object = {}) {
    const list = (await client.post('/api/v1/lists', { as: owner, body: { title: 'Cats', ...facts } })).body;
    const body = { account_ids: members.map(({ id }) => id) };
    const added = await client.post(`/api/v1/lists/${list.id}/accounts`, { as: owner, body });
    expect(added.status, added.text).toBe(200);
    return list as { id: string };
  }

  test('are made, changed and removed', async () => {
    const owner = await someone('owner');
    const body = { title: ' Cats ', exclusive: 'true' };
    const list = await client.post('/api/v1/lists', { as: owner, body });
    expect(list.body).toEqual({
      ...{ id: expect.stringMatching(/^\d+$/), title: 'Cats', replies_policy: 'list', exclusive: true },
    });
    const path = `/api/v1/lists/${list.body.id}`;
    const changed = await client.put(path, { as: owner, body: { replies_policy: 'none', exclusive: '0' } });
    expect(changed.body).toEqual({ ...list.body, replies_policy: 'none', exclusive: false });
    expect((await client.get(path, { as: owner })).body).toEqual(changed.body);
    expect((await client.get('/api/v1/lists', { as: owner })).body).toEqual([
      changed.body,
      expect.objectContaining({ title: 'For You' }),
    ]);
    expect((await client.delete(path, { as: owner })).status).toBe(200);
    expect((await client.get(path, { as: owner })).status).toBe(404);
    for (const wrong of [
      {},
      { title: ' ' },
      { title: 'x', replies_policy: 'all' },
      { title: 'x'.repeat(101) },
    ]) {
      expect((await client.post('/api/v1/lists', { as: owner, body: wrong })).status).toBe(422);
    }
  });

  test('hold who is followed, and only for as long', async () => {
    const [owner, friend, stranger] = [
      await someone('owner'),
      await someone('friend'),
      await someone('stranger'),
    ];
    await people.follow(owner.account, friend.account);
    const list = await listOf(owner, [friend]);
    const path = `/api/v1/lists/${list.id}/accounts`;
    const members = async () => idsOf((await client.get(path, { as: owner })).body);
    const refusedAll = await client.post(path, { as: owner, body: { account_ids: [stranger.id, owner.id] } });
    expect([refusedAll.status, refusedAll.body.code]).toEqual([404, 'not-followed']);
    expect(await members()).toEqual([friend.id]);
    const twice = await client.post(path, { as: owner, body: { account_ids: friend.id } });
    expect([twice.status, twice.body.code]).toEqual([422, 'already-listed']);
    const of = await client.get(`/api/v1/accounts/${friend.id}/lists`, { as: owner });
    expect(idsOf(of.body)).toEqual([list.id]);
    expect((await client.get(`/api/v1/accounts/${friend.id}/lists`, { as: stranger })).body).toEqual([]);

    await client.post(path, { as: owner, body: { account_ids: [owner.id] } });
    expect(await members()).toEqual([owner.id, friend.id]);
    expect(idsOf((await client.get(`${path}?limit=0`, { as: owner })).body)).toEqual([owner.id, friend.id]);
    await client.delete(`${path}?account_ids[]=${owner.id}`, { as: owner });
    expect(await members()).toEqual([friend.id]);
    await client.post(`/api/v1/accounts/${friend.id}/unfollow`, { as: owner });
    expect(await members()).toEqual([]);
  });

  test('show their videos as the viewer may see them; an exclusive one keeps them from home', async () => {
    const [owner, friend, other] = [await someone('owner'), await someone('friend'), await someone('other')];
    for (const one of [friend, other]) await people.follow(owner.account, one.account);
    const list = await listOf(owner, [friend]);
    const open = await videos.video(friend.account);
    const secret = await videos.video(friend.account, { visibility: 'direct' });
    const elsewhere = await videos.video(other.account);
    const forFollowers = await videos.video(friend.account, { visibility: 'followers' });
    const path = `/api/v1/timelines/list/${list.id}`;
    const shown = async (query = '') => idsOf((await client.get(`${path}${query}`, { as: owner })).body);
    const home = async () => idsOf((await client.get('/api/v1/timelines/home', { as: owner })).body);
    expect(await shown()).toEqual([forFollowers, open]);
    expect(await shown(`?max_id=${forFollowers}`)).toEqual([open]);
    expect(await shown()).not.toContain(secret);
    expect(await home()).toEqual([forFollowers, elsewhere, open]);
    await client.put(`/api/v1/lists/${list.id}`, { as: owner, body: { exclusive: true } });
    expect(await home()).toEqual([elsewhere]);
    expect(await shown()).toEqual([forFollowers, open]);
    await client.post(`/api/v1/accounts/${friend.id}/mute`, { as: owner });
    expect(await shown()).toEqual([]);
    await client.post(`/api/v1/accounts/${friend.id}/unmute`, { as: owner });
    await client.post(`/api/v1/accounts/${owner.id}/block`, { as: friend });
    expect(await shown()).toEqual([]);
  });

  test('are not without end, whatever is sent at once', async () => {
    const owner = await someone('owner');
    const { db, ids } = server.context;
    const rows = Array.from({ length: listLimits.maxLists - 2 }, () => ({
      ...{ id: ids.next(), account_id: owner.id, title: 'x', replies_policy: 'list', exclusive: false },
    }));
    await db('lists').insert(rows);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => client.post('/api/v1/lists', { as: owner, body: { title: 'more' } })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 422, 422, 422, 422]);
  });
});

describe('markers', () => {
  test('are kept by timeline, and count their changes', async () => {
    const one = await someone();
    expect((await client.get('/api/v1/markers?timeline[]=home', { as: one })).body).toEqual({});
    const body = { home: { last_read_id: '5' }, notifications: { last_read_id: '7' } };
    const set = await client.post('/api/v1/markers', { as: one, body });
    expect(set.body).toMatchObject({
      home: { last_read_id: '5', version: 0 },
      notifications: { version: 0 },
    });
    const again = await client.post('/api/v1/markers', { as: one, body: { home: { last_read_id: '6' } } });
    expect(again.body).toEqual({ home: { last_read_id: '6', version: 1, updated_at: expect.any(String) } });
    const read = await client.get('/api/v1/markers?timeline[]=home&timeline[]=notifications', { as: one });
    expect(read.body).toMatchObject({ home: { last_read_id: '6' }, notifications: { last_read_id: '7' } });
    for (const wrong of [{ home: {} }, { home: { last_read_id: 'x' } }, { home: { last_read_id: '0' } }]) {
      expect((await client.post('/api/v1/markers', { as: one, body: wrong })).status).toBe(422);
    }
  });

  test('of two apps at once, one is told', async () => {
    const one = await someone();
    const post = (id: number) =>
      client.post('/api/v1/markers', { as: one, body: { home: { last_read_id: String(id) } } });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => post(n + 1)));
    const done = answers.filter(({ status }) => status === 200);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const now = await client.get('/api/v1/markers?timeline[]=home', { as: one });
    expect(now.body.home.version).toBe(done.length - 1);
    expect(new Set(done.map(({ body }) => body.home.version)).size).toBe(done.length);
  });

  test('one that was changed in between is not written over', async () => {
    const one = await someone();
    const { inTx, markers } = server.context;
    await inTx((tx) => markers.set(tx, one.id, 'home', '1'));
    let slower: Promise<{ ok: boolean }> | undefined;
    await inTx(async (tx) => {
      await markers.set(tx, one.id, 'home', '2');
      // Reads what was before, and waits for the lock of the faster one.
      slower = inTx((other) => markers.set(other, one.id, 'home', '3'));
      await eventually('the slower one waits', async () => {
        const { rows } = await server.context.db.raw(
          `select 1 from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%markers%'`,
        );
        return rows.length > 0;
      });
    });
    expect(await slower).toMatchObject({ ok: false, reason: 'conflict' });
    const stored = await markers.of(one.id, ['home']);
    expect(stored).toMatchObject([{ lastReadId: '2', version: 1 }]);
  });
});

describe('filters', () => {
  const body = {
    ...{ title: 'Spoilers', context: ['home', 'public'], filter_action: 'hide', expires_in: '3600' },
    keywords_attributes: [
      { keyword: 'cat', whole_word: 'true' },
      { keyword: 'c++', whole_word: 'false' },
    ],
  };

  test('are made, changed and removed, with their words', async () => {
    const one = await someone();
    const created = await client.post('/api/v2/filters', { as: one, body });
    expect(created.body).toMatchObject({
      ...{ title: 'Spoilers', context: ['home', 'public'], filter_action: 'hide', statuses: [] },
      keywords: [
        { keyword: 'cat', whole_word: true },
        { keyword: 'c++', whole_word: false },
      ],
    });
    expect(Date.parse(created.body.expires_at)).toBeGreaterThan(Date.now() + 3_000_000);
    const path = `/api/v2/filters/${created.body.id}`;
    const [cat, plus] = created.body.keywords;
    const change = {
      ...{ title: 'New', expires_in: '' },
      keywords_attributes: {
        0: { id: cat.id, _destroy: true },
        1: { id: plus.id, whole_word: true },
        2: { keyword: 'dog' },
      },
    };
    const changed = await client.put(path, { as: one, body: change });
    expect(changed.body).toMatchObject({
      ...{ title: 'New', filter_action: 'hide', expires_at: null },
      keywords: [
        { id: plus.id, keyword: 'c++', whole_word: true },
        { keyword: 'dog', whole_word: false },
      ],
    });
    expect((await client.get('/api/v2/filters', { as: one })).body).toEqual([changed.body]);
    const added = await client.post(`${path}/keywords`, { as: one, body: { keyword: 'owl' } });
    const word = `/api/v2/filters/keywords/${added.body.id}`;
    const edited = await client.put(word, { as: one, body: { keyword: 'owls', whole_word: '1' } });
    expect(edited.body).toEqual({ id: added.body.id, keyword: 'owls', whole_word: true });
    expect((await client.get(word, { as: one })).body).toEqual(edited.body);
    expect((await client.get(`${path}/keywords`, { as: one })).body).toHaveLength(3);
    await client.delete(word, { as: one });
    expect((await client.get(word, { as: one })).status).toBe(404);
    await client.delete(path, { as: one });
    expect((await client.get(path, { as: one })).status).toBe(404);
    const events = await server.context.db('events').where({ name: 'filters.changed' });
    expect(events.length).toBeGreaterThanOrEqual(6);
    for (const wrong of [
      { ...body, title: '' },
      { ...body, context: [] },
      { ...body, context: ['everywhere'] },
      { ...body, filter_action: 'delete' },
      { ...body, expires_in: '-5' },
    ]) {
      expect((await client.post('/api/v2/filters', { as: one, body: wrong })).status).toBe(422);
    }
  });

  test('speak of posts, for their owner alone, for as long as they last', async () => {
    const [one, author] = [await someone(), await someone('author')];
    const cat = await videos.video(author.account, { caption: 'My CAT sleeps' });
    const concat = await videos.video(author.account, { caption: 'concatenate' });
    const named = await videos.video(author.account, { caption: 'something else' });
    const mine = await videos.video(one.account, { caption: 'a cat of mine' });
    const filter = (await client.post('/api/v2/filters', { as: one, body })).body;
    const path = `/api/v2/filters/${filter.id}`;
    const entry = await client.post(`${path}/statuses`, { as: one, body: { status_id: named } });
    expect(entry.body).toEqual({ id: expect.any(String), status_id: named });
    const filteredOf = async (id: string, as?: Person) =>
      (await client.get(`/api/v1/statuses/${id}`, { as })).body.filtered;
    expect(await filteredOf(cat, one)).toMatchObject([
      {
        filter: { id: filter.id, title: 'Spoilers', context: ['home', 'public'], filter_action: 'hide' },
        ...{ keyword_matches: ['cat'], status_matches: null },
      },
    ]);
    expect(await filteredOf(named, one)).toMatchObject([{ keyword_matches: null, status_matches: [named] }]);
    for (const id of [concat, mine]) expect(await filteredOf(id, one)).toEqual([]);
    for (const as of [author, undefined]) expect(await filteredOf(cat, as)).toEqual([]);
    const list = await client.get('/api/v1/timelines/public', { as: one });
    const inList = list.body.find((status: { id: string }) => status.id === cat);
    expect(inList.filtered).toHaveLength(1);
    const reply = { status: 'the cat again', in_reply_to_id: cat };
    const comment = (await client.post('/api/v1/statuses', { as: author, body: reply })).body;
    expect(await filteredOf(comment.id, one)).toHaveLength(1);

    const part = `/api/v2/filters/statuses/${entry.body.id}`;
    expect((await client.get(part, { as: one })).body).toEqual(entry.body);
    await client.delete(part, { as: one });
    expect(await filteredOf(named, one)).toEqual([]);
    await server.context
      .db('filters')
      .where({ id: filter.id })
      .update({ expires_at: new Date(0) });
    expect(await filteredOf(cat, one)).toEqual([]);
  });

  test('P2 name no post that one may not see', async () => {
    const [one, author] = [await someone(), await someone('author')];
    const secret = await videos.video(author.account, { visibility: 'direct' });
    const { id } = (await client.post('/api/v2/filters', { as: one, body })).body;
    const answers = await Promise.all(
      [secret, '12345'].map((status_id) =>
        client.post(`/api/v2/filters/${id}/statuses`, { as: one, body: { status_id } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(answers[0]?.text).toBe(answers[1]?.text);
  });

  test('as older apps know them: one word each', async () => {
    const one = await someone();
    const first = { phrase: 'tea', context: ['home'], irreversible: 'true', whole_word: true };
    const created = await client.post('/api/v1/filters', { as: one, body: first });
    expect(created.body).toEqual({
      ...{ id: expect.any(String), phrase: 'tea', context: ['home'], irreversible: true },
      ...{ whole_word: true, expires_at: null },
    });
    const path = `/api/v1/filters/${created.body.id}`;
    const changed = await client.put(path, { as: one, body: { phrase: 'chai', context: ['thread'] } });
    expect(changed.body).toMatchObject({ phrase: 'chai', context: ['thread'], irreversible: false });
    expect((await client.get('/api/v1/filters', { as: one })).body).toEqual([changed.body]);
    expect((await client.get(path, { as: one })).body).toEqual(changed.body);
    await client.delete(path, { as: one });
    expect((await client.get('/api/v2/filters', { as: one })).body).toEqual([]);
  });

  test('have no more words than can be looked for', async () => {
    const one = await someone();
    const words = (count: number) => Array.from({ length: count }, (_, n) => ({ keyword: `w${n}` }));
    const large = { ...body, keywords_attributes: words(filterLimits.maxKeywords) };
    const { id } = (await client.post('/api/v2/filters', { as: one, body: large })).body;
    const more = await client.post(`/api/v2/filters/${id}/keywords`, {
      as: one,
      body: { keyword: 'one more' },
    });
    expect([more.status, more.body.code]).toEqual([422, 'too-many-filters']);
  });
});
