import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { eventually } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { testPort } from '../helpers/stack.ts';

const SLOW_MS = 120_000;
const HOST = '127.0.0.1';
const SECRET_KEY = 'the same for all processes of a server';

interface Web {
  readonly name: string;
  readonly instance: Instance;
  readonly client: Client;
}

interface Part {
  readonly feature: string;
  readonly about: Readonly<Record<string, string | number>>;
}
interface Slate {
  readonly id: string;
  readonly weights_version: string;
  readonly items: readonly { readonly video_id: VideoId; readonly parts: readonly Part[] }[];
}

/** The worker; its own web part is asked nothing here. */
let server: TestServer;
let people: People;
let dir: string;
let one: Web;
let other: Web;
const authors: Account[] = [];
const videosOf = new Map<string, VideoId[]>();
let named = 0;

beforeAll(async () => {
  server = await startTestServer({ role: 'all', variables: { SECRET_KEY } });
  people = createPeople(server);
  const videos = createVideoFactory(server.context);
  // Few enough for one slate: what is not in it was left out.
  for (let n = 0; n < 20; n += 1) {
    const author = await people.local(`author${n}`);
    authors.push(author);
    videosOf.set(author.id, [await videos.video(author), await videos.video(author)]);
  }
  dir = await mkdtemp(join(tmpdir(), 'vireo-processes-'));
  one = await startWeb('one');
  other = await startWeb('other');
  for (const web of [one, other]) {
    const probe = await somebody();
    await eventually(
      `${web.name} ranks`,
      async () => (await slateBy(web, probe))?.weights_version !== 'mix',
      SLOW_MS,
    );
  }
}, 2 * SLOW_MS);

beforeEach(() => forgetLimits(server));
afterAll(async () => {
  await Promise.all([one, other].map((web) => web?.instance.kill()));
  await server?.close();
  if (dir) await rm(dir, { recursive: true, force: true });
});

/** A process that ranks, on the database and the Redis of the server. */
async function startWeb(name: string): Promise<Web> {
  const { databaseUrl, redisUrl, config } = server.context;
  const dataDir = join(dir, name);
  await mkdir(dataDir);
  const instance = await startInstance({
    ...{ host: HOST, port: await testPort(HOST), dataDir, logFile: join(dataDir, 'log') },
    variables: {
      ...{ VIREO_ENV: 'test', ROLE: 'web', ORIGIN: server.origin, SECRET_KEY },
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, REDIS_PREFIX: config.redisPrefix },
      ...{ RANKING: 'on', STAFF_SECOND_FACTOR: 'optional', RANKING_BUDGET_MS: '10000', LOG_LEVEL: 'info' },
    },
  });
  return { name, instance, client: clientOf(instance.origin) };
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
  web: Web,
  as: Person | undefined,
  cursor: string | null = null,
  limit = 10,
): Promise<Page> {
  const search = new URLSearchParams({ limit: String(limit), ...(cursor === null ? {} : { cursor }) });
  const answer = await web.client.get(`/api/v1/feed?${search}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

const idsOf = ({ videos }: Page) => videos.map(({ id }) => id);
/** What was chosen for somebody; null: for all who are not signed in. */
const slatesOf = (
  viewer: Person | null,
): Promise<{ id: string; video_ids: VideoId[]; weights_version: string }[]> =>
  server.context
    .db('feed_slates')
    .where({ account_id: viewer?.id ?? null })
    .orderBy('id');
const firstOf = (author: Account | undefined): VideoId => {
  const [id] = videosOf.get(author?.id ?? '') ?? [];
  if (!id) throw new Error('There is no such author.');
  return id;
};

/** What the engine of this process chooses for somebody now, with its reasons. */
async function slateBy(web: Web, as: Person): Promise<Slate | null> {
  const { redis, config } = server.context;
  await redis.hdel(`${config.redisPrefix}:feed:${as.id}`, 'slate');
  await forgetLimits(server);
  await page(web, as);
  const made = (await slatesOf(as)).at(-1);
  if (!made) return null;
  const answer = await web.client.get(`/api/v1/feed_slates?slate_id=${made.id}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

const chosen = (slate: Slate | null) => (slate?.items ?? []).map(({ video_id }) => video_id);
const learnt = (slate: Slate | null) =>
  (slate?.items ?? []).flatMap(({ parts }) =>
    parts.filter(({ feature }) => /affinity|because-watched|neighbours/.test(feature)),
  ).length;
/** How many people like a video, as far as the engine that chose this knows. */
const likesOf = (slate: Slate | null, id: VideoId) =>
  Number(
    slate?.items.find(({ video_id }) => video_id === id)?.parts.find(({ feature }) => feature === 'trending')
      ?.about.likes ?? 0,
  );

describe('two processes that rank for the same people', () => {
  test('a cursor of one goes on at the other exactly, and the top is the same', async () => {
    const viewer = await somebody();
    const first = await page(one, viewer);
    const second = await page(other, viewer, first.next_cursor);
    const third = await page(one, viewer, second.next_cursor);
    const [slate, ...more] = await slatesOf(viewer);
    expect(more).toEqual([]);
    expect([first, second, third].flatMap(idsOf)).toEqual(slate?.video_ids.slice(0, 30));
    expect(idsOf(await page(other, viewer))).toEqual(idsOf(first));
  });

  test('so it is for those who are not signed in', async () => {
    const first = await page(one, undefined);
    const second = await page(other, undefined, first.next_cursor);
    const [slate, ...more] = await slatesOf(null);
    expect(more).toEqual([]);
    expect([first, second].flatMap(idsOf)).toEqual(slate?.video_ids.slice(0, 20));
    const path = `/api/v1/feed_reasons?video_id=${idsOf(first)[0]}`;
    expect((await other.client.get(path)).body).toMatchObject({ slate_id: slate?.id, place: 1 });
  });

  test('why somebody was shown a video by one is told by the other, word for word', async () => {
    const viewer = await somebody();
    const shown = idsOf(await page(one, viewer));
    const [slate] = await slatesOf(viewer);
    for (const path of [
      `/api/v1/feed_slates?slate_id=${slate?.id}`,
      ...shown.map((id) => `/api/v1/feed_reasons?video_id=${id}`),
    ]) {
      const [told, again] = await Promise.all(
        [one, other].map(({ client }) => client.get(path, { as: viewer })),
      );
      expect(told?.status, told?.text).toBe(200);
      expect(again?.text).toBe(told?.text);
    }
  });

  test.for([
    ['a like', (as: Person, id: VideoId) => one.client.post(`/api/v1/statuses/${id}/favourite`, { as })],
    [
      'not interested',
      (as: Person, id: VideoId) => one.client.post(`/api/v1/videos/${id}/not_interested`, { as }),
    ],
    [
      'a follow',
      (as: Person, _: VideoId, by: string) => one.client.post(`/api/v1/accounts/${by}/follow`, { as }),
    ],
    [
      'a block',
      (as: Person, _: VideoId, by: string) => one.client.post(`/api/v1/accounts/${by}/block`, { as }),
    ],
    [
      'a mute',
      (as: Person, _: VideoId, by: string) => one.client.post(`/api/v1/accounts/${by}/mute`, { as }),
    ],
    ['a reset', (as: Person) => one.client.delete('/api/v1/feed_profile', { as })],
    [
      'a wish',
      (as: Person) =>
        one.client.patch('/api/v1/feed_settings', { as, body: { sliders: { 'source.social': 2 } } }),
    ],
  ] as const)(
    'after %s at one, the other chooses anew what comes next, and from the top',
    async ([, deed]) => {
      for (const isTop of [false, true]) {
        const viewer = await somebody();
        const first = await page(other, viewer);
        const [before] = await slatesOf(viewer);
        const [shown] = first.videos;
        if (!shown) throw new Error('Nothing is shown.');
        const done = await deed(viewer, shown.id, shown.author.id);
        expect(done.status, done.text).toBe(200);
        await page(other, viewer, isTop ? null : first.next_cursor);
        const slates = await slatesOf(viewer);
        expect(slates.filter(({ id }) => id !== before?.id)).toHaveLength(1);
        await forgetLimits(server);
      }
    },
  );

  test('the engine of the other hears what somebody did at one, by the log, and forgets it with them', async () => {
    const viewer = await somebody();
    expect(learnt(await slateBy(other, viewer))).toBe(0);
    for (const author of authors.slice(0, 8))
      await one.client.post(`/api/v1/statuses/${firstOf(author)}/favourite`, { as: viewer });
    const [blocked, muted, unwanted] = authors.slice(10);
    await one.client.post(`/api/v1/accounts/${blocked?.id}/block`, { as: viewer });
    await one.client.post(`/api/v1/accounts/${muted?.id}/mute`, { as: viewer });
    await one.client.post(`/api/v1/videos/${firstOf(unwanted)}/not_interested`, { as: viewer });
    const without = [
      ...(videosOf.get(blocked?.id ?? '') ?? []),
      ...(videosOf.get(muted?.id ?? '') ?? []),
      firstOf(unwanted),
    ];
    await eventually('it has heard all of it', async () => {
      const slate = await slateBy(other, viewer);
      return learnt(slate) > 0 && without.every((id) => !chosen(slate).includes(id));
    });
    expect((await one.client.delete('/api/v1/feed_profile', { as: viewer })).status).toBe(200);
    for (const web of [one, other]) {
      await eventually(`${web.name} has forgotten`, async () => learnt(await slateBy(web, viewer)) === 0);
    }
    // Whom somebody blocks and mutes is no profile.
    const after = chosen(await slateBy(other, viewer));
    expect(without.slice(0, 4).filter((id) => after.includes(id))).toEqual([]);
  });

  test('both rank by new weights', async () => {
    const boss = await people.signedIn('boss', 'owner');
    const viewer = await somebody();
    const body = { settings: { 'weights.quality': 0.2 }, reason: 'More of what is good.' };
    const { weights_version: version } = (await one.client.patch('/api/v1/admin/ranking', { as: boss, body }))
      .body;
    for (const web of [one, other]) {
      await eventually(
        `${web.name} ranks by them`,
        async () => (await slateBy(web, viewer))?.weights_version === version,
      );
    }
  });

  test('where the log is lost, both read everything anew, and no page goes without ranking', {
    timeout: SLOW_MS,
  }, async () => {
    const { redis, config } = server.context;
    const learntBy = async ({ name }: Web) =>
      (await readFile(join(dir, name, 'log'), 'utf8')).split('the ranking engine has learnt').length;
    const [viewer, fan] = [await somebody(), await somebody()];
    // Something is in it, and both have heard that: what is lost is known to be.
    const [liked, later] = [firstOf(authors[16]), firstOf(authors[17])];
    await one.client.post(`/api/v1/statuses/${liked}/favourite`, { as: fan });
    const knows = (web: Web, id: VideoId) => async () => likesOf(await slateBy(web, viewer), id) === 1;
    for (const web of [one, other]) await eventually(`${web.name} knows of the like`, knows(web, liked));
    const before = await Promise.all([one, other].map(learntBy));
    await redis.del(`${config.redisPrefix}:signals`);
    const versions = new Set<string | undefined>();
    await eventually(
      'both have learnt anew',
      async () => {
        for (const web of [one, other]) versions.add((await slateBy(web, viewer))?.weights_version);
        const now = await Promise.all([one, other].map(learntBy));
        return now.every((count, at) => count > (before[at] ?? 0));
      },
      SLOW_MS,
    );
    expect([...versions]).not.toContain('mix');
    await one.client.post(`/api/v1/statuses/${later}/favourite`, { as: fan });
    for (const web of [one, other]) {
      await eventually(`${web.name} knows of what was liked before`, knows(web, liked));
      await eventually(`${web.name} knows of what is liked now`, knows(web, later));
    }
  });

  test('of somebody who is deleted, neither knows anything', async () => {
    const { auth, db, inTx } = server.context;
    const [leaver, viewer] = [await somebody(), await somebody()];
    const liked = firstOf(authors[15]);
    await one.client.post(`/api/v1/statuses/${liked}/favourite`, { as: leaver });
    const likesBy = async (web: Web) => likesOf(await slateBy(web, viewer), liked);
    for (const web of [one, other])
      await eventually(`${web.name} knows of the like`, async () => (await likesBy(web)) === 1);
    await inTx((tx) => auth.leave(tx, leaver.id));
    await db('users')
      .where({ account_id: leaver.id })
      .update({ delete_at: new Date(0) });
    await auth.deleteDue(inTx);
    for (const web of [one, other])
      await eventually(`${web.name} has forgotten`, async () => (await likesBy(web)) === 0);
  });
});
