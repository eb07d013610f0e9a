import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { settle } from '../helpers/news.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { fewestQueriesOf, queriesOf, stepsOf } from '../helpers/queries.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let author: Person;
let bob: Person;
let eve: Person;
let video: VideoId;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  author = await people.signedIn('author');
  bob = await people.signedIn('bob');
  eve = await people.signedIn('eve');
});
afterAll(() => server?.close());
beforeEach(async () => {
  await server.context.db('videos').delete();
  video = await createVideoFactory(server.context).video(author.account);
});

const at = (rest = '', of: string = video) => `/api/v1/videos/${of}/comments${rest}`;
const post = (as: Person, body: object = {}, headers: Record<string, string> = {}) =>
  client.post(at(), { as, body: { text: 'Hello', ...body }, headers });
const say = async (as: Person, text: string, parent_id?: string): Promise<string> => {
  const answer = await post(as, { text, parent_id });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.id;
};
const decide = (as: Person, id: string, what: string) => client.post(at(`/${id}/${what}`), { as });
const listed = async (query = '', as?: Person): Promise<string[]> => {
  const answer = await client.get(at(query), { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.map(({ id }: { id: string }) => id);
};
const like = (as: Person, id: string) => client.post(`/api/v1/statuses/${id}/favourite`, { as });
const countOf = async () => (await client.get(`/api/v1/videos/${video}`)).body.stats.comments;

describe('a comment of a video', () => {
  test('is the one that the Mastodon API knows, whoever made it', async () => {
    const made = await post(bob, { text: 'Nice #clip', language: 'en' });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      ...{ video_id: video, in_reply_to_id: video, language: 'en', account: { id: bob.id } },
      ...{ pinned: false, hidden: false, liked_by_author: false, by_author: false },
    });
    const { id } = made.body;
    expect((await client.get(`/api/v1/statuses/${id}`)).body.content).toContain('Nice');
    const body = { status: 'Back', in_reply_to_id: id };
    const answer = (await client.post('/api/v1/statuses', { as: author, body })).body.id;
    expect((await client.get(at(`?parent_id=${id}`))).body).toMatchObject([{ id: answer, by_author: true }]);
    expect((await client.get(at())).body).toMatchObject([{ id, replies_count: 1 }]);

    const edit = { status: 'Changed' };
    expect((await client.put(`/api/v1/statuses/${id}`, { as: bob, body: edit })).status).toBe(200);
    await like(author, id);
    expect((await client.get(at())).body).toMatchObject([
      { content: '<p>Changed</p>', favourites_count: 1, liked_by_author: true },
    ]);
    await client.post(`/api/v1/statuses/${id}/unfavourite`, { as: author });
    expect((await client.get(at())).body).toMatchObject([{ favourites_count: 0, liked_by_author: false }]);
    expect((await client.delete(`/api/v1/statuses/${id}`, { as: bob })).status).toBe(200);
    expect(await listed()).toEqual([answer]);
  });

  test('is made once for each key', async () => {
    const key = { 'Idempotency-Key': 'one of bob' };
    const [first, again] = [await post(bob, {}, key), await post(bob, {}, key)];
    expect(again.body.id).toBe(first.body.id);
    expect(await listed()).toHaveLength(1);
  });

  test('has as many characters as people count, not as UTF-16 has', async () => {
    expect((await post(bob, { text: '🐦'.repeat(500) })).status).toBe(200);
    for (const text of ['🐦'.repeat(501), 'x'.repeat(501), '  ']) {
      expect((await post(bob, { text })).body.code).toBe('validation-failed');
    }
    const long = { status: '🐦'.repeat(500), in_reply_to_id: video };
    expect((await client.post('/api/v1/statuses', { as: bob, body: long })).status).toBe(200);
  });

  test('answers only what stands below the same video', async () => {
    const first = await say(bob, 'First');
    const other = await createVideoFactory(server.context).video(author.account);
    const body = { text: 'Wrong', parent_id: first };
    expect((await client.post(at('', other), { as: bob, body })).status).toBe(404);
    expect((await client.get(at(`?parent_id=${first}`, other))).status).toBe(404);
  });

  test('P2 of a video that one cannot see is as of none', async () => {
    const secret = await createVideoFactory(server.context).video(author.account, {
      visibility: 'followers',
    });
    const [unseen, never] = [await client.get(at('', secret), { as: bob }), await client.get(at('', '1'))];
    expect([unseen.status, unseen.body]).toEqual([never.status, never.body]);
  });
});

describe('a list of comments', () => {
  test.for(['top', 'newest', 'oldest'])('%s: in its order, page by page, each once', async (sort) => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await say(bob, `Comment ${n}`));
    const [a, b, c, d, e] = ids as [string, string, string, string, string];
    for (const [person, id] of [
      [eve, b],
      [author, b],
      [eve, d],
    ] as const) {
      await like(person, id);
    }
    await decide(author, c, 'pin');
    const wanted = { top: [c, b, d, e, a], newest: [c, e, d, b, a], oldest: [c, a, b, d, e] }[sort];
    expect(await listed(`?sort=${sort}`)).toEqual(wanted);
    for (const limit of [1, 2]) expect(await pages(sort, limit), `limit=${limit}`).toEqual(wanted);
    expect((await client.get(at('?cursor=1'))).status).toBe(422);
  });

  async function pages(sort: string, limit: number): Promise<string[]> {
    const paged: string[] = [];
    let path = at(`?sort=${sort}&limit=${limit}`);
    for (let count = 0; path !== '' && count < 8; count += 1) {
      const answer = await client.get(path);
      paged.push(...answer.body.map(({ id }: { id: string }) => id));
      const next = /<([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1];
      path = next ? next.slice(server.origin.length) : '';
    }
    return paged;
  }

  test('takes the same number of queries at any length', async () => {
    const first = await say(bob, 'Comment');
    const queries = async () => {
      const ids = await listed('?limit=40', eve);
      return [ids.length, (await fewestQueriesOf(server.context.db, () => listed('?limit=40', eve))).length];
    };
    const few = await queries();
    for (let n = 0; n < 12; n += 1) {
      const person = await people.signedIn(`many_${n}`);
      await server.context.inTx((tx) =>
        server.context.engagement.like(tx, person.account, { commentId: first as never }),
      );
      await say(person, `Comment ${n}`);
    }
    expect(await queries()).toEqual([13, few[1]]);
  });

  test('reads the first by an index, however many there are', async () => {
    const { db } = server.context;
    const other = await createVideoFactory(server.context).video(author.account);
    await db.raw(
      `insert into comments (id, account_id, video_id, parent_id, local, uri, url, visibility, content_html, likes, published_at)
       select 3000000 + n, ?, case when n > 1000 then ?::bigint else ? end, case when n > 100 and n % 3 = 0 then 3000001 end, true, 'urn:comment:' || n, '', 'public', '',
              n % 97, now() from generate_series(1, 5000) n`,
      [bob.id, other, video],
    );
    await db.raw('analyze comments');
    for (const query of ['?sort=top', '?sort=newest', '?sort=oldest', '?parent_id=3000001&sort=top']) {
      const seen = await fewestQueriesOf(db, () => listed(query));
      const statement = seen.find(({ sql }) => sql.startsWith('select "id", "likes" from "comments"'));
      if (!statement) throw new Error('No statement lists comments.');
      const steps = await stepsOf(db, statement);
      expect(steps.map((step) => step['Index Name']).join(' '), query).toMatch(
        /\bcomments_(first|first_top|answers_top|of_parent)\b/,
      );
      for (const step of steps) {
        expect(step['Actual Rows'], query).toBeLessThanOrEqual(40);
        expect(step['Rows Removed by Filter'] ?? 0, query).toBeLessThanOrEqual(40);
      }
      expect(seen.length, query).toBeLessThanOrEqual(12);
    }
  });
});

test('a list looks at a bounded number of comments that are out of sight, and goes on below', async () => {
  const { db } = server.context;
  const lowest = await say(bob, 'Below all');
  await db.raw(
    `insert into comments (id, account_id, video_id, local, uri, url, visibility, content_html, likes, published_at)
     select ?::bigint + n, ?, ?, true, 'urn:unseen:' || n, '', 'direct', '', 1, now() from generate_series(1, 2500) n`,
    [lowest, bob.id, video],
  );
  for (const sort of ['newest', 'top']) {
    let [path, found, pages] = [at(`?sort=${sort}`), [] as string[], 0];
    while (path !== '' && pages < 10) {
      let answer = { body: [] as { id: string }[], headers: {} as Record<string, string> };
      const looked = await queriesOf(db, async () => {
        answer = await client.get(path);
      });
      expect(
        looked.filter(({ sql }) => sql.startsWith('select "id", "likes" from "comments"')).length,
      ).toBeLessThan(8);
      found = [...found, ...answer.body.map(({ id }) => id)];
      path = /<([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1]?.slice(server.origin.length) ?? '';
      pages += 1;
    }
    expect([found, pages], sort).toEqual([[lowest], 3]);
  }
});

describe('hiding a comment', () => {
  test('takes it, with its answers, from everybody but its author and that of the video, at every door', async () => {
    const hidden = await say(bob, 'Rude words');
    const below = await say(eve, 'Rude answer', hidden);
    const other = await say(eve, 'Kind words');
    expect(await countOf()).toBe(3);
    const done = await decide(author, hidden, 'hide');
    expect([done.status, done.body.hidden]).toEqual([200, true]);
    expect((await decide(author, hidden, 'hide')).status).toBe(200);
    expect(await countOf()).toBe(1);
    expect((await client.get(`/api/v1/statuses/${video}`)).body.replies_count).toBe(1);

    expect(await listed('', author)).toEqual([other, hidden]);
    expect(await listed('', bob)).toEqual([other, hidden]);
    for (const viewer of [eve, undefined]) {
      expect(await listed('', viewer)).toEqual([other]);
      expect((await client.get(at(`?parent_id=${hidden}`), { as: viewer })).status).toBe(404);
      expect((await client.get(`/api/v1/statuses/${hidden}`, { as: viewer })).status).toBe(404);
      const { descendants } = (await client.get(`/api/v1/statuses/${video}/context`, { as: viewer })).body;
      const seen = descendants.map(({ id }: { id: string }) => id);
      expect(seen).toEqual(viewer === eve ? [below, other] : [other]);
      const statuses = await client.get(`/api/v1/accounts/${bob.id}/statuses`, { as: viewer });
      expect(statuses.text).not.toContain('Rude');
    }
    const headers = { accept: 'application/activity+json' };
    expect((await client.get(`/ap/comments/${hidden}`, { headers })).status).toBe(404);
    const replies = await client.get(`/ap/videos/${video}/replies?page=true`, { headers });
    expect(replies.status).toBe(200);
    expect(replies.text).not.toContain(hidden);
    expect(replies.text).toContain(other);

    expect((await decide(author, hidden, 'unhide')).body.hidden).toBe(false);
    expect(await listed()).toEqual([other, hidden]);
    expect(await listed(`?parent_id=${hidden}`)).toEqual([below]);
    expect(await countOf()).toBe(3);
  });

  test('ends with what is below it, and what was hidden there before stays so', async () => {
    const above = await say(bob, 'Above');
    const below = await say(eve, 'Below', above);
    await decide(author, below, 'hide');
    await decide(author, above, 'hide');
    expect(await countOf()).toBe(0);
    expect((await decide(author, below, 'unhide')).body.code).toBe('answers-hidden');
    await decide(author, above, 'unhide');
    expect(await listed()).toEqual([above]);
    expect(await listed(`?parent_id=${above}`)).toEqual([]);
    expect((await client.get(at())).body).toMatchObject([{ replies_count: 0 }]);
    await decide(author, below, 'unhide');
    expect(await listed(`?parent_id=${above}`)).toEqual([below]);
    expect(await countOf()).toBe(2);
  });

  test('is for the author of the video alone, and lets nobody answer, not even there', async () => {
    const id = await say(bob, 'Words');
    for (const person of [bob, eve]) expect((await decide(person, id, 'hide')).status).toBe(404);
    expect((await client.post(at(`/${id}/hide`))).status).toBe(401);
    await decide(author, id, 'hide');
    expect((await post(bob, { parent_id: id })).body.code).toBe('comments-closed');
    expect((await post(eve, { parent_id: id })).status).toBe(404);
  });

  test('P2 a letter between two others is not there, also for the author of the video', async () => {
    const first = await say(eve, 'Words');
    const body = { text: 'Between us', parent_id: first, visibility: 'direct' };
    const letter = (await client.post(at(), { as: bob, body })).body.id;
    expect((await decide(author, letter, 'hide')).status).toBe(404);
    const row = await server.context.db('comments').where({ id: letter }).first('hidden_root_id');
    expect(row.hidden_root_id).toBeNull();
  });

  test('a hidden one that is deleted is not counted twice', async () => {
    const id = await say(bob, 'Words');
    await decide(author, id, 'hide');
    expect((await client.delete(`/api/v1/statuses/${id}`, { as: bob })).status).toBe(200);
    expect(await countOf()).toBe(0);
  });

  test('tells nobody of another server of it, nor of what is written there then', async () => {
    const { db } = server.context;
    const id = await say(bob, 'Words');
    await settle(server.context);
    const before = await db('activities').count('* as count').first();
    await decide(author, id, 'hide');
    await settle(server.context);
    expect(await db('activities').count('* as count').first()).toEqual(before);
  });
});

describe('pinning a comment', () => {
  test('puts one above all others, until another, its end, or its hiding', async () => {
    const [first, second] = [await say(bob, 'First'), await say(eve, 'Second')];
    expect((await decide(author, first, 'pin')).body.pinned).toBe(true);
    expect(await listed('?sort=newest')).toEqual([first, second]);
    await decide(author, second, 'pin');
    expect(await listed('?sort=oldest')).toEqual([second, first]);
    expect((await decide(author, second, 'unpin')).body.pinned).toBe(false);
    expect(await listed('?sort=oldest')).toEqual([first, second]);
    await decide(author, second, 'pin');
    await decide(author, second, 'hide');
    await decide(author, second, 'unhide');
    expect(await listed('?sort=oldest')).toEqual([first, second]);
  });

  test('is for the author of the video, and for what answers the video', async () => {
    const first = await say(bob, 'First');
    const answer = await say(eve, 'Answer', first);
    expect((await decide(bob, first, 'pin')).status).toBe(404);
    expect((await decide(author, answer, 'pin')).body.code).toBe('not-pinnable');
  });
});
