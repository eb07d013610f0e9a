import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Id, VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

type SlateId = Id<'slate'>;

const LOADS_MS = 20_000;

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
const authors: Account[] = [];
let named = 0;

beforeAll(async () => {
  server = await startTestServer({ role: 'all', variables: { RANKING: 'on', RANKING_BUDGET_MS: '10000' } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  for (let n = 0; n < 30; n += 1) {
    const author = await people.local(`author${n}`);
    authors.push(author);
    for (let count = 0; count < 3; count += 1) await videos.video(author, {});
  }
  await reload();
}, 2 * LOADS_MS);

afterEach(() => forgetLimits(server));
afterAll(() => server?.close());

/** Rows that were written past the server are read with a new beginning. */
async function reload(): Promise<void> {
  await server.context.recommending.reload();
  await vi.waitFor(() => expect(server.context.recommending.isLoaded()).toBe(true), LOADS_MS);
}

function somebody(): Promise<Person> {
  named += 1;
  return people.signedIn(`viewer${named}`);
}

interface Page {
  readonly videos: { id: VideoId; author: { id: string } }[];
  readonly next_cursor: string | null;
}

async function page(
  as: Person | undefined,
  input: { limit?: number; cursor?: string | null } = {},
): Promise<Page> {
  const search = new URLSearchParams({ limit: String(input.limit ?? 10) });
  if (input.cursor) search.set('cursor', input.cursor);
  const answer = await client.get(`/api/v1/feed?${search}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

const idsOf = ({ videos: shown }: Page) => shown.map(({ id }) => id);
const slatesOf = (accountId: string | null) =>
  server.context.db('feed_slates').where({ account_id: accountId }).orderBy('id');

describe('what was chosen', () => {
  test('pages go on exactly, and the top is the same for some minutes', async () => {
    const viewer = await somebody();
    const first = await page(viewer);
    const [slate] = await slatesOf(viewer.id);
    expect(slate.weights_version).not.toBe('mix');
    expect(idsOf(first)).toEqual(slate.video_ids.slice(0, 10));
    const second = await page(viewer, { cursor: first.next_cursor });
    expect(idsOf(second)).toEqual(slate.video_ids.slice(10, 20));
    expect(idsOf(await page(viewer))).toEqual(idsOf(first));
    expect(await slatesOf(viewer.id)).toHaveLength(1);
  });

  test('every reason adds up to the score, for each video of each page, and is told again bit for bit', async () => {
    const viewer = await somebody();
    await client.post(`/api/v1/accounts/${authors[0]?.id}/follow`, { as: viewer });
    const shown: VideoId[] = [];
    let cursor: string | null = null;
    do {
      const part: Page = await page(viewer, { cursor, limit: 40 });
      cursor = part.next_cursor;
      shown.push(...idsOf(part));
    } while (cursor !== null);
    const explained = new Set<VideoId>();
    for (const { id } of await slatesOf(viewer.id)) {
      const { body } = await client.get(`/api/v1/feed_slates?slate_id=${id}`, { as: viewer });
      for (const { video_id, score, parts } of body.items) {
        const sum = parts.reduce((all: number, { value }: { value: number }) => all + value, 0);
        expect(Math.abs(sum - score)).toBeLessThan(1e-6);
        explained.add(video_id);
      }
    }
    expect(shown.length).toBeGreaterThan(60);
    // What was tried out is noted as it is shown, with how likely that was.
    const explored = await server.context.db('explored_slots').where({ account_id: viewer.id });
    expect(explored.length).toBeGreaterThan(0);
    for (const { video_id, propensity } of explored) {
      expect(shown).toContain(video_id);
      expect(propensity).toBeGreaterThan(0);
      expect(propensity).toBeLessThanOrEqual(1);
    }
    expect(shown.filter((id) => !explained.has(id))).toEqual([]);
    const why = await client.get(`/api/v1/feed_reasons?video_id=${shown.at(-1)}`, { as: viewer });
    expect(why.body.reasons.length).toBeGreaterThan(0);
    const slates = await slatesOf(viewer.id);
    const [one] = slates;
    const path = `/api/v1/feed_slates?slate_id=${one.id}`;
    const told = await client.get(path, { as: viewer });
    expect(told.body.items.map(({ video_id }: { video_id: string }) => video_id)).toEqual(one.video_ids);
    expect((await client.get(path, { as: viewer })).text).toBe(told.text);
  });

  test('the next page changes with a like, and with whatever else says what somebody wants', async () => {
    const deeds: ((viewer: Person, id: VideoId, author: string) => Promise<unknown>)[] = [
      (as, id) => client.post(`/api/v1/statuses/${id}/favourite`, { as }),
      (as, id) => client.post(`/api/v1/videos/${id}/not_interested`, { as }),
      (as, _, author) => client.post(`/api/v1/accounts/${author}/follow`, { as }),
      (as, _, author) => client.post(`/api/v1/accounts/${author}/block`, { as }),
      (as, _, author) => client.post(`/api/v1/accounts/${author}/mute`, { as }),
      (as) => client.patch('/api/v1/feed_settings', { as, body: { sliders: { 'source.social': 2 } } }),
    ];
    for (const deed of deeds) {
      const viewer = await somebody();
      const first = await page(viewer);
      const [shown] = first.videos;
      if (!shown) throw new Error('Nothing is shown.');
      await deed(viewer, shown.id, shown.author.id);
      const second = await page(viewer, { cursor: first.next_cursor });
      expect(await slatesOf(viewer.id), deed.toString()).toHaveLength(2);
      for (const id of idsOf(second)) expect(idsOf(first)).not.toContain(id);
      await forgetLimits(server);
    }
  });

  test('three left at once in a row, and something else is chosen; not where one was watched in between', async () => {
    for (const [kinds, made] of [
      [['skip', 'skip', 'skip'], 2],
      [['skip', 'skip', 'view', 'skip'], 1],
    ] as const) {
      const viewer = await somebody();
      const first = await page(viewer);
      const events = kinds.map((type, at) => ({ id: randomUUID(), video_id: idsOf(first)[at], type }));
      await client.post('/api/v1/events', { as: viewer, body: { events } });
      await page(viewer, { cursor: first.next_cursor });
      expect(await slatesOf(viewer.id)).toHaveLength(made);
    }
  });

  test('what somebody watched is known to all who rank, by the log', async () => {
    const viewer = await somebody();
    const first = await page(viewer);
    const events = idsOf(first).map((video_id) => ({
      ...{ id: randomUUID(), video_id, type: 'complete', watched_seconds: 5, source: 'for_you' },
    }));
    await client.post('/api/v1/events', { as: viewer, body: { events } });
    const isSeen = async () => {
      const again = await server.context.recommending.next(
        { id: viewer.id, languages: [] },
        { without: [], standing: null, fallback: async () => [] },
      );
      return again.ids.every((id) => !idsOf(first).includes(id));
    };
    await expect.poll(isSeen).toBe(true);
  });
});

describe('the wishes of a person', () => {
  test('a feed that is not personal is the same for two who did different things', async () => {
    const viewers: Person[] = [];
    for (const liked of [0, 10]) {
      const viewer = await somebody();
      viewers.push(viewer);
      for (const author of authors.slice(liked, liked + 5)) {
        const [one] = await server.context.db('videos').where({ account_id: author.id }).limit(1).pluck('id');
        await client.post(`/api/v1/statuses/${one}/favourite`, { as: viewer });
      }
      const set = await client.patch('/api/v1/feed_settings', { as: viewer, body: { personal: false } });
      expect(set.body.personal).toBe(false);
      await forgetLimits(server);
    }
    const [one, other] = await Promise.all(viewers.map(partsFor));
    const both = [...(one ?? [])].filter(([id]) => other?.has(id));
    expect(both.length).toBeGreaterThan(20);
    for (const [id, parts] of both) {
      const others = other?.get(id) ?? {};
      expect(Object.keys(others)).toEqual(Object.keys(parts));
      for (const [feature, value] of Object.entries(parts)) {
        expect(feature).not.toMatch(/collaborative|because-watched|neighbours|affinity|social|ranker/);
        // Heat fades between the two.
        expect(others[feature], feature).toBeCloseTo(value, 2);
      }
    }

    /** What each video of a slate has its place by; what was drawn for a trial is chance. */
    async function partsFor(viewer: Person): Promise<Map<string, Record<string, number>>> {
      await page(viewer);
      const [slate] = await slatesOf(viewer.id);
      const { body } = await client.get(`/api/v1/feed_slates?slate_id=${slate.id}`, { as: viewer });
      type Told = { video_id: string; parts: { feature: string; value: number }[] };
      return new Map(
        body.items.map(({ video_id, parts }: Told) => [
          video_id,
          Object.fromEntries(
            parts.flatMap(({ feature, value }) => (feature === 'exploration' ? [] : [[feature, value]])),
          ),
        ]),
      );
    }
  });

  test('interests and languages are kept in their plain form; what is no slider is refused', async () => {
    const viewer = await somebody();
    const wished = {
      interests: ['#Birds', 'birds', 'CATS'],
      languages: ['de', 'en-gb'],
      sliders: { 'head.hide': 0 },
    };
    const { body } = await client.patch('/api/v1/feed_settings', { as: viewer, body: wished });
    expect(body).toMatchObject({
      ...{ interests: ['birds', 'cats'], languages: ['de', 'en-GB'], sliders: { 'head.hide': 0 } },
      ...{ personal: true, history_paused: false, for_you_list: true },
    });
    expect((await client.get('/api/v1/feed_settings', { as: viewer })).body).toEqual(body);
    for (const wrong of [{ sliders: { all: 1 } }, { sliders: { 'head.hide': 9 } }, { interests: ['a b'] }]) {
      const refused = await client.patch('/api/v1/feed_settings', { as: viewer, body: wrong });
      expect(refused.status, JSON.stringify(wrong)).toBe(422);
    }
  });

  test('what was learnt is forgotten at once and for good, and nothing that was chosen by it is left', async () => {
    const viewer = await somebody();
    for (const author of authors.slice(0, 8)) {
      const [one] = await server.context.db('videos').where({ account_id: author.id }).limit(1).pluck('id');
      await client.post(`/api/v1/statuses/${one}/favourite`, { as: viewer });
    }
    await page(viewer);
    const learnt = async () => {
      await page(viewer);
      const [slate] = (await slatesOf(viewer.id)).slice(-1);
      const { body } = await client.get(`/api/v1/feed_slates?slate_id=${slate.id}`, { as: viewer });
      const features = body.items.flatMap(({ parts }: { parts: { feature: string }[] }) =>
        parts.map(({ feature }) => feature),
      );
      await forgetLimits(server);
      return features.filter((feature: string) => /affinity|because-watched|neighbours/.test(feature)).length;
    };
    expect(await learnt()).toBeGreaterThan(0);
    expect((await client.delete('/api/v1/feed_profile', { as: viewer })).status).toBe(200);
    expect(await slatesOf(viewer.id)).toEqual([]);
    expect(await learnt()).toBe(0);
    await reload();
    await server.context.recommending.wished(viewer.id);
    expect(await learnt()).toBe(0);
    // Reasons name what was watched: they go with the history.
    expect(await slatesOf(viewer.id)).not.toEqual([]);
    expect((await client.delete('/api/v1/history', { as: viewer })).status).toBe(200);
    expect(await slatesOf(viewer.id)).toEqual([]);
  });
});

describe('the weights of the server', () => {
  test('a change counts with the next feed, and is told with who made it', async () => {
    const owner = await people.signedIn('boss', 'owner');
    const viewer = await somebody();
    await page(viewer);
    const [before] = await slatesOf(viewer.id);
    const body = { settings: { 'weights.quality': 0.2 }, reason: 'More of what is good.' };
    const changed = await client.patch('/api/v1/admin/ranking', { as: owner, body });
    expect(changed.body).toMatchObject({
      settings: { 'weights.quality': 0.2 },
      changes: [{ account_id: owner.id, reason: body.reason, settings: body.settings }],
    });
    const isNew = async () => {
      await page(viewer);
      await forgetLimits(server);
      return (await slatesOf(viewer.id)).at(-1).weights_version;
    };
    await expect.poll(isNew).toBe(changed.body.weights_version);
    expect(changed.body.weights_version).not.toBe(before.weights_version);
    const shown = await client.get('/api/v1/algorithm');
    expect(shown.body.weights_version).toBe(changed.body.weights_version);
    expect(JSON.stringify(shown.body)).toContain('"name":"weights.quality","value":0.2');
    expect((await client.get('/about/algorithm')).text).toContain(changed.body.weights_version);
    const reset = await client.delete('/api/v1/admin/ranking', { as: owner });
    expect(reset.body.weights_version).toBe(before.weights_version);
    expect(reset.body.changes).toHaveLength(2);
    // All that comes later is ranked by these again.
    await expect.poll(isNew).toBe(before.weights_version);
  });
});

describe('those who are not signed in', () => {
  test('share what was chosen, page by page, whoever and however many they are', async () => {
    const first = await page(undefined);
    const second = await page(undefined, { cursor: first.next_cursor });
    const [slate] = await slatesOf(null);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(slate.video_ids.slice(0, 20));
    for (const language of ['xx', 'qq-QQ', '*', 'en;q=0.5, de']) {
      await client.get('/api/v1/feed', { headers: { 'Accept-Language': language } });
    }
    expect(await slatesOf(null)).toHaveLength(1);
    const why = await client.get(`/api/v1/feed_reasons?video_id=${idsOf(first)[0]}`);
    expect(why.body).toMatchObject({ slate_id: slate.id, place: 1 });
  });
});

describe('whatever happens in between', () => {
  test('no page shows what another did, what was deleted, or whom somebody blocks; and no page fails', async () => {
    const deeds = fc.array(
      fc.record({
        deed: fc.constantFrom('page', 'page', 'page', 'delete', 'block', 'like', 'bust', 'expire', 'lose'),
        limit: fc.integer({ min: 1, max: 12 }),
        pick: fc.nat(),
      }),
      { minLength: 4, maxLength: 14 },
    );
    const { db, redis, config } = server.context;
    await fc.assert(
      fc.asyncProperty(deeds, async (steps) => {
        const viewer = await somebody();
        const seen = new Set<VideoId>();
        const blocked = new Set<string>();
        const gone = new Set<VideoId>();
        let cursor: string | null = null;
        for (const { deed, limit, pick } of steps) {
          await forgetLimits(server);
          const [slate] = (await slatesOf(viewer.id)).slice(-1);
          const coming: VideoId[] = (slate?.video_ids ?? []).filter((id: VideoId) => !seen.has(id));
          const next = coming[pick % Math.max(1, Math.min(8, coming.length))];
          if (deed === 'page') {
            const part: Page = await page(viewer, { limit, cursor });
            for (const { id, author } of part.videos) {
              expect(seen.has(id)).toBe(false);
              expect(gone.has(id)).toBe(false);
              expect(blocked.has(author.id)).toBe(false);
              seen.add(id);
            }
            cursor = part.next_cursor;
            if (cursor === null) break;
          } else if (deed === 'lose') await redis.del(`${config.redisPrefix}:feed:${viewer.id}`);
          else if (deed === 'expire') await redis.hdel(`${config.redisPrefix}:feed:${viewer.id}`, 'slate');
          else if (deed === 'bust') await server.context.recommending.wished(viewer.id);
          else if (next === undefined) continue;
          else if (deed === 'like') await client.post(`/api/v1/statuses/${next}/favourite`, { as: viewer });
          else if (deed === 'block') {
            const { account_id: author } = await db('videos').where({ id: next }).first('account_id');
            await client.post(`/api/v1/accounts/${author}/block`, { as: viewer });
            blocked.add(author);
          } else {
            await db('videos').where({ id: next }).update({ state: 'rejected' });
            gone.add(next);
          }
        }
        await db('videos')
          .whereIn('id', [...gone])
          .update({ state: 'published' });
      }),
      { numRuns: 8 },
    );
  });

  test('of somebody who leaves nothing is left: no row, no slate, no mark', async () => {
    const { db, redis, config, auth, inTx } = server.context;
    const viewer = await somebody();
    await client.patch('/api/v1/feed_settings', { as: viewer, body: { interests: ['birds'] } });
    const first = await page(viewer);
    await client.post(`/api/v1/statuses/${idsOf(first)[0]}/favourite`, { as: viewer });
    await page(viewer);
    const slot = { account_id: viewer.id, video_id: idsOf(first)[0], slate_id: 1, propensity: 0.5 };
    await db('explored_slots').insert({ ...slot, weights_version: 'x', served_at: new Date() });
    await inTx((tx) => auth.leave(tx, viewer.id));
    await db('users')
      .where({ account_id: viewer.id })
      .update({ delete_at: new Date(0) });
    await auth.deleteDue(inTx);
    const rows = async () => {
      const counts = [
        'feed_slates',
        'explored_slots',
        'feed_settings',
        'feed_places',
        'likes',
        'watch_history',
      ].map((table) => db(table).where({ account_id: viewer.id }).count('* as n').first());
      return (await Promise.all(counts)).reduce((sum, one) => sum + Number(one?.n), 0);
    };
    await expect.poll(rows).toBe(0);
    // A page that was under way notes what it tried out after that: of nobody.
    const [tried] = idsOf(first);
    if (!tried) throw new Error('Nothing is shown.');
    const late = { id: '1' as SlateId, ids: [tried], explored: { [tried]: 0.5 }, madeAt: 0 };
    const versions = { weightsVersion: 'x', settingsVersion: 'x' };
    await server.context.recommending.noteServed(viewer.id, { ...late, ...versions }, [tried]);
    expect(await rows()).toBe(0);
    await expect.poll(() => redis.exists(`${config.redisPrefix}:feed:${viewer.id}`)).toBe(0);
    // The engine knows nobody of that name any more: what it chooses is what it chooses for somebody new.
    const input = { without: [], standing: null, fallback: async () => [] };
    const chosen = await server.context.recommending.next({ id: viewer.id, languages: [] }, input);
    expect(await slatesOf(viewer.id)).toEqual([]);
    expect(chosen.ids).toContain(idsOf(first)[0]);
  });
});
