import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createVideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import {
  fewestQueriesOf,
  forgetCounts,
  type Query,
  queriesOf,
  rowsRead,
  stepsOf,
} from '../helpers/queries.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
});

afterEach(() => forgetLimits(server));
afterAll(() => server?.close());

async function ask(path: string, as?: Person) {
  const answer = await client.get(path, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

/** The statements that the server sends to PostgreSQL for one request. */
async function queriesFor(path: string, as?: Person): Promise<Query[]> {
  // The first request of a session also notes that it was seen.
  await ask(path, as);
  return fewestQueriesOf(server.context.db, async () => {
    await forgetCounts(server);
    await ask(path, as);
  });
}

const feeds = ['for_you', 'following', 'local', 'federated'] as const;
const pathOf = (feed: string, limit: number) =>
  feed === 'history' ? `/api/v1/history?limit=${limit}` : `/api/v1/feed?feed_type=${feed}&limit=${limit}`;

test('the number of queries does not grow with the page', async () => {
  const videos = createVideoFactory(server.context);
  const viewer = await people.signedIn('viewer');
  const { db, engagement, ids, inTx } = server.context;
  for (let n = 0; n < 20; n += 1) {
    const [author, stranger] = [await people.signedIn(`author_${n}`), await people.signedIn(`stranger_${n}`)];
    await people.follow(viewer.account, author.account);
    for (let each = 0; each < 2; each += 1) await videos.video(author.account);
    const id = await videos.video(stranger.account);
    await inTx((tx) =>
      engagement.share(tx, author.account, { id, accountId: stranger.id, visibility: 'public' }),
    );
  }
  const list = (feed: string, body: { videos?: object[]; entries?: object[] }) =>
    (feed === 'history' ? body.entries : body.videos)?.length;
  for (const feed of feeds) {
    expect(list(feed, await ask(pathOf(feed, 40), viewer)), feed).toBe(40);
    const [few, many] = [
      await queriesFor(pathOf(feed, 3), viewer),
      await queriesFor(pathOf(feed, 40), viewer),
    ];
    expect(many.length, feed).toBe(few.length);
    expect(many.length, feed).toBeLessThanOrEqual(14);
  }
  const seen = await db('videos').limit(40).pluck('id');
  await db('watch_history').insert(
    seen.map((video_id) => ({
      ...{ id: ids.next(), account_id: viewer.id, video_id, first_at: new Date(), watched_at: new Date() },
      ...{ watched_ms: 1, times: 1, viewed: true, completed: false },
    })),
  );
  expect(list('history', await ask(pathOf('history', 40), viewer))).toBe(40);
  const [few, many] = [
    await queriesFor(pathOf('history', 3), viewer),
    await queriesFor(pathOf('history', 40), viewer),
  ];
  expect(many.length).toBe(few.length);
});

test('a ranked page takes few statements, each once, and the page below even fewer', async () => {
  const ranked = await startTestServer({ variables: { RANKING: 'on', RANKING_BUDGET_MS: '10000' } });
  try {
    const { context } = ranked;
    const others = createPeople(ranked);
    const viewer = await others.signedIn('viewer');
    const videos = createVideoFactory(context);
    for (let n = 0; n < 70; n += 1) await videos.video(await others.local(`author_${n}`), {});
    await context.recommending.reload();
    await vi.waitFor(() => expect(context.recommending.isLoaded()).toBe(true), 20_000);
    const asker = clientOf(ranked.origin);
    // The first request of a session also notes that it was seen.
    expect((await asker.get('/api/v1/custom_emojis', { as: viewer })).status).toBe(200);
    let cursor = '';
    let shown = '';
    for (const most of [11, 9]) {
      const asked = await queriesOf(context.db, async () => {
        const { body } = await asker.get(`/api/v1/feed?limit=20${cursor}`, { as: viewer });
        expect(body.videos).toHaveLength(20);
        cursor = `&cursor=${body.next_cursor}`;
        shown = body.videos[0].id;
      });
      const texts = asked.map(({ sql }) => sql);
      expect(new Set(texts).size, texts.join('\n')).toBe(texts.length);
      expect(texts.length, texts.join('\n')).toBeLessThanOrEqual(most);
    }
    const liking = await queriesOf(context.db, async () => {
      const path = `/api/v1/statuses/${shown}/favourite`;
      const { body } = await asker.post(path, { as: viewer });
      expect(body).toMatchObject({ id: shown, favourited: true, favourites_count: 1 });
    });
    const texts = liking.map(({ sql }) => sql);
    // The video is looked up once, and not again for the answer.
    expect(
      texts.filter((sql) => sql.startsWith('select "videos".*')),
      texts.join('\n'),
    ).toHaveLength(1);
    expect(
      await context.db('feed_slates').where({ account_id: viewer.id }).pluck('weights_version'),
    ).not.toEqual(['mix']);
  } finally {
    await ranked.close();
  }
}, 60_000);

describe('W6 plans on twenty thousand videos of five hundred people', () => {
  const TOTAL = 20_000;
  let viewer: Person;

  beforeAll(async () => {
    const { db } = server.context;
    viewer = await people.signedIn('big_viewer');
    await db.raw(
      `insert into accounts (id, username, username_key, domain, actor_uri, actor_type, inbox_uri)
       select 1000 + n, 'bulk' || n, 'bulk' || n, case when n % 20 = 0 then '' else 'bulk.test' end,
              'https://bulk.test/' || n, 'Person', 'https://bulk.test/inbox'
       from generate_series(1, 500) n`,
    );
    // One in twenty is of this server, and all of these are old.
    await db.raw(
      `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, published_at)
       select 1000000 + n, 1000 + 1 + (n * 7919) % 500, ((n * 7919) % 500 + 1) % 20 = 0 and n < 5000,
              'https://bulk.test/v/' || n, '', case when n % 10 = 0 then 'received' else 'published' end,
              (array['public', 'public', 'public', 'unlisted', 'followers'])[1 + n % 5], 'ready', now()
       from generate_series(1, ?::int) n`,
      [TOTAL],
    );
    await db.raw(
      `insert into follows (id, follower_id, target_id, uri, state)
       select 5000 + n, ?, 1000 + n * 10, 'urn:' || n, 'accepted' from generate_series(1, 40) n`,
      [viewer.id],
    );
    await db.raw(
      `insert into watch_history (id, account_id, video_id, first_at, watched_at, watched_ms, times, viewed, completed)
       select 9000000 + n, 1001 + n % 500, 1000000 + 1 + n % 5000, now(), now(), 1, 1, true, true
       from generate_series(1, 10000) n on conflict do nothing`,
    );
    await db.raw(
      `insert into watch_history (id, account_id, video_id, first_at, watched_at, watched_ms, times, viewed, completed)
       select 9500000 + n, ?, 1000000 + n, now(), now(), 1, 1, true, true from generate_series(1, 500) n`,
      [viewer.id],
    );
    await db.raw('analyze accounts, videos, follows, video_assets, watch_history, video_stats');
  });

  /** Rows of a table that the statements of one request went through, by the way they took. */
  async function readOf(
    path: string,
    table: string,
    as = viewer,
  ): Promise<{ rows: number; most: number; ways: Set<string> }> {
    const ways = new Set<string>();
    let [rows, most] = [0, 0];
    for (const query of await queriesFor(path, as)) {
      if (!/^(select|with)/.test(query.sql) || !query.sql.includes(table)) continue;
      const steps = await stepsOf(server.context.db, query);
      for (const step of steps.filter((one) => one['Relation Name'] === table)) {
        ways.add(step['Node Type']);
        rows += rowsRead(step);
        most = Math.max(most, rowsRead(step));
      }
    }
    return { rows, most, ways };
  }

  const byIndex = (ways: Set<string>) =>
    [...ways].filter((way) => !/^(Bitmap )?Index|^Bitmap Heap/.test(way));

  test.each([
    ['/api/v1/feed?feed_type=local', 1_000],
    ['/api/v1/feed?feed_type=federated', 1_000],
    // Ten each of forty people, of the forty that each has, and never what all others posted.
    ['/api/v1/feed?feed_type=following&limit=3', 1_000],
    // The 400 newest for what is trending, five each of forty people, the newest.
    ['/api/v1/feed?feed_type=for_you', 3_000],
    ['/api/v1/history', 200],
  ])('%s reads at most %i videos, by indexes', async (path, most) => {
    const { rows, ways } = await readOf(path, 'videos');
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(most);
    expect(byIndex(ways)).toEqual([]);
  });

  test('who follows five hundred reads one video of each, and a few of those whose turn it is; none is missed', async () => {
    const { db } = server.context;
    const fan = await people.signedIn('fan_of_all');
    await db.raw(
      `insert into follows (id, follower_id, target_id, uri, state)
       select 20000 + n, ?, 1000 + n, 'urn:all:' || n, 'accepted' from generate_series(1, 500) n`,
      [fan.id],
    );
    await db.raw('analyze follows');
    const { rows, ways } = await readOf('/api/v1/feed?feed_type=following&limit=3', 'videos', fan);
    expect(rows).toBeLessThanOrEqual(5_000);
    expect(byIndex(ways)).toEqual([]);
    const wanted: string[] = await db('videos')
      .where({ state: 'published' })
      .whereIn('visibility', ['public', 'unlisted', 'followers'])
      .where('uri', 'like', 'https://bulk.test/v/%')
      .orderBy('id', 'desc')
      .limit(120)
      .pluck('id');
    const found: string[] = [];
    let cursor = '';
    while (found.length < 120) {
      const { videos, next_cursor } = await ask(`/api/v1/feed?feed_type=following&limit=40${cursor}`, fan);
      found.push(...videos.map(({ id }: { id: string }) => id));
      cursor = `&cursor=${next_cursor}`;
    }
    expect(found.slice(0, 120)).toEqual(wanted);
  });

  test('what others have watched is not looked at', async () => {
    for (const path of ['/api/v1/history', '/api/v1/feed']) {
      const { most, ways } = await readOf(path, 'watch_history');
      // What the viewer watched: a statement may look for each video in it, or read it at once.
      expect(most, path).toBeLessThanOrEqual(500);
      expect(byIndex(ways), path).toEqual([]);
    }
  });
});
