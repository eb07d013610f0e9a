import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** For You as apps of the Mastodon API find it, who know nothing of it. */

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  for (let n = 0; n < 5; n += 1) {
    const author = await people.signedIn(`author_${n}`);
    for (let each = 0; each < 4; each += 1) await videos.video(author.account);
  }
});

afterEach(() => forgetLimits(server));
afterAll(() => server?.close());

let names = 0;
const somebody = () => people.signedIn(`somebody_${++names}`);

interface Status {
  readonly id: string;
  readonly reblog: null;
}

/** Pages as an app makes them that goes by the last id it has, or by the link. */
async function whole(path: string, by: 'id' | 'link', as?: Person): Promise<string[]> {
  const ids: string[] = [];
  let next: string | null = `${path}?limit=6`;
  while (next !== null) {
    const answer: Awaited<ReturnType<Client['get']>> = await client.get(next, { as });
    expect(answer.status, answer.text).toBe(200);
    const page: Status[] = answer.body;
    ids.push(...page.map(({ id }) => id));
    const link: string | undefined = /<([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1];
    const last = page.at(-1);
    if (by === 'link') next = link === undefined ? null : link.slice(server.origin.length);
    else next = last ? `${path}?limit=6&max_id=${last.id}` : null;
    expect(ids.length).toBeLessThan(100);
  }
  return ids;
}

async function listOf(as: Person): Promise<{ id: string; title: string } | undefined> {
  const { body } = await client.get('/api/v1/lists', { as });
  return body.find(({ title }: { title: string }) => title === 'For You');
}

describe('the timeline', () => {
  test('every video once, by links or by ids, signed in or not', async () => {
    const path = '/api/v1/timelines/for_you';
    for (const [by, as] of [
      ['id', await somebody()],
      ['link', await somebody()],
      ['link', undefined],
    ] as const) {
      const ids = await whole(path, by, as);
      expect([ids.length, new Set(ids).size], by).toEqual([20, 20]);
    }
  });

  test('two apps of one person go on each where it was', async () => {
    const viewer = await somebody();
    const path = '/api/v1/timelines/for_you';
    const first: Status[] = (await client.get(`${path}?limit=5`, { as: viewer })).body;
    const second: Status[] = (await client.get(`${path}?limit=7`, { as: viewer })).body;
    const after = async (page: readonly Status[]) =>
      (await client.get(`${path}?max_id=${page.at(-1)?.id}`, { as: viewer })).body as Status[];
    for (const page of [first, second]) {
      const all = [...page, ...(await after(page))].map(({ id }) => id);
      expect([all.length, new Set(all).size]).toEqual([20, 20]);
    }
  });

  test('below a post whose place is not known is nothing, and not the top again', async () => {
    const viewer = await somebody();
    const path = '/api/v1/timelines/for_you';
    const { body } = await client.get(`${path}?limit=2`);
    for (const as of [viewer, undefined]) {
      const answer = await client.get(`${path}?max_id=${body[1].id}`, { as });
      expect([answer.status, answer.body, answer.headers.link]).toEqual([200, [], undefined]);
    }
  });

  test('a link fits into the headers that proxies pass on, however far down', async () => {
    const { db } = server.context;
    const authors: string[] = await db('videos').distinct().pluck('account_id');
    await db.raw(
      `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, published_at)
       select (select max(id) from videos) + n, (?::bigint[])[1 + n % 5], true, 'urn:many:' || n, '', 'published', 'public', 'ready', now()
         from generate_series(1, 400) n`,
      [authors],
    );
    let next = '/api/v1/timelines/for_you?limit=40';
    const seen = new Set<string>();
    for (let pages = 1; pages <= 5; pages += 1) {
      const { body, headers } = await client.get(next);
      for (const { id } of body) seen.add(id);
      expect(headers.link?.length).toBeLessThan(2_000);
      next = (/<([^>]+)>/.exec(headers.link ?? '')?.[1] ?? '').slice(server.origin.length);
      // Of what was shown not long ago nothing comes again.
      if (pages <= 3) expect(seen.size).toBe(40 * pages);
    }
    await db('videos').where('uri', 'like', 'urn:many:%').delete();
  });

  test('nothing is newer than its top, and only the last places of an account are kept', async () => {
    const viewer = await somebody();
    const { body } = await client.get('/api/v1/timelines/for_you?limit=2', { as: viewer });
    for (const name of ['min_id', 'since_id']) {
      const newer = await client.get(`/api/v1/timelines/for_you?${name}=${body[0].id}`, { as: viewer });
      expect(newer.body).toEqual([]);
    }
    const foreign = await client.get('/api/v1/timelines/for_you?cursor=x', { as: viewer });
    expect([foreign.status, foreign.body.code]).toEqual([400, 'cursor-invalid']);
    const { db, feed, inTx } = server.context;
    const place = { waiting: [], shown: [], run: null, varied: false, mark: 0 };
    for (let n = 1; n <= 25; n += 1) {
      const now = new Date(Date.now() + n * 1_000);
      await inTx((tx) => feed.forYou.keepPlace(tx, viewer.id, String(n), { place, now }));
    }
    const kept = await db('feed_places')
      .where({ account_id: viewer.id })
      .orderBy('served_at')
      .pluck('last_id');
    expect(kept).toEqual(Array.from({ length: 20 }, (_, n) => String(n + 6)));
    expect(await feed.forYou.placeAfter(viewer.id, '25', new Date())).toEqual(place);
    expect(await feed.forYou.placeAfter(viewer.id, '25', new Date(Date.now() + 60_000))).toBeNull();
  });
});

describe('the list', () => {
  test('has what the timeline has, and nobody in it', async () => {
    const viewer = await somebody();
    const list = await listOf(viewer);
    expect(list).toEqual({
      id: expect.stringMatching(/^\d+$/),
      title: 'For You',
      replies_policy: 'none',
      exclusive: false,
    });
    const path = `/api/v1/lists/${list?.id}`;
    expect((await client.get(path, { as: viewer })).body).toEqual(list);
    expect((await client.get(`${path}/accounts`, { as: viewer })).body).toEqual([]);
    const ids = await whole(`/api/v1/timelines/list/${list?.id}`, 'id', viewer);
    expect([ids.length, new Set(ids).size]).toEqual([20, 20]);
  });

  test('cannot be changed, and has an id that no list gets', async () => {
    const viewer = await somebody();
    const list = await listOf(viewer);
    const path = `/api/v1/lists/${list?.id}`;
    const members = { account_ids: [viewer.id] };
    for (const answer of [
      await client.put(path, { as: viewer, body: { title: 'Mine' } }),
      await client.delete(path, { as: viewer }),
      await client.post(`${path}/accounts`, { as: viewer, body: members }),
      await client.delete(`${path}/accounts`, { as: viewer, body: members }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([422, 'list-read-only']);
    }
    const made = await client.post('/api/v1/lists', { as: viewer, body: { title: 'Own' } });
    // Ids count milliseconds since 2024, times 2^22: the first day of it has larger ones.
    expect(BigInt(made.body.id)).toBeGreaterThan(2n ** 22n);
    expect(BigInt(list?.id ?? 0)).toBeLessThan(2n ** 22n);
  });

  test('is not there for who hides it', async () => {
    const viewer = await somebody();
    const list = await listOf(viewer);
    await client.patch('/api/v1/feed_settings', { as: viewer, body: { for_you_list: false } });
    expect(await listOf(viewer)).toBeUndefined();
    for (const path of [`/api/v1/lists/${list?.id}`, `/api/v1/timelines/list/${list?.id}`]) {
      expect((await client.get(path, { as: viewer })).status).toBe(404);
    }
    expect((await client.delete(`/api/v1/lists/${list?.id}`, { as: viewer })).status).toBe(404);
  });
});
