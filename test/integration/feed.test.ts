import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { storeWatched } from '../helpers/watched.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let now = Date.now();

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => now } } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
});

afterEach(async () => {
  now += 1_000;
  await forgetLimits(server);
  await server.context.db('videos').delete();
});

afterAll(() => server?.close());

type Video = { id: string; author: { id: string }; shared_by: { id: string } | null };

async function page(query: string, as?: Person): Promise<{ videos: Video[]; next_cursor: string | null }> {
  const answer = await client.get(`/api/v1/feed?${query}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

/** Every page of a feed, by its cursors. */
async function whole(type: string, limit: number, as?: Person): Promise<Video[][]> {
  const pages: Video[][] = [];
  let cursor: string | null = null;
  do {
    const search: URLSearchParams = new URLSearchParams({ feed_type: type, limit: String(limit) });
    if (cursor !== null) search.set('cursor', cursor);
    const next = await page(search.toString(), as);
    pages.push(next.videos);
    cursor = next.next_cursor;
    expect(pages.length).toBeLessThan(60);
  } while (cursor !== null);
  return pages;
}

const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id);
const newestFirst = (ids: readonly string[]) => [...ids].sort((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1));
let names = 0;
const somebody = () => people.signedIn(`somebody_${++names}`);

async function share(who: Person, author: Person, id: VideoId) {
  const { inTx, engagement } = server.context;
  await inTx((tx) => engagement.share(tx, who.account, { id, accountId: author.id, visibility: 'public' }));
}

describe('local and federated', () => {
  test('from the newest on, page by page, in the shape of a video', async () => {
    const [author, viewer] = [await somebody(), await somebody()];
    const remote = await people.remote(`far_${++names}`);
    const own: VideoId[] = [];
    for (let n = 0; n < 7; n += 1) own.push(await videos.video(author.account));
    const far = await videos.video(remote);
    await videos.video(author.account, { visibility: 'followers' });
    expect(idsOf((await whole('local', 3, viewer)).flat())).toEqual(newestFirst(own));
    expect(idsOf((await whole('federated', 3)).flat())).toEqual(newestFirst([...own, far]));
    const [first] = (await page('feed_type=local&limit=1', viewer)).videos;
    const { body } = await client.get(`/api/v1/videos/${first?.id}`, { as: viewer });
    expect(first).toEqual({ ...body, shared_by: null });
  });

  test('without what the viewer muted, blocked, filters, or is not interested in', async () => {
    const [viewer, muted, blocked, other] = [
      await somebody(),
      await somebody(),
      await somebody(),
      await somebody(),
    ];
    for (const person of [muted, blocked]) await videos.video(person.account);
    const dull = await videos.video(other.account);
    await videos.video(other.account, { caption: 'Something about cheese' });
    const left = await videos.video(other.account);
    await client.post(`/api/v1/accounts/${muted.id}/mute`, { as: viewer });
    await client.post(`/api/v1/accounts/${blocked.id}/block`, { as: viewer });
    await client.post(`/api/v1/videos/${dull}/not_interested`, { as: viewer });
    const filter = { title: 'x', context: ['public'], filter_action: 'hide' };
    const body = { ...filter, keywords_attributes: [{ keyword: 'cheese' }] };
    expect((await client.post('/api/v2/filters', { as: viewer, body })).status).toBe(200);
    for (const type of ['local', 'federated', 'for_you']) {
      expect(idsOf((await whole(type, 2, viewer)).flat()), type).toEqual([left]);
      expect((await whole(type, 2)).flat(), type).toHaveLength(5);
    }
    await client.delete(`/api/v1/videos/${dull}/not_interested`, { as: viewer });
    expect(idsOf((await whole('local', 2, viewer)).flat())).toEqual([left, dull]);
  });
});

describe('the same as statuses', () => {
  test('the same choice by the same cursors, with all that a video says besides', async () => {
    const [author, viewer] = [await somebody(), await somebody()];
    for (let n = 0; n < 5; n += 1) await videos.video(author.account);
    await client.post(`/api/v1/accounts/${author.id}/follow`, { as: viewer });
    for (const type of ['for_you', 'following', 'local', 'federated']) {
      const first = await page(`feed_type=${type}&limit=2`, viewer);
      const search = `feed_type=${type}&limit=10&cursor=${encodeURIComponent(first.next_cursor ?? '')}`;
      const rest = await page(search, viewer);
      const { body } = await client.get(`/api/v1/feed_statuses?${search}`, { as: viewer });
      expect(idsOf(body.statuses), type).toEqual(idsOf(rest.videos));
      expect(idsOf(body.statuses), type).toHaveLength(3);
    }
    const [video] = (await page('feed_type=local&limit=1', viewer)).videos;
    await client.post(`/api/v1/statuses/${video?.id}/bookmark`, { as: viewer });
    const saved = async () => {
      const { body } = await client.get('/api/v1/feed_statuses?feed_type=local&limit=1', { as: viewer });
      return body.statuses[0];
    };
    await expect.poll(async () => (await saved()).video.saves).toBe(1);
    expect(await saved()).toMatchObject({
      ...{ id: video?.id, bookmarked: true, mentions: [], filtered: [] },
      video: { views: 0, sound: null, permissions: { comment: true } },
    });
  });

  test('what somebody passed on is a status around it; the feed of the followed is for who is signed in', async () => {
    const [viewer, friend, stranger] = [await somebody(), await somebody(), await somebody()];
    const passed = await videos.video(stranger.account);
    await client.post(`/api/v1/accounts/${friend.id}/follow`, { as: viewer });
    await share(friend, stranger, passed);
    const { body } = await client.get('/api/v1/feed_statuses?feed_type=following', { as: viewer });
    expect(body.statuses).toMatchObject([{ account: { id: friend.id }, reblog: { id: passed } }]);
    expect((await client.get('/api/v1/feed_statuses?feed_type=following')).status).toBe(401);
    expect((await client.get('/api/v1/feed_statuses?cursor=AAAA')).body.code).toBe('cursor-invalid');
  });
});

describe('following', () => {
  test('what the followed post and pass on, each video once, with who passed it on', async () => {
    const [viewer, friend, second, stranger] = [
      await somebody(),
      await somebody(),
      await somebody(),
      await somebody(),
    ];
    for (const person of [friend, second]) await people.follow(viewer.account, person.account);
    const strange = await videos.video(stranger.account);
    const own = await videos.video(friend.account);
    const hidden = await videos.video(friend.account, { visibility: 'followers' });
    await videos.video(viewer.account);
    await videos.video(stranger.account);
    await share(friend, stranger, strange);
    await share(second, stranger, strange);
    // Of somebody who is followed anyway.
    await share(second, friend, own);
    for (const limit of [1, 2, 20]) {
      const list = (await whole('following', limit, viewer)).flat();
      expect(idsOf(list), String(limit)).toEqual([strange, hidden, own]);
      expect(list.map(({ shared_by }) => shared_by?.id)).toEqual([friend.id, undefined, undefined]);
      expect(list[0]?.author.id).toBe(stranger.id);
    }
  });

  test('goes on exactly, however much one of many posts, and past what is not for the viewer', async () => {
    const viewer = await somebody();
    const wanted: string[] = [];
    const busy = await somebody();
    await people.follow(viewer.account, busy.account);
    for (let n = 0; n < 12; n += 1) {
      const friend = n % 3 === 0 ? await somebody() : busy;
      if (friend !== busy) await people.follow(viewer.account, friend.account);
      for (let each = 0; each < 4; each += 1) wanted.push(await videos.video(friend.account));
      await videos.video(busy.account, { visibility: 'direct' as never });
      await videos.video(busy.account, { state: 'received' });
      const stranger = await somebody();
      const passedOn = await videos.video(stranger.account);
      if (n % 4 === 0) {
        await share(busy, stranger, passedOn);
        wanted.push(passedOn);
      }
    }
    for (const limit of [3, 7, 40]) {
      const list = (await whole('following', limit, viewer)).flat();
      expect(idsOf(list), String(limit)).toEqual([...wanted].reverse());
    }
  });

  test('passes over however many of one that are not for the viewer, and loses none of theirs below', async () => {
    const [viewer, friend, busy] = [await somebody(), await somebody(), await somebody()];
    for (const person of [friend, busy]) await people.follow(viewer.account, person.account);
    const wanted = [await videos.video(friend.account)];
    for (let n = 0; n < 3; n += 1) wanted.push(await videos.video(busy.account));
    for (let n = 0; n < 12; n += 1) await videos.video(busy.account, { visibility: 'direct' as never });
    expect(idsOf((await whole('following', 2, viewer)).flat())).toEqual([...wanted].reverse());
  });

  test('only for who is signed in', async () => {
    const answer = await client.get('/api/v1/feed?feed_type=following');
    expect([answer.status, answer.body.code]).toEqual([401, 'not-signed-in']);
  });
});

describe('for you', () => {
  /** So many videos of each of these people, in turns of one person after the other. */
  async function posts(counts: readonly number[]) {
    const authors: Person[] = [];
    const ids: VideoId[] = [];
    for (const count of counts) {
      const author = await somebody();
      authors.push(author);
      for (let n = 0; n < count; n += 1) ids.push(await videos.video(author.account));
    }
    return { authors, ids };
  }

  const longestRun = (list: readonly Video[]) => {
    let [longest, run] = [0, 0];
    list.forEach((video, at) => {
      run = list[at - 1]?.author.id === video.author.id ? run + 1 : 1;
      longest = Math.max(longest, run);
    });
    return longest;
  };

  test.each([1, 3, 7, 40])(
    'everything once, at most two in a row by one creator, whatever is posted meanwhile: pages of %i',
    async (limit) => {
      const { ids, authors } = await posts([12, 10, 9, 8]);
      const viewer = await somebody();
      for (const as of [viewer, undefined]) {
        const first = await page(`limit=${limit}`, as);
        const [author] = authors;
        if (!author) throw new Error('Nobody posted.');
        const late = await videos.video(author.account);
        const rest: Video[] = [];
        let cursor = first.next_cursor;
        while (cursor !== null) {
          const next = await page(`limit=${limit}&cursor=${cursor}`, as);
          rest.push(...next.videos);
          cursor = next.next_cursor;
        }
        const list = [...first.videos, ...rest];
        expect(new Set(idsOf(list)).size).toBe(list.length);
        expect(idsOf(list).filter((id) => ids.includes(id as VideoId))).toHaveLength(ids.length);
        expect(longestRun(list)).toBe(2);
        await server.context.db('videos').where({ id: late }).delete();
      }
    },
  );

  test('a creator who is nearly alone is not shown thrice in a row; one who is quite alone is shown whole', async () => {
    const { ids } = await posts([9]);
    expect((await whole('for_you', 4)).flat()).toHaveLength(ids.length);
    await posts([1]);
    const list = (await whole('for_you', 4)).flat();
    expect(longestRun(list)).toBe(2);
    expect(list).toHaveLength(5);
  });

  /** So many public videos of one account, newer than all others, as they are stored. */
  async function flood(author: { readonly id: string }, count: number, caption = '') {
    const { db } = server.context;
    await db.raw(
      `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, published_at, caption_html)
       select (select max(id) from videos) + n, ?, true, 'https://flood.test/' || ? || '/' || n, '', 'published', 'public', 'ready', now(), ?
         from generate_series(1, ?::int) n`,
      [author.id, author.id, caption, count],
    );
  }

  test.each(['own', 'muted', 'unwanted', 'silenced', 'filtered'] as const)(
    'hundreds of newer ones that are %s do not hide what is below',
    async (kind) => {
      const viewer = await somebody();
      const busy = await people.remote(`busy_${kind}`, 'loud.test');
      const { ids } = await posts([2, 2]);
      const { db, ids: source } = server.context;
      // More than what is trending looks at.
      if (kind === 'filtered') {
        const filter = { title: 'x', context: ['public'], filter_action: 'hide' };
        const body = { ...filter, keywords_attributes: [{ keyword: 'cheese' }] };
        expect((await client.post('/api/v2/filters', { as: viewer, body })).status).toBe(200);
        await flood(busy, 300, 'cheese');
      } else await flood(kind === 'own' ? viewer : busy, 450);
      if (kind === 'muted') await client.post(`/api/v1/accounts/${busy.id}/mute`, { as: viewer });
      if (kind === 'silenced')
        await db('domain_policies').insert({ domain: 'loud.test', severity: 'silence' });
      if (kind === 'unwanted') {
        const flooded: string[] = await db('videos').where({ account_id: busy.id }).pluck('id');
        await db('not_interested').insert(
          flooded.map((video_id) => ({ id: source.next(), account_id: viewer.id, video_id })),
        );
      }
      const list = idsOf((await whole('for_you', 10, viewer)).flat());
      await db('domain_policies').delete();
      expect(newestFirst(list)).toEqual(newestFirst(ids));
    },
  );

  test('what is liked most, what is new and what the followed post come in turns', async () => {
    const viewer = await somebody();
    const { ids, authors } = await posts([3, 3, 3, 3, 3, 3, 3, 3]);
    const [liked] = ids;
    const [, friend] = authors;
    if (!liked || !friend) throw new Error('Nobody posted.');
    await people.follow(viewer.account, friend.account);
    await server.context.db('video_stats').insert({ video_id: liked, likes: 9 });
    const list = (await page('limit=3', viewer)).videos;
    expect(list[0]?.id).toBe(liked);
    expect(list[1]?.id).toBe(ids.at(-1));
    expect(list[2]?.author.id).toBe(friend.id);
  });

  test('what was seen, or is unwanted or gone since it was chosen, is left out at the moment it is shown', async () => {
    const { ids } = await posts([2, 2, 2, 2, 2, 2]);
    const viewer = await somebody();
    const first = await page('limit=2', viewer);
    const left = (await whole('for_you', 40, viewer))
      .flat()
      .filter(({ id }) => !idsOf(first.videos).includes(id));
    const [seen, unwanted, gone] = idsOf(left);
    const event = { id: 'event-0001', video_id: seen, type: 'view', watched_seconds: 4 };
    await client.post('/api/v1/events', { as: viewer, body: { events: [event] } });
    await storeWatched(server.context);
    await client.post(`/api/v1/videos/${unwanted}/not_interested`, { as: viewer });
    await server.context.db('videos').where({ id: gone }).update({ state: 'rejected' });
    const next = await page(`limit=40&cursor=${first.next_cursor}`, viewer);
    expect(next.videos).toHaveLength(ids.length - 2 - 3);
    for (const id of [seen, unwanted, gone]) expect(idsOf(next.videos)).not.toContain(id);
  });

  test('no video of one’s own, of silenced servers, or for a few', async () => {
    const [viewer, friend] = [await somebody(), await somebody()];
    await people.follow(viewer.account, friend.account);
    await videos.video(viewer.account);
    await videos.video(friend.account, { visibility: 'direct' as never });
    const remote = await people.remote(`silent_${++names}`, 'silent.test');
    await videos.video(remote);
    await server.context.db('domain_policies').insert({ domain: 'silent.test', severity: 'silence' });
    const mine = await videos.video(friend.account, { visibility: 'followers' });
    expect(idsOf((await whole('for_you', 9, viewer)).flat())).toEqual([mine]);
    expect((await whole('for_you', 9)).flat().map(({ author }) => author.id)).toEqual([viewer.id]);
  });
});

describe('cursors', () => {
  test('count for one feed, one person and one day; whatever else is refused and no error of ours', async () => {
    const [author, viewer, other] = [await somebody(), await somebody(), await somebody()];
    for (let n = 0; n < 4; n += 1) await videos.video(author.account);
    const given = (await page('feed_type=local&limit=2', viewer)).next_cursor ?? '';
    const ask = (type: string, cursor: string, as?: Person) =>
      client.get(`/api/v1/feed?${new URLSearchParams({ feed_type: type, cursor })}`, { as });
    const code = async (answer: ReturnType<typeof ask>) => {
      const { status, body } = await answer;
      return [status, body.code];
    };
    const invalid = [400, 'cursor-invalid'];
    expect(await code(ask('local', given, viewer))).toEqual([200, undefined]);
    expect(await code(ask('federated', given, viewer))).toEqual(invalid);
    expect(await code(ask('for_you', given, viewer))).toEqual(invalid);
    expect(await code(ask('local', given, other))).toEqual(invalid);
    expect(await code(ask('local', given))).toEqual(invalid);
    for (const forged of [
      '',
      'x',
      '%',
      '0',
      'A'.repeat(31),
      'A'.repeat(400),
      `${given}A`,
      given.slice(1),
      '🙂',
    ]) {
      for (const type of ['local', 'federated', 'for_you', 'following']) {
        expect(await code(ask(type, forged, viewer)), forged).toEqual(invalid);
      }
    }
    const forYou = (await page('limit=1', viewer)).next_cursor ?? '';
    now += 24 * 3_600_000 + 1;
    expect(await code(ask('local', given, viewer))).toEqual([400, 'cursor-expired']);
    expect(await code(ask('for_you', forYou, viewer))).toEqual([400, 'cursor-expired']);
  });
});
