import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { fewestQueriesOf, type PlanNode, type Query, rowsRead, stepsOf } from '../helpers/queries.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
});

afterAll(() => server?.close());

/** The statements that the server sends to PostgreSQL for one request. */
async function queriesFor(path: string, as?: Person): Promise<Query[]> {
  // The first request of a session also notes that it was seen.
  await client.get(path, { as });
  return fewestQueriesOf(server.context.db, async () => {
    const answer = await client.get(path, { as });
    expect(answer.status, answer.text).toBe(200);
  });
}

describe('the number of queries does not grow with the list', () => {
  test.each<[string, (viewer: Person, author: Person) => string]>([
    ['home', () => '/api/v1/timelines/home?limit=40'],
    ['public', () => '/api/v1/timelines/public?limit=40'],
    ['account', (_viewer, author) => `/api/v1/accounts/${author.id}/statuses?limit=40`],
  ])('%s: five videos of one author, forty of twenty', async (name, pathOf) => {
    const videos = createVideoFactory(server.context);
    const viewer = await people.signedIn(`viewer_${name}`);
    const authors: Person[] = [];
    for (let n = 0; n < 20; n += 1) {
      const author = await people.signedIn(`author_${name}_${n}`);
      await people.follow(viewer.account, author.account);
      authors.push(author);
    }
    const [first] = authors;
    if (!first) throw new Error('There are no authors.');
    const path = pathOf(viewer, first);
    const count = async () => (await client.get(path, { as: viewer })).body.length;

    for (let n = 0; n < 5; n += 1) await videos.video(first.account);
    if (name !== 'public') expect(await count()).toBe(5);
    const few = await queriesFor(path, viewer);
    const posting = name === 'account' ? [first] : authors;
    for (let n = 0; n < 40; n += posting.length) for (const each of posting) await videos.video(each.account);
    expect(await count()).toBe(40);
    const many = await queriesFor(path, viewer);
    expect(many.map((query) => query.sql.length > 0)).toHaveLength(few.length);
    expect(few.length).toBeLessThanOrEqual(13);
  });

  test('home and an account: five boosts of one author’s videos, forty of as many', async () => {
    const videos = createVideoFactory(server.context);
    const [viewer, sharer] = [await people.signedIn('boost_viewer'), await people.signedIn('boost_sharer')];
    await people.follow(viewer.account, sharer.account);
    const { db, engagement, inTx } = server.context;
    const passOn = async (author: Person) => {
      const id = await videos.video(author.account);
      await inTx((tx) =>
        engagement.share(tx, sharer.account, { id, accountId: author.id, visibility: 'public' }),
      );
    };
    const paths = ['/api/v1/timelines/home?limit=40', `/api/v1/accounts/${sharer.id}/statuses?limit=40`];
    const first = await people.signedIn('boosted');
    for (let n = 0; n < 5; n += 1) await passOn(first);
    const few = [];
    for (const path of paths) few.push((await queriesFor(path, viewer)).length);
    for (let n = 0; n < 35; n += 1) await passOn(await people.signedIn(`boosted_${n}`));
    await db.raw('analyze shares');
    for (const [at, path] of paths.entries()) {
      expect((await client.get(path, { as: viewer })).body).toHaveLength(40);
      expect((await queriesFor(path, viewer)).length).toBe(few[at]);
    }
    expect(Math.max(...few)).toBeLessThanOrEqual(15);
  });

  test('relationships', async () => {
    const viewer = await people.signedIn('related');
    const ids = await server.context.db('accounts').limit(40).pluck('id');
    const pathOf = (count: number) =>
      `/api/v1/accounts/relationships?${ids
        .slice(0, count)
        .map((id) => `id[]=${id}`)
        .join('&')}`;
    const [few, many] = [await queriesFor(pathOf(5), viewer), await queriesFor(pathOf(40), viewer)];
    expect(many.length).toBe(few.length);
  });
});

describe('W6 plans on twenty thousand videos', () => {
  const TOTAL = 20_000;
  let viewer: Person;
  let author: string;

  beforeAll(async () => {
    const { db } = server.context;
    viewer = await people.signedIn('big_viewer');
    await db.raw(
      `insert into accounts (id, username, username_key, domain, actor_uri, actor_type, inbox_uri)
       select 1000 + n, 'bulk' || n, 'bulk' || n, case when n % 2 = 0 then '' else 'bulk.test' end,
              'https://bulk.test/' || n, 'Person', 'https://bulk.test/inbox'
       from generate_series(1, 500) n`,
    );
    await db.raw(
      `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, published_at)
       select 1000000 + n, 1000 + 1 + (n * 7919) % 500, (n * 7919) % 2 = 0, 'https://bulk.test/v/' || n, '',
              case when n % 10 = 0 then 'received' else 'published' end,
              (array['public', 'public', 'public', 'unlisted', 'followers'])[1 + n % 5], 'ready', now()
       from generate_series(1, ?::int) n`,
      [TOTAL],
    );
    await db.raw(
      `insert into follows (id, follower_id, target_id, uri, state)
       select 5000 + n, ?, 1000 + n * 10, 'urn:' || n, 'accepted' from generate_series(1, 40) n`,
      [viewer.id],
    );
    // Of four hundred and sixty whom she does not follow, too.
    await db.raw(
      `insert into shares (id, account_id, video_id, uri)
       select 2000000 + n, 1000 + 1 + (n * 3) % 500, 1000000 + n, 'urn:share:' || n from generate_series(1, ?::int) n`,
      [TOTAL],
    );
    await db.raw('analyze accounts, videos, follows, video_assets, shares');
    author = '1010';
  });

  /** The plan of the statement that lists videos, with what it really went through. */
  async function nodesOf(path: string, as?: Person, part = 'from "videos"'): Promise<PlanNode[]> {
    const query = (await queriesFor(path, as)).find(({ sql }) => sql.includes(part));
    if (!query) throw new Error('No statement lists videos.');
    return stepsOf(server.context.db, query);
  }

  const pages: [string, (as: Person) => [string, Person?]][] = [
    ['home', (as) => ['/api/v1/timelines/home', as]],
    ['home, later', (as) => ['/api/v1/timelines/home?max_id=1010000', as]],
    ['home, upwards', (as) => ['/api/v1/timelines/home?min_id=1005000', as]],
    ['public', () => ['/api/v1/timelines/public']],
    ['public, signed in', (as) => ['/api/v1/timelines/public', as]],
    ['public, local', () => ['/api/v1/timelines/public?local=true']],
    ['public, later', () => ['/api/v1/timelines/public?max_id=1010000']],
    ['public, upwards', () => ['/api/v1/timelines/public?min_id=1005000']],
    ['account', (as) => [`/api/v1/accounts/${author}/statuses`, as]],
  ];

  test.each(pages)(
    '%s: by an index, in its order, and no further than the page needs',
    async (_name, pathOf) => {
      const [path, as] = pathOf(viewer);
      const nodes = await nodesOf(path, as);
      const videos = nodes.filter((node) => node['Relation Name'] === 'videos');
      expect(videos.length, JSON.stringify(nodes)).toBeGreaterThan(0);
      for (const node of videos) {
        expect(node['Node Type']).toMatch(/^Index/);
        expect(node['Index Name']).toMatch(/^videos_/);
        // Home passes over what others than the forty followed posted; nothing reads the whole table.
        expect(node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)).toBeLessThan(TOTAL / 10);
      }
      // What goes into a sort counts: a limit above it hides the rest.
      for (const node of nodes.filter(({ 'Node Type': type }) => /Sort/.test(type))) {
        for (const below of node.Plans ?? []) expect(below['Actual Rows']).toBeLessThanOrEqual(TOTAL / 20);
      }
    },
  );

  test('accounts by the beginning of a name that all of them share: the first few, by the index', async () => {
    await server.context.db.raw(
      `update accounts set display_name = 'Bulk ' || id, discoverable = true where id > 1000 and id <= 1500`,
    );
    await server.context.db.raw('analyze accounts');
    const nodes = await nodesOf('/api/v1/accounts/search?q=bulk&limit=5', viewer, '"place_0"');
    const found = nodes.filter((node) => /^accounts_found_by/.test(node['Index Name'] ?? ''));
    expect(found.map((node) => [node['Index Name'], node['Node Type']])).toEqual([
      ['accounts_found_by_handle', 'Index Scan'],
      ['accounts_found_by_name', 'Index Scan'],
    ]);
    for (const node of found) expect(node['Actual Rows']).toBeLessThanOrEqual(20);
  });

  test.each([
    '/api/v1/timelines/home',
    '/api/v1/timelines/home?max_id=2010000',
    '/api/v1/timelines/home?min_id=2005000',
  ])(
    'what is passed on, %s: those of the followed are read, and of their videos only what the page needs',
    async (path) => {
      const nodes = await nodesOf(path, viewer, '"earlier_shares"');
      const read = (relation: string) =>
        nodes.filter((node) => node['Relation Name'] === relation).map(rowsRead);
      expect(read('shares').length).toBeGreaterThan(0);
      // Forty of five hundred are followed.
      for (const rows of read('shares')) expect(rows).toBeLessThanOrEqual((TOTAL * 40) / 500);
      for (const rows of read('videos')) expect(rows).toBeLessThan(TOTAL / 50);
    },
  );
});
