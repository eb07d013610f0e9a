import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playlistLimits } from '../../config/limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
});

afterAll(() => server?.close());

const idsOf = (body: { id: string }[]) => body.map(({ id }) => id);
let made = 0;
const someone = (name = 'one') => people.signedIn(`${name}_${++made}`);

async function playlistOf(owner: Person, video_ids: readonly string[] = [], facts: object = {}) {
  const body = { title: 'Snow', video_ids, ...facts };
  const list = await client.post('/api/v1/playlists', { as: owner, body });
  expect(list.status, list.text).toBe(200);
  return list.body as { id: string; videos_count: number };
}

const clipsOf = async (owner: Person, count: number): Promise<VideoId[]> => {
  const ids: VideoId[] = [];
  for (let at = 0; at < count; at += 1) ids.push(await videos.video(owner.account));
  return ids;
};

async function shownTo(id: string, viewer?: Person): Promise<string[] | number> {
  const answer = await client.get(`/api/v1/playlists/${id}/videos`, { as: viewer });
  return answer.status === 200 ? idsOf(answer.body) : answer.status;
}

describe('a playlist', () => {
  test('is made, changed and removed, by its owner alone', async () => {
    const [owner, other] = [await someone('owner'), await someone('other')];
    const [first = '', second = ''] = await clipsOf(owner, 2);
    const list = await playlistOf(owner, [first, second], { title: '  Snow ', description: 'On roofs.' });
    expect(list).toMatchObject({
      ...{ title: 'Snow', description: 'On roofs.', visibility: 'public', videos_count: 2 },
      ...{ url: `${server.origin}/playlists/${list.id}`, cover_video_id: null },
      ...{ account: { id: owner.id }, cover: { video_id: first } },
    });
    const path = `/api/v1/playlists/${list.id}`;
    const changes = { visibility: 'unlisted', cover_video_id: second };
    const changed = await client.put(path, { as: owner, body: changes });
    expect(changed.body).toMatchObject({ title: 'Snow', ...changes, cover: { video_id: second } });
    expect((await client.put(path, { as: owner, body: { cover_video_id: null } })).body).toMatchObject({
      ...{ visibility: 'unlisted', cover: { video_id: first } },
    });
    const [elsewhere = ''] = await clipsOf(owner, 1);
    const refused = await client.put(path, { as: owner, body: { cover_video_id: elsewhere } });
    expect(refused.status).toBe(404);
    for (const wrong of [{}, { title: ' ' }, { title: 'x'.repeat(101) }, { title: 'x', visibility: 'all' }]) {
      expect((await client.post('/api/v1/playlists', { as: owner, body: wrong })).status).toBe(422);
    }
    const ofOther = { as: other, body: { title: 'Mine', video_ids: [first], before: null } };
    expect((await client.put(path, ofOther)).status).toBe(404);
    expect((await client.post(`${path}/videos`, ofOther)).status).toBe(404);
    expect((await client.post(`${path}/videos/${first}/move`, ofOther)).status).toBe(404);
    expect((await client.delete(`${path}/videos/${first}`, ofOther)).status).toBe(404);
    expect((await client.delete(path, ofOther)).status).toBe(404);
    expect((await client.delete(path, { as: owner })).status).toBe(200);
    expect((await client.get(path, { as: owner })).status).toBe(404);
  });

  test('keeps its order through adding, moving and taking out', async () => {
    const owner = await someone('owner');
    const [a = '', b = '', c = '', d = ''] = await clipsOf(owner, 4);
    const { id } = await playlistOf(owner, [a, b, c]);
    const path = `/api/v1/playlists/${id}/videos`;
    const move = (one: string, before: string | null) =>
      client.post(`${path}/${one}/move`, { as: owner, body: { before } });
    await client.post(path, { as: owner, body: { video_ids: [b, d] } });
    expect(await shownTo(id)).toEqual([a, b, c, d]);
    await move(d, a);
    expect(await shownTo(id)).toEqual([d, a, b, c]);
    await move(a, c);
    expect(await shownTo(id)).toEqual([d, b, a, c]);
    await move(d, null);
    expect(await shownTo(id)).toEqual([b, a, c, d]);
    expect((await client.delete(`${path}/${a}`, { as: owner })).status).toBe(200);
    expect((await client.delete(`${path}/${a}`, { as: owner })).status).toBe(404);
    await move(d, c);
    expect(await shownTo(id)).toEqual([b, d, c]);
    expect((await move(a, null)).status).toBe(404);
    expect((await move(b, a)).status).toBe(404);
    await client.post(path, { as: owner, body: { video_ids: [a] } });
    expect(await shownTo(id)).toEqual([b, d, c, a]);
  });

  test('is read page by page', async () => {
    const owner = await someone('owner');
    const ids = await clipsOf(owner, 5);
    const { id } = await playlistOf(owner, ids);
    const read: string[] = [];
    let next: string | undefined = `/api/v1/playlists/${id}/videos?limit=2`;
    for (let pages = 0; next !== undefined; pages += 1) {
      expect(pages).toBeLessThan(3);
      const page: Awaited<ReturnType<Client['get']>> = await client.get(next);
      read.push(...idsOf(page.body));
      next = /<([^>]+)>; rel="next"/.exec(page.headers.link ?? '')?.[1]?.replace(server.origin, '');
    }
    expect(read).toEqual(ids);
  });

  test('says where a video is, for "Save to"', async () => {
    const owner = await someone('owner');
    const [clip = '', other = ''] = await clipsOf(owner, 2);
    const having = await playlistOf(owner, [clip]);
    const without = await playlistOf(owner, [other], { visibility: 'private' });
    const all = await client.get(`/api/v1/playlists?video_id=${clip}`, { as: owner });
    expect(all.body.map((one: { id: string; has_video: boolean }) => [one.id, one.has_video])).toEqual([
      [without.id, false],
      [having.id, true],
    ]);
    expect((await client.get('/api/v1/playlists')).status).toBe(401);
  });

  test('has as many videos as may be, and a person as many of them', async () => {
    const owner = await someone('owner');
    const { db, ids } = server.context;
    const { id } = await playlistOf(owner);
    const [more = '', clip = ''] = await clipsOf(owner, 2);
    // As many copies of one row of a clip as fill the list.
    const copies = Array.from({ length: playlistLimits.maxVideos }, () => ids.next());
    const { uuid: _own, ...row } = await db('videos').where({ id: clip }).first();
    await db.batchInsert(
      'videos',
      copies.map((copy) => ({ ...row, id: copy, uri: `${row.uri}-${copy}` })),
      100,
    );
    await db.batchInsert(
      'playlist_items',
      copies.map((video_id, at) => ({ playlist_id: id, video_id, position: at + 1 })),
      100,
    );
    const full = await client.post(`/api/v1/playlists/${id}/videos`, {
      ...{ as: owner, body: { video_ids: [more] } },
    });
    expect([full.status, full.body.code]).toEqual([422, 'playlist-full']);

    const facts = { account_id: owner.id, title: 'x', description: '', visibility: 'private' };
    const rows = Array.from({ length: playlistLimits.maxPlaylists - 2 }, () => ({
      id: ids.next(),
      ...facts,
    }));
    await db('playlists').insert(rows);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        client.post('/api/v1/playlists', { as: owner, body: { title: 'One more' } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422]);
  });

  test('says nothing that a rule of the server refuses', async () => {
    const [owner, boss] = [await someone('owner'), await people.signedIn(`boss_${++made}`, 'admin')];
    const { id } = await playlistOf(owner);
    const rule = { name: 'No puffins', action: 'reject', when: { words: ['puffin'] } };
    const begun = await client.post('/api/v1/admin/rules', { as: boss, body: rule });
    expect(begun.status, begun.text).toBe(200);
    const body = { title: 'Puffin cliffs' };
    expect((await client.post('/api/v1/playlists', { as: owner, body })).body.code).toBe('rule');
    expect((await client.put(`/api/v1/playlists/${id}`, { as: owner, body })).body.code).toBe('rule');
  });
});

describe('who sees what of a playlist', () => {
  test('by its visibility, by blocks, and by the state of its owner', async () => {
    const [owner, follower, blocked, stranger] = [
      await someone('owner'),
      await someone('follower'),
      await someone('blocked'),
      await someone('stranger'),
    ];
    await people.follow(follower.account, owner.account);
    await client.post(`/api/v1/accounts/${blocked.id}/block`, { as: owner });
    const clips = await clipsOf(owner, 1);
    const kinds = ['public', 'unlisted', 'followers', 'private'] as const;
    const lists = new Map<string, string>();
    for (const visibility of kinds)
      lists.set(visibility, (await playlistOf(owner, clips, { visibility })).id);
    const viewers = { owner, follower, blocked, stranger, nobody: undefined };
    const seen = async (viewer: Person | undefined) => {
      const own: string[] = [];
      for (const [visibility, id] of lists) {
        const one = await client.get(`/api/v1/playlists/${id}`, { as: viewer });
        expect([200, 404]).toContain(one.status);
        expect(await shownTo(id, viewer)).toEqual(one.status === 200 ? clips : 404);
        if (one.status === 200) own.push(visibility);
      }
      return own;
    };
    const listed = async (viewer: Person | undefined) => {
      const answer = await client.get(`/api/v1/accounts/${owner.id}/playlists`, { as: viewer });
      return answer.status === 200
        ? answer.body.map((one: { visibility: string }) => one.visibility)
        : answer.status;
    };
    expect(await seen(viewers.owner)).toEqual([...kinds]);
    expect(await seen(viewers.follower)).toEqual(['public', 'unlisted', 'followers']);
    expect(await seen(viewers.blocked)).toEqual([]);
    expect(await seen(viewers.stranger)).toEqual(['public', 'unlisted']);
    expect(await seen(viewers.nobody)).toEqual(['public', 'unlisted']);
    expect(await listed(viewers.owner)).toEqual([...kinds].reverse());
    expect(await listed(viewers.follower)).toEqual(['followers', 'public']);
    expect(await listed(viewers.blocked)).toEqual([]);
    expect(await listed(viewers.stranger)).toEqual(['public']);
    expect(await listed(viewers.nobody)).toEqual(['public']);
    await people.suspend(owner.account);
    expect(await seen(viewers.stranger)).toEqual([]);
    expect(await seen(viewers.nobody)).toEqual([]);
  });

  test('a video of it only where the viewer may see that, and the count and the cover with it', async () => {
    const [owner, author, stranger] = [
      await someone('owner'),
      await someone('author'),
      await someone('stranger'),
    ];
    await people.follow(owner.account, author.account);
    const closed = await videos.video(author.account, { visibility: 'followers' });
    const open = await videos.video(author.account);
    const { id } = await playlistOf(owner, [closed, open]);
    const about = async (viewer: Person) => {
      const { body } = await client.get(`/api/v1/playlists/${id}`, { as: viewer });
      return [body.videos_count, body.cover?.video_id ?? null];
    };
    expect([await shownTo(id, owner), await about(owner)]).toEqual([
      [closed, open],
      [2, closed],
    ]);
    expect([await shownTo(id, stranger), await about(stranger)]).toEqual([[open], [1, open]]);
    await client.post(`/api/v1/accounts/${owner.id}/block`, { as: author });
    expect([await shownTo(id, owner), await shownTo(id, stranger)]).toEqual([[], []]);
    expect(await about(stranger)).toEqual([0, null]);
    await client.post(`/api/v1/accounts/${owner.id}/unblock`, { as: author });
    expect(await shownTo(id, stranger)).toEqual([open]);
    await client.post(`/api/v1/accounts/${author.id}/block`, { as: owner });
    expect(await shownTo(id, stranger)).toEqual([]);
    await client.post(`/api/v1/accounts/${author.id}/unblock`, { as: owner });
    expect(await shownTo(id, stranger)).toEqual([open]);
    await people.suspend(author.account);
    expect(await shownTo(id, stranger)).toEqual([]);
  });

  test('nobody puts into a list what they may not see, and a deleted video leaves it', async () => {
    const [owner, author] = [await someone('owner'), await someone('author')];
    const secret = await videos.video(author.account, { visibility: 'direct' });
    const [open = '', gone = ''] = await clipsOf(author, 2);
    const { id } = await playlistOf(owner, [open, gone]);
    const body = { title: 'x', video_ids: [open, secret] };
    expect((await client.post('/api/v1/playlists', { as: owner, body })).status).toBe(404);
    expect((await client.post(`/api/v1/playlists/${id}/videos`, { as: owner, body })).status).toBe(404);
    await client.delete(`/api/v1/statuses/${gone}`, { as: author });
    expect(await shownTo(id)).toEqual([open]);
  });
});

describe('the page of a playlist', () => {
  test('says in its head what anybody may know, and nothing of a closed one', async () => {
    const owner = await someone('owner');
    await server.context.db('accounts').where({ id: owner.id }).update({ indexable: true });
    const clips = await clipsOf(owner, 2);
    const head = async (facts: object) => {
      const { id } = await playlistOf(owner, clips, { title: 'Snow & ice', ...facts });
      return client.get(`/playlists/${id}`);
    };
    const open = await head({ description: 'From first snow to thaw.' });
    expect(open.status).toBe(200);
    expect(open.text).toContain('property="og:title" content="Snow &amp; ice"');
    expect(open.text).toContain('property="og:description" content="From first snow to thaw."');
    expect(open.text).toContain(`/${clips[0]}/`);
    expect(open.text).not.toContain('noindex');
    const unlisted = await head({ visibility: 'unlisted' });
    expect(unlisted.text).toContain('noindex');
    expect(unlisted.text).toContain('2 clips');
    for (const visibility of ['followers', 'private']) {
      const closed = await head({ visibility });
      expect(closed.status).toBe(404);
      expect(closed.text).not.toContain('Snow');
    }
    expect((await client.get('/playlists/1')).status).toBe(404);
  });
});
