import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let author: Person;
let bob: Person;
let eve: Person;
let video: VideoId;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  [author, bob, eve] = [
    await people.signedIn('author'),
    await people.signedIn('bob'),
    await people.signedIn('eve'),
  ];
});
afterAll(() => server?.close());
beforeEach(async () => {
  await server.context.db('videos').delete();
  await server.context.db('account_blocks').delete();
  await server.context.db('follows').delete();
  video = await createVideoFactory(server.context).video(author.account);
});

const say = (as: Person, to: string, status = 'Hello', more: object = {}) =>
  client.post('/api/v1/statuses', { as, body: { status, in_reply_to_id: to, ...more } });
const read = (id: string, as?: Person) => client.get(`/api/v1/statuses/${id}`, { as });
const block = (as: Person, whom: Person) => client.post(`/api/v1/accounts/${whom.id}/block`, { as });
const secretVideo = () =>
  createVideoFactory(server.context).video(author.account, { visibility: 'followers' });
const contextOf = async (id: string, as?: Person) => {
  const { body } = await client.get(`/api/v1/statuses/${id}/context`, { as });
  const ids = (list: { id: string }[]) => list.map((one) => one.id);
  return { ancestors: ids(body.ancestors), descendants: ids(body.descendants) };
};
/** What is sent to other servers waits in the outbox. */
const events = (name: string) => server.context.db('events').where({ name });

describe('commenting', () => {
  test('shows what was said below the video, and counts it', async () => {
    const answer = await say(bob, video, 'Nice #clip <b>', { language: 'en', spoiler_text: 'Spoiler' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      in_reply_to_id: video,
      in_reply_to_account_id: author.id,
      account: { id: bob.id },
      visibility: 'public',
      spoiler_text: 'Spoiler',
      sensitive: true,
      language: 'en',
      tags: [{ name: 'clip' }],
      media_attachments: [],
      edited_at: null,
    });
    expect(answer.body.content).toContain('&#60;b&#62;');
    expect((await read(video)).body.replies_count).toBe(1);
    expect((await read(answer.body.id)).body.uri).toBe(answer.body.uri);
  });

  test('makes a thread, from both ends', async () => {
    const first = (await say(bob, video)).body.id;
    const second = (await say(author, first)).body.id;
    const third = (await say(eve, second)).body.id;
    const other = (await say(eve, video)).body.id;
    expect(await contextOf(video)).toEqual({ ancestors: [], descendants: [first, second, third, other] });
    expect(await contextOf(second)).toEqual({ ancestors: [video, first], descendants: [third] });
    expect(await contextOf(third)).toEqual({ ancestors: [video, first, second], descendants: [] });
    expect((await read(first)).body.replies_count).toBe(1);
  });

  test.for([
    ['nothing', { status: '  ' }, 422],
    ['too much', { status: 'x'.repeat(501) }, 422],
    ['to nothing', { in_reply_to_id: undefined }, 422],
    ['to what is not there', { in_reply_to_id: '1' }, 404],
    ['in a language that is none', { language: '<script>' }, 422],
  ] as const)('says %s: refused', async ([, change, status]) => {
    const before = await events('comment.published');
    const body = { status: 'Hi', in_reply_to_id: video, ...change };
    expect((await client.post('/api/v1/statuses', { as: bob, body })).status).toBe(status);
    expect(await events('comment.published')).toHaveLength(before.length);
  });

  test('needs somebody who is signed in', async () => {
    const body = { status: 'Hi', in_reply_to_id: video };
    expect((await client.post('/api/v1/statuses', { body })).status).toBe(401);
  });

  test('is closed where the author closed it, but for the author', async () => {
    await server.context.db('videos').where({ id: video }).update({ comments_open: false });
    expect((await say(bob, video)).status).toBe(403);
    expect((await say(author, video)).status).toBe(200);
  });

  test('P2 on a video that one cannot see is as on none', async () => {
    const secret = await secretVideo();
    const [unseen, never] = [await say(bob, secret), await say(bob, '1')];
    expect([unseen.status, unseen.body]).toEqual([never.status, never.body]);
    const own = (await say(author, secret)).body.id;
    expect((await say(bob, own)).status).toBe(404);
    expect((await contextOf(secret, author)).descendants).toEqual([own]);
  });

  test('P3 never has a wider audience than what it answers', async () => {
    const secret = await secretVideo();
    await people.follow(bob.account, author.account);
    const reply = await say(bob, secret, 'Psst', { visibility: 'public' });
    expect(reply.body.visibility).toBe('private');
    expect((await read(reply.body.id)).status).toBe(404);
    expect((await read(reply.body.id, eve)).status).toBe(404);
    const letter = await say(bob, video, 'For you', { visibility: 'direct' });
    expect(letter.body.visibility).toBe('direct');
    expect((await say(author, letter.body.id, 'Back', { visibility: 'public' })).body.visibility).toBe(
      'direct',
    );
  });

  test('is seen by whom it answers, whatever its audience', async () => {
    const secret = await secretVideo();
    await people.follow(bob.account, author.account);
    for (const [to, visibility] of [
      [secret, 'public'],
      [video, 'private'],
      [video, 'direct'],
    ] as const) {
      const reply = (await say(bob, to, 'Psst', { visibility })).body.id;
      expect((await read(reply, author)).status, visibility).toBe(200);
      expect((await read(reply, eve)).status, visibility).toBe(404);
      const back = (await say(author, reply, 'Back', { visibility })).body.id;
      expect((await read(back, bob)).status, visibility).toBe(200);
      const edit = { status: 'Back, edited' };
      expect((await client.put(`/api/v1/statuses/${back}`, { as: author, body: edit })).status).toBe(200);
      expect((await read(back, bob)).status, visibility).toBe(200);
    }
  });
});

describe('editing a comment', () => {
  const edit = (as: Person, id: string, status: string) =>
    client.put(`/api/v1/statuses/${id}`, { as, body: { status } });

  test('changes what it says, for everybody', async () => {
    const { id } = (await say(bob, video)).body;
    const answer = await edit(bob, id, 'Changed #other');
    expect(answer.body).toMatchObject({ id, tags: [{ name: 'other' }], edited_at: expect.any(String) });
    expect((await read(id, eve)).body.content).toContain('Changed');
  });

  test('is its author’s alone, also not of the author of the video', async () => {
    const { id, content } = (await say(bob, video)).body;
    for (const person of [eve, author]) expect((await edit(person, id, 'Forged')).status).toBe(404);
    expect((await edit(bob, id, '')).status).toBe(422);
    expect((await edit(bob, id, 'x'.repeat(501))).status).toBe(422);
    expect((await read(id)).body).toMatchObject({ content, edited_at: null });
  });
});

describe('deleting', () => {
  const remove = (as: Person, id: string) => client.delete(`/api/v1/statuses/${id}`, { as });

  test('a comment is for its author and the author of the video', async () => {
    for (const person of [bob, author]) {
      const { id } = (await say(bob, video)).body;
      expect((await remove(eve, id)).status).toBe(404);
      expect((await remove(person, id)).status).toBe(200);
      expect((await read(id, bob)).status).toBe(410);
      expect((await remove(person, id)).status).toBe(410);
      expect((await read(video)).body.replies_count).toBe(0);
    }
  });

  test('a comment leaves the answers to it', async () => {
    const { id } = (await say(bob, video)).body;
    const answer = (await say(eve, id)).body.id;
    await remove(bob, id);
    expect((await contextOf(video)).descendants).toEqual([answer]);
    expect((await read(answer)).body.in_reply_to_id).toBe(video);
  });

  test('a video takes what was said below it along', async () => {
    const { id } = (await say(bob, video)).body;
    await remove(author, video);
    expect((await read(id, bob)).status).not.toBe(200);
    expect(await server.context.db('comments')).toEqual([]);
    expect(await server.context.db('video_stats')).toEqual([]);
  });
});

describe('a block', () => {
  test('hides each from the other in timelines and threads, and ends what was between them', async () => {
    await people.follow(bob.account, author.account);
    const { id } = (await say(bob, video)).body;
    const home = async () => (await client.get('/api/v1/timelines/home', { as: bob })).body;
    expect(await home()).toHaveLength(1);
    const { body } = await block(author, bob);
    expect(body).toMatchObject({ blocking: true, followed_by: false });
    expect((await block(author, bob)).status).toBe(200);
    expect(await home()).toEqual([]);
    expect((await client.get('/api/v1/timelines/public', { as: bob })).body).toEqual([]);
    expect((await client.get(`/api/v1/accounts/${author.id}/statuses`, { as: bob })).body).toEqual([]);
    expect((await read(video, bob)).status).toBe(404);
    expect((await read(id, author)).status).toBe(404);
    expect((await contextOf(video, author)).descendants).toEqual([]);
    expect((await contextOf(video, eve)).descendants).toEqual([id]);
    expect((await say(bob, video)).status).toBe(404);
    expect((await client.post(`/api/v1/accounts/${author.id}/follow`, { as: bob })).status).toBe(403);
    const { body: lifted } = await client.post(`/api/v1/accounts/${bob.id}/unblock`, { as: author });
    expect(lifted).toMatchObject({ blocking: false, followed_by: false });
    expect((await read(video, bob)).status).toBe(200);
  });

  test('of whom one answers in somebody else’s thread keeps that answer out', async () => {
    const { id } = (await say(bob, video)).body;
    await block(bob, eve);
    expect((await say(eve, id)).status).toBe(404);
    expect((await say(eve, video)).status).toBe(200);
  });

  test('of oneself, of nobody, and of the server is refused', async () => {
    expect((await block(bob, bob)).status).toBe(422);
    expect((await client.post('/api/v1/accounts/1/block', { as: bob })).status).toBe(404);
    const instance = await server.context.db('accounts').where({ actor_type: 'Application' }).first('id');
    expect((await client.post(`/api/v1/accounts/${instance.id}/block`, { as: bob })).status).toBe(404);
  });
});
