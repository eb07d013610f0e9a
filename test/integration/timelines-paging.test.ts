import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiLimits } from '../../config/limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const COUNT = 57;

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let fans: Person[];
let star: Person;
/** All of them, newest first. */
let ids: VideoId[];

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  star = await people.signedIn('star');
  fans = await Promise.all(['fan1', 'fan2', 'fan3', 'fan4'].map((name) => people.signedIn(name)));
  for (const fan of fans) await people.follow(fan.account, star.account);
  ids = [];
  for (let n = 0; n < COUNT; n += 1) {
    ids.unshift(await videos.video(star.account, { assets: ['mp4'] }));
    // What nobody sees lies between what everybody sees, and must not make holes.
    if (n % 3 === 0) await videos.video(star.account, { state: 'received', assets: [] });
  }
});

afterAll(() => server?.close());

/** One after another: all see the same, and each may ask so often only. */
let turn = 0;
function nextFan(): Person {
  const fan = fans[turn++ % fans.length];
  if (!fan) throw new Error('There are no fans yet.');
  return fan;
}

const lists: [string, () => { path: string; as?: Person }][] = [
  ['home', () => ({ path: '/api/v1/timelines/home', as: nextFan() })],
  ['public', () => ({ path: '/api/v1/timelines/public?local=true' })],
  ['account', () => ({ path: `/api/v1/accounts/${star.id}/statuses` })],
];

let networks = 0;
/** One page, and where its `Link` header leads. */
async function page(path: string, as?: Person) {
  networks += 1;
  const from = `10.${(networks >> 16) & 255}.${(networks >> 8) & 255}.${networks & 255}`;
  const answer = await client.get(path, { as, from });
  expect(answer.status, `${path} ${answer.text.slice(0, 200)}`).toBe(200);
  const links: Record<string, string> = {};
  for (const [, url = '', rel = ''] of (answer.headers.link ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)) {
    expect(url.startsWith(`${server.origin}/`)).toBe(true);
    links[rel] = url.slice(server.origin.length);
  }
  return { items: (answer.body as { id: string }[]).map((item) => item.id), links };
}

function withQuery(path: string, changes: Record<string, string>): string {
  const url = new URL(path, 'http://x');
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value);
  return url.pathname + url.search;
}

describe.each(lists)('the %s timeline', (_name, list) => {
  test('without a word about pages: the newest twenty', async () => {
    const { path, as } = list();
    const { items, links } = await page(path, as);
    expect(items).toEqual(ids.slice(0, apiLimits.defaultPageItems));
    expect(new URL(links.next ?? '', server.origin).searchParams.get('max_id')).toBe(items.at(-1));
    expect(new URL(links.prev ?? '', server.origin).searchParams.get('min_id')).toBe(items[0]);
  });

  test('more than a page may hold is cut', async () => {
    const { path, as } = list();
    for (const limit of ['41', '10000']) {
      const { items } = await page(withQuery(path, { limit }), as);
      expect(items).toEqual(ids.slice(0, apiLimits.maxPageItems));
    }
  });

  test('forward by Link: every item once, whatever the page sizes', async () => {
    const { path, as } = list();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 45 }), { minLength: 1, maxLength: 6 }),
        async (sizes) => {
          const seen: string[] = [];
          let next: string | undefined = path;
          for (let n = 0; next !== undefined; n += 1) {
            const limit = String(sizes[n % sizes.length]);
            const { items, links } = await page(withQuery(next, { limit }), as && nextFan());
            seen.push(...items);
            next = links.next;
          }
          expect(seen).toEqual(ids);
        },
      ),
      { numRuns: 12 },
    );
  });

  test('back by Link: the page just above, and so every item once', async () => {
    const { path, as } = list();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 45 }), { minLength: 1, maxLength: 6 }),
        async (sizes) => {
          const seen: string[] = [ids.at(-1) ?? ''];
          let previous: string | undefined = withQuery(path, { min_id: ids.at(-1) ?? '' });
          for (let n = 0; previous !== undefined; n += 1) {
            const limit = String(sizes[n % sizes.length]);
            const { items, links } = await page(withQuery(previous, { limit }), as && nextFan());
            seen.unshift(...items);
            previous = links.prev;
          }
          expect(seen).toEqual(ids);
        },
      ),
      { numRuns: 12 },
    );
  });

  test('from a page reached backwards there is a way forward again', async () => {
    const { path, as } = list();
    const { links } = await page(withQuery(path, { min_id: ids[3] ?? '', limit: '20' }), as);
    expect((await page(links.next ?? '', as)).items.slice(0, 5)).toEqual(ids.slice(3, 8));
  });

  test('min_id is the page above an item, since_id the newest above it', async () => {
    const { path, as } = list();
    const [above, since] = [
      { min_id: ids[30] ?? '', limit: '5' },
      { since_id: ids[30] ?? '', limit: '5' },
    ];
    expect((await page(withQuery(path, above), as)).items).toEqual(ids.slice(25, 30));
    expect((await page(withQuery(path, since), as)).items).toEqual(ids.slice(0, 5));
    const both = { max_id: ids[20] ?? '', min_id: ids[30] ?? '' };
    expect((await page(withQuery(path, both), as)).items).toEqual(ids.slice(21, 30));
  });

  test('an item need not exist any more to page from it', async () => {
    const { path, as } = list();
    const between = String(BigInt(ids[10] ?? 0) + 1n);
    expect((await page(withQuery(path, { max_id: between, limit: '3' }), as)).items).toEqual(
      ids.slice(10, 13),
    );
  });

  test('beyond the end there is nothing, and no link', async () => {
    const { path, as } = list();
    const { items, links } = await page(withQuery(path, { max_id: ids.at(-1) ?? '' }), as);
    expect([items, links]).toEqual([[], {}]);
  });

  test('links keep what else was asked for', async () => {
    const { path, as } = list();
    const { links } = await page(withQuery(path, { limit: '7', since_id: '1' }), as);
    const next = new URL(links.next ?? '', server.origin);
    expect([next.searchParams.get('limit'), next.searchParams.get('since_id')]).toEqual(['7', null]);
    expect(next.searchParams.get('local')).toBe(path.includes('local') ? 'true' : null);
  });
});

test('what is posted while somebody pages is neither repeated nor in the way', async () => {
  const busy = await people.signedIn('busy');
  const path = `/api/v1/accounts/${busy.id}/statuses?limit=4`;
  const before: string[] = [];
  for (let n = 0; n < 10; n += 1) before.unshift(await videos.video(busy.account, { assets: [] }));
  const seen: string[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { items, links } = await page(next);
    seen.push(...items);
    await videos.video(busy.account, { assets: [] });
    next = links.next;
  }
  expect(seen).toEqual(before);
});
