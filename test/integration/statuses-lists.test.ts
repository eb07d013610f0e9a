import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let author: Person;
let viewer: Person;
let friend: Person;
let video: VideoId;
let persons = 0;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
});
afterAll(() => server?.close());

beforeEach(async () => {
  persons += 1;
  author = await people.signedIn(`author_${persons}`);
  viewer = await people.signedIn(`viewer_${persons}`);
  friend = await people.signedIn(`friend_${persons}`);
  video = await videos.video(author.account);
});

const idsOf = (answer: { body: { id: string }[] }) => answer.body.map(({ id }) => id);
const act = (name: string, as: Person, id: string) => client.post(`/api/v1/statuses/${id}/${name}`, { as });
const get = (path: string, as?: Person) => client.get(path, { as });
const block = (domain: string) => client.post('/api/v1/domain_blocks', { as: viewer, body: { domain } });
const say = async (as: Person, to: string): Promise<string> =>
  (await client.post('/api/v1/statuses', { as, body: { status: 'Hi', in_reply_to_id: to } })).body.id;

describe.each([
  ['bookmark', 'unbookmark', 'bookmarked', '/api/v1/bookmarks'],
  ['favourite', 'unfavourite', 'favourited', '/api/v1/favourites'],
] as const)('%s', (done, undone, flag, path) => {
  test('keeps videos and comments, the last one first, page by page', async () => {
    const comment = await say(friend, video);
    const second = await videos.video(author.account);
    for (const id of [second, comment, video]) {
      expect((await act(done, viewer, id)).body[flag]).toBe(true);
      await act(done, viewer, id);
    }
    expect(idsOf(await get(path, viewer))).toEqual([video, comment, second]);
    const first = await get(`${path}?limit=2`, viewer);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? '';
    expect(idsOf(await get(next.replace(server.origin, ''), viewer))).toEqual([second]);
    expect((await act(undone, viewer, video)).body[flag]).toBe(false);
    expect(idsOf(await get(path, viewer))).toEqual([comment, second]);
    expect(idsOf(await get(path, friend))).toEqual([]);
    await people.suspend(author.account);
    expect(idsOf(await get(path, viewer))).toEqual([]);
  });
});

describe('a thread', () => {
  test('is muted as a whole, for one person', async () => {
    const comment = await say(friend, video);
    expect((await act('mute', viewer, comment)).body.muted).toBe(true);
    expect((await get(`/api/v1/statuses/${video}`, viewer)).body.muted).toBe(true);
    expect((await get(`/api/v1/statuses/${video}`, friend)).body.muted).toBe(false);
    expect((await act('unmute', viewer, video)).body.muted).toBe(false);
  });
});

describe('reading posts', () => {
  test('several by their ids, in that order, without those out of sight', async () => {
    const comment = await say(friend, video);
    const hidden = await videos.video(author.account, { visibility: 'followers' });
    const path = `/api/v1/statuses?id[]=${comment}&id[]=${hidden}&id[]=${video}&id[]=abc`;
    expect(idsOf(await get(path))).toEqual([comment, video]);
    expect(idsOf(await get(`/api/v1/statuses?id=${video}`))).toEqual([video]);
  });

  test('what was written is told to its author, and what it said before to whoever sees it', async () => {
    expect((await get(`/api/v1/statuses/${video}/source`, author)).body).toEqual({
      ...{ id: video, text: 'A clip', spoiler_text: '' },
    });
    expect((await get(`/api/v1/statuses/${video}/source`, viewer)).status).toBe(404);
    const comment = await say(friend, video);
    for (const [id, as] of [
      [video, author],
      [comment, friend],
    ] as const) {
      const first = (await get(`/api/v1/statuses/${id}`)).body.content;
      for (const status of ['Second', 'Third']) {
        const edited = await client.put(`/api/v1/statuses/${id}`, { as, body: { status } });
        expect(edited.body.content).toBe(`<p>${status}</p>`);
      }
      const history = await get(`/api/v1/statuses/${id}/history`);
      expect(history.body.map((one: { content: string }) => one.content)).toEqual([
        ...[first, '<p>Second</p>', '<p>Third</p>'],
      ]);
      const times = history.body.map((one: { created_at: string }) => one.created_at);
      expect(times).toEqual(times.toSorted());
    }
  });

  test('P7 who liked and who passed on, without those who are suspended or blocked', async () => {
    for (const person of [viewer, friend]) {
      await act('favourite', person, video);
      await act('reblog', person, video);
    }
    for (const list of ['favourited_by', 'reblogged_by']) {
      const path = `/api/v1/statuses/${video}/${list}`;
      expect(idsOf(await get(path))).toEqual([friend.id, viewer.id]);
      await client.post(`/api/v1/accounts/${viewer.id}/block`, { as: author });
      expect(idsOf(await get(path, author))).toEqual([friend.id]);
      await client.post(`/api/v1/accounts/${viewer.id}/unblock`, { as: author });
    }
    await people.suspend(friend.account);
    expect(idsOf(await get(`/api/v1/statuses/${video}/favourited_by`))).toEqual([viewer.id]);
  });
});

describe('a boost', () => {
  test('is a status of its own around the post', async () => {
    const { body: boost } = await act('reblog', friend, video);
    expect(boost).toMatchObject({
      account: { id: friend.id },
      reblog: { id: video, account: { id: author.id }, reblogged: true, reblogs_count: 1 },
    });
    expect(boost.id).not.toBe(video);
    expect((await get(`/api/v1/statuses/${boost.id}`)).body).toMatchObject({
      id: boost.id,
      reblog: { id: video },
    });
    expect((await act('reblog', friend, video)).body.id).toBe(boost.id);
    // What is done to it is done to the post.
    expect((await act('favourite', viewer, boost.id)).body).toMatchObject({ id: video, favourites_count: 1 });
    expect((await client.delete(`/api/v1/statuses/${boost.id}`, { as: viewer })).status).toBe(404);
    expect((await client.delete(`/api/v1/statuses/${boost.id}`, { as: friend })).status).toBe(200);
    expect((await get(`/api/v1/statuses/${boost.id}`)).status).toBe(404);
    expect((await get(`/api/v1/statuses/${video}`)).body.reblogs_count).toBe(0);
  });

  test('comes home once, from the first of the followed, and not where the video is there anyway', async () => {
    const other = await people.signedIn(`other_${persons}`);
    for (const person of [friend, other]) {
      await people.follow(viewer.account, person.account);
    }
    const { body: first } = await act('reblog', other, video);
    await act('reblog', friend, video);
    const own = await videos.video(viewer.account);
    await act('reblog', friend, own);
    const home = await get('/api/v1/timelines/home', viewer);
    expect(idsOf(home)).toEqual([own, first.id]);
    expect(home.body[1].reblog.id).toBe(video);
    for (const [query, ids] of [
      [`max_id=${own}`, [first.id]],
      [`min_id=${first.id}`, [own]],
      ['limit=1', [own]],
    ] as const) {
      expect(idsOf(await get(`/api/v1/timelines/home?${query}`, viewer)), query).toEqual(ids);
    }
    await people.follow(viewer.account, author.account);
    expect(idsOf(await get('/api/v1/timelines/home', viewer))).toEqual([own, video]);
  });

  describe('is not wanted at home', () => {
    const homeOf = async () => idsOf(await get('/api/v1/timelines/home', viewer));
    const choose = (path: string, body: object = {}) =>
      client.post(`/api/v1/accounts/${path}`, { as: viewer, body });
    const exclusive = async (person: Person) => {
      const list = { title: 'Close', exclusive: true };
      const { body } = await client.post('/api/v1/lists', { as: viewer, body: list });
      const members = { account_ids: [person.id] };
      return client.post(`/api/v1/lists/${body.id}/accounts`, { as: viewer, body: members });
    };

    test.each<[string, () => Promise<{ status: number }>]>([
      ['from somebody followed without boosts', () => choose(`${friend.id}/follow`, { reblogs: false })],
      ['from somebody muted', () => choose(`${friend.id}/mute`)],
      ['from somebody in an exclusive list', () => exclusive(friend)],
      ['in a language not wanted of them', () => choose(`${friend.id}/follow`, { languages: ['fr'] })],
    ])('%s: the next one by somebody else is shown instead', async (_, turnAway) => {
      const other = await people.signedIn(`other_${persons}`);
      for (const person of [friend, other]) await people.follow(viewer.account, person.account);
      const language = 'de';
      await server.context.db('videos').where({ id: video }).update({ language });
      const { body: first } = await act('reblog', friend, video);
      const { body: second } = await act('reblog', other, video);
      expect(await homeOf()).toEqual([first.id]);
      expect((await turnAway()).status).toBe(200);
      expect(await homeOf()).toEqual([second.id]);
    });

    test.each<[string, (remote: Account) => Promise<{ status: number }>]>([
      ['of a muted author', (remote) => choose(`${remote.id}/mute`)],
      ['of a domain that is blocked by the viewer', () => block('far.test')],
    ])('%s', async (_, turnAway) => {
      const remote = await people.remote(`r_${persons}`, 'far.test');
      const theirs = await videos.video(remote);
      await people.follow(viewer.account, friend.account);
      const { body: boost } = await act('reblog', friend, theirs);
      expect(await homeOf()).toEqual([boost.id]);
      expect((await turnAway(remote)).status).toBe(200);
      expect(await homeOf()).toEqual([]);
    });

    test('by somebody of a domain that is blocked by the viewer', async () => {
      const remote = await people.remote(`r_${persons}`, 'far.test');
      for (const account of [remote, friend.account]) await people.follow(viewer.account, account);
      const { engagement, inTx } = server.context;
      const shared = { id: video, accountId: author.id, visibility: 'public' } as const;
      await inTx((tx) => engagement.share(tx, remote, shared));
      expect(await homeOf()).toHaveLength(1);
      expect((await block('far.test')).status).toBe(200);
      expect(await homeOf()).toEqual([]);
      const { body: later } = await act('reblog', friend, video);
      expect(await homeOf()).toEqual([later.id]);
    });
  });

  test('P7 of a suspended author, or by a suspended account, is shown nowhere', async () => {
    await people.follow(viewer.account, friend.account);
    const { body: boost } = await act('reblog', friend, video);
    const shown = async () => [
      idsOf(await get('/api/v1/timelines/home', viewer)).length,
      (await get(`/api/v1/statuses/${boost.id}`, viewer)).status,
      (await get(`/api/v1/accounts/${friend.id}/statuses`, viewer)).body.length ?? 0,
    ];
    expect(await shown()).toEqual([1, 200, 1]);
    const { db } = server.context;
    for (const person of [author, friend]) {
      await people.suspend(person.account);
      const [home, one, list] = await shown();
      expect([home, one, list]).toEqual([0, 404, 0]);
      await db('accounts').where({ id: person.id }).update({ state: 'active' });
    }
    await client.post(`/api/v1/accounts/${author.id}/block`, { as: viewer });
    expect((await shown()).slice(0, 2)).toEqual([0, 404]);
  });

  test('P3 of what is not for everybody is refused', async () => {
    await people.follow(friend.account, author.account);
    const secret = await videos.video(author.account, { visibility: 'followers' });
    expect((await act('reblog', friend, secret)).body.code).toBe('not-public');
    expect((await act('reblog', viewer, secret)).status).toBe(404);
  });
});

describe('the list of an account', () => {
  test('has videos, comments and boosts, as far as they are asked for', async () => {
    const own = await videos.video(friend.account, { caption: 'x' });
    const comment = await say(friend, video);
    const { body: boost } = await act('reblog', friend, video);
    await server.context.db('video_tags').insert({ tag: 'cats', video_id: own });
    await act('pin', friend, own);
    for (const [query, ids] of [
      ['', [boost.id, comment, own]],
      ['only_media=true', [own]],
      ['exclude_replies=1', [boost.id, own]],
      ['exclude_reblogs=true', [comment, own]],
      ['pinned=true', [own]],
      ['tagged=Cats', [own]],
      ['tagged=dogs', []],
      [`max_id=${boost.id}`, [comment, own]],
      [`min_id=${own}&limit=1`, [comment]],
    ] as const) {
      expect(idsOf(await get(`/api/v1/accounts/${friend.id}/statuses?${query}`)), query).toEqual(ids);
    }
  });
});

describe('hashtags', () => {
  const tagged = async (...tags: string[]) => {
    const id = await videos.video(author.account);
    await server.context.db('video_tags').insert(tags.map((tag) => ({ tag, video_id: id })));
    return id;
  };

  test('have a timeline: any, all, none', async () => {
    const [a, ab, b] = [await tagged('a1'), await tagged('a1', 'b1'), await tagged('b1')];
    for (const [path, ids] of [
      ['A1', [ab, a]],
      ['a1?any[]=b1', [b, ab, a]],
      ['a1?all[]=b1', [ab]],
      ['a1?none[]=b1', [a]],
      ['a1?remote=true', []],
      ['123', []],
    ] as const) {
      expect(idsOf(await get(`/api/v1/timelines/tag/${path}`)), path).toEqual(ids);
    }
  });

  test('can be followed: their public videos come home', async () => {
    const id = await tagged('home1');
    expect((await client.post('/api/v1/tags/Home1/follow', { as: viewer })).body).toMatchObject({
      ...{ name: 'home1', following: true, history: [{ uses: '1', accounts: '1' }] },
    });
    expect(idsOf(await get('/api/v1/timelines/home', viewer))).toEqual([id]);
    expect((await get('/api/v1/followed_tags', viewer)).body).toMatchObject([{ name: 'home1' }]);
    await server.context.db('videos').where({ id }).update({ visibility: 'unlisted' });
    expect(idsOf(await get('/api/v1/timelines/home', viewer))).toEqual([]);
    expect((await client.post('/api/v1/tags/home1/unfollow', { as: viewer })).body.following).toBe(false);
    expect((await get('/api/v1/followed_tags', viewer)).body).toEqual([]);
    expect((await get('/api/v1/tags/home1')).body).toMatchObject({ following: false, history: [] });
  });

  test('trend by how many people used them, and videos by what was done with them', async () => {
    const other = await videos.video(friend.account);
    await tagged('rare1');
    const [one] = [await tagged('often1')];
    await server.context.db('video_tags').insert({ tag: 'often1', video_id: other });
    const names = (await get('/api/v1/trends/tags?limit=20')).body.map(({ name }: { name: string }) => name);
    expect(names.indexOf('often1')).toBeLessThan(names.indexOf('rare1'));
    await act('favourite', viewer, one);
    await act('favourite', friend, one);
    await act('favourite', viewer, other);
    const trending = idsOf(await get('/api/v1/trends/statuses?limit=40'));
    expect(trending.indexOf(one)).toBeLessThan(trending.indexOf(other));
    expect(trending).not.toContain(video);
  });
});

describe('P2 every verb', () => {
  test('takes what is out of sight for what is not there', async () => {
    const secret = await videos.video(author.account, { visibility: 'followers' });
    const unposted = await videos.video(author.account, { state: 'draft', awaitsPost: true });
    const verbs = [
      'favourite',
      'unfavourite',
      'reblog',
      'unreblog',
      'bookmark',
      'unbookmark',
      'mute',
      'unmute',
    ];
    for (const verb of [...verbs, 'pin', 'unpin', 'sizes']) {
      const missing = await act(verb, viewer, '1');
      for (const id of [secret, unposted]) {
        const answer = await act(verb, viewer, id);
        expect([answer.status, answer.text], verb).toEqual([404, missing.text]);
      }
    }
    for (const read of ['', '/source', '/history', '/context', '/favourited_by', '/reblogged_by']) {
      const missing = await get(`/api/v1/statuses/1${read}`, viewer);
      for (const id of [secret, unposted]) {
        const answer = await get(`/api/v1/statuses/${id}${read}`, viewer);
        expect([answer.status, answer.text], read).toEqual([404, missing.text]);
      }
    }
    const { db } = server.context;
    for (const table of ['likes', 'shares', 'bookmarks', 'thread_mutes'])
      expect(await db(table).where({ account_id: viewer.id })).toEqual([]);
  });
});

describe('the likes of a profile', () => {
  const shown = (as?: Person, of = viewer) => get(`/api/v1/accounts/${of.id}/likes`, as);
  const show = (shows_likes: boolean) =>
    client.patch('/api/v1/accounts/update_credentials', { as: viewer, body: { shows_likes } });

  test('P9 are for nobody else, until their owner shows them', async () => {
    await act('favourite', viewer, video);
    for (const as of [undefined, friend]) expect((await shown(as)).body).toEqual([]);
    expect(idsOf(await shown(viewer))).toEqual([video]);
    expect((await show(true)).body).toMatchObject({ shows_likes: true });
    for (const as of [undefined, friend, viewer]) expect(idsOf(await shown(as))).toEqual([video]);
    await show(false);
    expect((await shown()).body).toEqual([]);
  });

  test('are the public videos that the viewer may see, page by page', async () => {
    await show(true);
    const more = [await videos.video(author.account), await videos.video(author.account)];
    const unlisted = await videos.video(author.account, { visibility: 'unlisted' });
    const comment = await say(friend, video);
    for (const id of [video, ...more, unlisted, comment]) await act('favourite', viewer, id);
    const order = [...more.toReversed(), video];
    expect(idsOf(await shown())).toEqual(order);
    const first = await get(`/api/v1/accounts/${viewer.id}/likes?limit=2`);
    expect(idsOf(first)).toEqual(order.slice(0, 2));
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? '';
    expect(idsOf(await get(next.replace(server.origin, '')))).toEqual([video]);
    await client.post(`/api/v1/accounts/${author.id}/block`, { as: friend });
    expect((await shown(friend)).body).toEqual([]);
  });

  test('are not for whom their owner blocks, nor of who is gone', async () => {
    await show(true);
    await act('favourite', viewer, video);
    await client.post(`/api/v1/accounts/${friend.id}/block`, { as: viewer });
    expect((await shown(friend)).body).toEqual([]);
    expect(idsOf(await shown())).toEqual([video]);
    await people.suspend(viewer.account);
    expect((await shown()).status).toBe(404);
  });
});
