import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Signal } from '../../src/modules/signals/index.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { forgetCounts, queriesOf } from '../helpers/queries.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn } from '../helpers/sounds.ts';
import { keepTrends } from '../helpers/trends-kept.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let author: Person;
let keeper: ReturnType<TestServer['context']['trending']['keeper']>;
let now = Date.now();
const abort = new AbortController();

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => now } } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
  keeper = server.context.trending.keeper();
});

afterAll(async () => {
  abort.abort();
  await keeper?.stop();
  await server?.close();
});

let names = 0;
/** Somebody whose account is old enough to count whole. */
async function somebody(): Promise<Person> {
  const person = await people.signedIn(`grown_${++names}`);
  await server.context
    .db('accounts')
    .where({ id: person.id })
    .update({ created_at: new Date(now - 30 * 86_400_000) });
  return person;
}

const turn = (): Promise<void> => keepTrends(keeper, abort.signal);

const like = (actorId: string, videoId: string, on = true): Signal => ({
  ...({ kind: 'like', at: now, actorId, videoId, on } as const),
});

const told = (id: VideoId, soundId: string | null = null): Signal => ({
  ...({ kind: 'video', at: now, id, authorId: author.id, domain: '', publishedAt: now } as const),
  ...{ tags: [], soundId, language: null, durationMs: 5_000, caption: '', sensitive: false },
});

async function liked(videoId: VideoId, by: readonly Person[]): Promise<void> {
  for (const person of by) {
    const answer = await client.post(`/api/v1/statuses/${videoId}/favourite`, { as: person });
    expect(answer.status, answer.text).toBe(200);
  }
}

async function idsOf(path: string, as?: Person): Promise<string[]> {
  const answer = await client.get(path, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.map(({ id, name }: { id: string; name?: string }) => name ?? id);
}

describe('trends of the live server', () => {
  let few: VideoId;
  let many: VideoId;
  let fans: Person[];
  let staff: Person;

  beforeAll(async () => {
    fans = [await somebody(), await somebody(), await somebody()];
    staff = await people.signedIn('keeper', 'admin');
    few = await videos.video(author.account, { caption: 'Few' });
    many = await videos.video(author.account, { caption: 'Many' });
    await server.context.db('video_tags').insert([
      { tag: 'cats', video_id: few },
      { tag: 'dogs', video_id: many },
    ]);
    await liked(few, fans.slice(0, 1));
    await liked(many, fans);
    await turn();
  });

  test('are loaded from PostgreSQL, and read in the order of their scores', async () => {
    expect(await idsOf('/api/v1/trends/videos')).toEqual([many, few]);
    expect(await idsOf('/api/v1/trends/statuses')).toEqual([many, few]);
    expect(await idsOf('/api/v1/trends/videos?scope=local&window=hot')).toEqual([many, few]);
    expect(await idsOf('/api/v1/trends/videos?scope=tag&key=%23Cats')).toEqual([few]);
    expect(await idsOf('/api/v1/trends/statuses?scope=tag&key=%23Cats')).toEqual([few]);
    expect(await idsOf('/api/v1/trends/statuses?scope=sound&key=1')).toEqual([]);
    expect((await client.get('/api/v1/trends/statuses?scope=tag')).status).toBe(422);
    expect(await idsOf('/api/v1/trends/tags')).toEqual(['dogs', 'cats']);
    expect(await idsOf('/api/v1/trends/videos?offset=1&limit=1')).toEqual([few]);
  });

  test('follow what happens, and what is taken back', async () => {
    const { signals } = server.context;
    const other = await videos.video(author.account);
    const [fan] = fans;
    await signals.publish([told(other), like(fan?.id ?? '', other)]);
    await turn();
    expect(await idsOf('/api/v1/trends/videos')).toContain(other);
    await signals.publish([like(fan?.id ?? '', other, false)]);
    await turn();
    expect(await idsOf('/api/v1/trends/videos')).toEqual([many, few]);
  });

  test('have the sounds that most people are on about, as far as somebody may hear them', async () => {
    const { signals, db } = server.context;
    const [one, other] = [await videos.video(author.account), await videos.video(author.account)];
    const [rare, common] = [await heardIn(server.context, one), await heardIn(server.context, other)];
    const likes = fans.map(({ id }) => like(id, other));
    await signals.publish([told(one, rare), told(other, common), like(fans[0]?.id ?? '', one), ...likes]);
    await turn();
    const first = await client.get('/api/v1/trends/sounds?limit=1');
    expect(first.body).toMatchObject([{ id: common, uses: 1, author: { id: author.id } }]);
    expect(first.headers.link).toContain('/api/v1/trends/sounds?limit=1&offset=1>; rel="next"');
    expect(await idsOf('/api/v1/trends/sounds?offset=1')).toEqual([rare]);
    expect(await idsOf(`/api/v1/trends/videos?scope=sound&key=${common}`)).toEqual([other]);
    // What may not be heard takes no place of a page.
    await db('videos').where({ id: other }).update({ visibility: 'followers' });
    expect(await idsOf('/api/v1/trends/sounds?limit=1')).toEqual([rare]);
    await db('videos').where({ id: other }).update({ visibility: 'public' });
    const rule = { action: 'mute', reason: 'A court says so.' };
    await client.put(`/api/v1/admin/sounds/${common}/rule`, { as: staff, body: rule });
    expect(await idsOf('/api/v1/trends/sounds?limit=1')).toEqual([rare]);
    await client.delete(`/api/v1/admin/sounds/${common}/rule`, { as: staff });
    expect(await idsOf('/api/v1/trends/sounds?limit=1')).toEqual([common]);
    await client.post(`/api/v1/admin/trends/sounds/${common}/reject`, { as: staff, body: {} });
    expect(await idsOf('/api/v1/trends/sounds')).toEqual([rare]);
    await db('videos').whereIn('id', [one, other]).update({ visibility: 'followers' });
    expect(await idsOf('/api/v1/trends/sounds')).toEqual([]);
  });

  test('come back after Redis lost them and the log, and until then there is what PostgreSQL counts', async () => {
    const { redis, config } = server.context;
    const keys = await redis.keys(`${config.redisPrefix}:*`);
    await redis.del(keys.filter((key) => /:(trends|signals)/.test(key)));
    expect(await idsOf('/api/v1/trends/statuses')).toEqual([many, few]);
    expect(await idsOf('/api/v1/trends/videos')).toEqual([]);
    // What the log lost is in PostgreSQL.
    const late = await videos.video(author.account);
    await liked(late, fans.slice(0, 1));
    await turn();
    await turn();
    expect((await idsOf('/api/v1/trends/videos')).toSorted()).toEqual([many, few, late].toSorted());
    await server.context.db('videos').where({ id: late }).update({ visibility: 'followers' });
    expect(await idsOf('/api/v1/trends/videos')).toEqual([many, few]);
  });

  test('know what was posted before they were loaded, though nobody has done anything with it', async () => {
    const { trending, db, signals } = server.context;
    const quiet = await videos.video(author.account);
    await db('video_tags').insert({ tag: 'frogs', video_id: quiet });
    await Promise.all([trending.rebuild(20_000), turn().then(turn)]);
    expect(await idsOf('/api/v1/trends/tags')).toContain('frogs');
    expect(await idsOf('/api/v1/trends/videos')).not.toContain(quiet);
    await signals.publish([like(fans[0]?.id ?? '', quiet)]);
    await turn();
    expect(await idsOf('/api/v1/trends/videos')).toContain(quiet);
    await db('videos').where({ id: quiet }).update({ visibility: 'followers' });
  });

  test('count what is heard of a video before the video itself', async () => {
    const { signals, db } = server.context;
    const late = await videos.video(author.account);
    await signals.publish([like(fans[0]?.id ?? '', late)]);
    await turn();
    expect(await idsOf('/api/v1/trends/videos')).not.toContain(late);
    await signals.publish([told(late)]);
    await turn();
    expect(await idsOf('/api/v1/trends/videos')).toContain(late);
    await db('videos').where({ id: late }).update({ visibility: 'followers' });
  });

  test('are written anew where only the lists are gone', async () => {
    const { redis, config } = server.context;
    const keys = await redis.keys(`${config.redisPrefix}:trends:*`);
    await redis.del(keys.filter((key) => !key.endsWith(':keeper')));
    expect(await idsOf('/api/v1/trends/videos')).toEqual([]);
    await turn();
    expect(await idsOf('/api/v1/trends/videos')).toEqual([many, few]);
  });

  test('hide at once what staff keeps from them, and show it again', async () => {
    const at = (verb: string, thing = `statuses/${many}`) =>
      client.post(`/api/v1/admin/trends/${thing}/${verb}`, { as: staff, body: { note: 'Because.' } });
    expect((await at('reject')).status).toBe(200);
    expect(await idsOf('/api/v1/trends/videos')).toEqual([few]);
    expect(await idsOf('/api/v1/trends/statuses')).toEqual([few]);
    const listed = await client.get('/api/v1/admin/trends/statuses', { as: staff });
    expect(listed.body.find(({ id }: { id: string }) => id === many)).toMatchObject({
      ...{ trendable: false, requires_review: false },
      decision: { standing: 'vetoed', note: 'Because.', decided_by: staff.id },
    });
    await turn();
    expect(await idsOf('/api/v1/trends/videos')).toEqual([few]);
    expect((await at('approve')).status).toBe(200);
    await turn();
    expect(await idsOf('/api/v1/trends/videos')).toEqual([many, few]);

    expect((await at('reject', 'tags/Dogs')).status).toBe(200);
    expect(await idsOf('/api/v1/trends/tags')).toEqual(['cats']);
    await at('release', 'tags/dogs');
    await turn();
    expect(await idsOf('/api/v1/trends/tags')).toEqual(['dogs', 'cats']);
  });

  test('show nobody what she may not see, or does not want to', async () => {
    const viewer = await somebody();
    await client.post(`/api/v1/accounts/${author.id}/block`, { as: viewer });
    expect(await idsOf('/api/v1/trends/videos', viewer)).toEqual([]);
    const { db } = server.context;
    await db('videos').where({ id: few }).update({ visibility: 'followers' });
    expect(await idsOf('/api/v1/trends/videos')).toEqual([many]);
    await db('videos').where({ id: few }).update({ visibility: 'public' });
  });

  test('ask the database as often for many as for one', async () => {
    const askedFor = async (limit: number) => {
      await forgetCounts(server);
      const path = `/api/v1/trends/videos?limit=${limit}`;
      return (await queriesOf(server.context.db, () => idsOf(path))).length;
    };
    const one = await askedFor(1);
    expect(one).toBeGreaterThan(0);
    expect(await askedFor(40)).toBe(one);
  });

  test('tell how much servers are trusted, and what an admin set', async () => {
    await people.remote('far', 'far.test');
    const set = await client.put('/api/v1/admin/trends/trust/far.test', {
      as: staff,
      body: { trust: 0.25, note: 'Known for selling likes.' },
    });
    expect(set.status, set.text).toBe(200);
    now += 120_000;
    await turn();
    const { body } = await client.get('/api/v1/trends/trust');
    expect(body.find(({ domain }: { domain: string }) => domain === 'far.test')).toMatchObject({
      ...{ trust: 0.25, override: 0.25 },
    });
  });

  test('have the files of what spreads fast kept at hand, and brought back where they were cold', async () => {
    const { db, signals } = server.context;
    const fast = await videos.video(author.account);
    await db('videos')
      .where({ id: fast })
      .update({ cold_since: new Date(now) });
    const told: Signal = {
      ...({ kind: 'video', at: now, id: fast, authorId: author.id, domain: '', publishedAt: now } as const),
      ...{ tags: [], soundId: null, language: null, durationMs: 5_000, caption: '', sensitive: false },
    };
    const seen = {
      watchedMs: 5_000,
      isView: true,
      isComplete: true,
      source: 'for_you',
      network: null,
    } as const;
    const crowd = Array.from({ length: 40 }, (_, one): Signal[] => [
      {
        ...({
          kind: 'account',
          at: now,
          id: `8${one}`,
          domain: '',
          createdAt: now - 30 * 86_400_000,
        } as const),
        ...{ languages: [], interests: [] },
      },
      { kind: 'watch', at: now, actorId: `8${one}`, videoId: fast, ...seen },
    ]).flat();
    await signals.publish([told, ...crowd]);
    now += 61_000;
    await turn();
    const kept = await db('viral_videos').select('video_id', 'until');
    expect(kept).toMatchObject([{ video_id: fast, until: new Date(now + 86_400_000) }]);
    const jobs = await db('jobs').where({ name: 'media.warm' }).pluck('key');
    const keys = await db('video_assets').where({ video_id: fast, role: 'mp4' }).pluck('key');
    expect(jobs).toEqual(keys.map((key: string) => `warm:${key}`));
  });

  test('put what the brake holds before staff, with the reason, until one of them decides', async () => {
    const { signals } = server.context;
    const fan = fans[0]?.id ?? '';
    // So that it is known here what is usual: that nearly all are people who were here before.
    const hours = Array.from({ length: 60 }, (_, hour) => hour).flatMap((hour): Signal[] =>
      [true, false].map((on) => ({
        ...({ kind: 'save', at: now + hour * 3_600_000, actorId: fan, videoId: many, on } as const),
      })),
    );
    now += 60 * 3_600_000;
    const pushed = await videos.video(author.account);
    const crowd = Array.from({ length: 100 }, (_, one): Signal[] => [
      {
        ...({
          kind: 'account',
          at: now,
          id: `9${one}`,
          domain: '',
          createdAt: now - 30 * 86_400_000,
        } as const),
        ...{ languages: [], interests: [] },
      },
      { kind: 'share', at: now, actorId: `9${one}`, videoId: pushed, on: true },
    ]).flat();
    const told: Signal = {
      ...({ kind: 'video', at: now, id: pushed, authorId: author.id, domain: '', publishedAt: now } as const),
      ...{ tags: [], soundId: null, language: null, durationMs: 5_000, caption: '', sensitive: false },
    };
    await signals.publish([...hours, told, ...crowd]);
    await turn();
    expect(await idsOf('/api/v1/trends/videos')).not.toContain(pushed);
    const listed = await client.get('/api/v1/admin/trends/statuses', { as: staff });
    expect(listed.body[0]).toMatchObject({
      ...{ id: pushed, trendable: false, requires_review: true },
      decision: { standing: 'held', reason: 'strangers', share: 1, decided_by: null },
    });
    await client.post(`/api/v1/admin/trends/statuses/${pushed}/approve`, { as: staff, body: {} });
    await turn();
    expect((await idsOf('/api/v1/trends/videos'))[0]).toBe(pushed);
  });
});
