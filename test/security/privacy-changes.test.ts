import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People } from '../helpers/people.ts';
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

const idsOf = (body: { id: string }[]) => body.map((item) => item.id);

describe('following and unfollowing', () => {
  test('shows and hides at once', async () => {
    const [fan, star] = [await people.signedIn('fan'), await people.signedIn('star')];
    const id = await videos.video(star.account, { visibility: 'followers' });
    const status = async () => (await client.get(`/api/v1/statuses/${id}`, { as: fan })).status;
    expect(await status()).toBe(404);
    const followed = await client.post(`/api/v1/accounts/${star.id}/follow`, { as: fan });
    expect(followed.body).toMatchObject({
      ...{ id: star.id, following: true, requested: false, followed_by: false },
      ...{ blocking: false, blocked_by: false },
    });
    expect(await status()).toBe(200);
    expect(idsOf((await client.get('/api/v1/timelines/home', { as: fan })).body)).toEqual([id]);
    await client.post(`/api/v1/accounts/${star.id}/unfollow`, { as: fan });
    expect(await status()).toBe(404);
    expect((await client.get('/api/v1/timelines/home', { as: fan })).body).toEqual([]);
  });

  test('being followed shows nothing of the follower', async () => {
    const [fan, star] = [await people.signedIn('fan2'), await people.signedIn('star2')];
    const id = await videos.video(fan.account, { visibility: 'followers' });
    await people.follow(fan.account, star.account);
    expect((await client.get(`/api/v1/statuses/${id}`, { as: star })).status).toBe(404);
    expect((await client.get(`/api/v1/accounts/${fan.id}`, { as: star })).body.statuses_count).toBe(0);
  });

  test('a locked account decides first', async () => {
    const [fan, star] = [await people.signedIn('fan3'), await people.signedIn('star3')];
    await server.context.db('accounts').where({ id: star.id }).update({ locked: true });
    const id = await videos.video(star.account, { visibility: 'followers' });
    const asked = await client.post(`/api/v1/accounts/${star.id}/follow`, { as: fan });
    expect(asked.body).toMatchObject({ following: false, requested: true });
    expect((await client.get(`/api/v1/statuses/${id}`, { as: fan })).status).toBe(404);
  });
});

describe('deleting', () => {
  test('a video for followers leaves no trace that tells strangers it was there (P2)', async () => {
    const author = await people.signedIn('quiet');
    const secret = await videos.deleted(author.account, { visibility: 'followers' });
    const open = await videos.deleted(author.account);
    const status = async (path: string) => (await client.get(path)).status;
    expect(await status(`/api/v1/statuses/${secret}`)).toBe(404);
    expect(await status(`/ap/videos/${secret}`)).toBe(404);
    expect(await status(`/api/v1/statuses/${open}`)).toBe(410);
    expect(await status(`/ap/videos/${open}`)).toBe(410);
  });

  test('one’s own video: gone for everybody, and the reply shows what it was', async () => {
    const person = await people.signedIn('cleaner');
    const id = await videos.video(person.account, { caption: 'last seen' });
    const answer = await client.delete(`/api/v1/statuses/${id}`, { as: person });
    expect(answer.body).toMatchObject({ id, content: '<p>last seen</p>' });
    for (const viewer of [undefined, person]) {
      const gone = await client.get(`/api/v1/statuses/${id}`, { as: viewer });
      expect([gone.status, gone.body.code]).toEqual([410, 'gone']);
      expect(gone.text).not.toContain('last seen');
    }
    expect((await client.delete(`/api/v1/statuses/${id}`, { as: person })).status).toBe(410);
    expect((await client.get('/api/v1/timelines/home', { as: person })).body).toEqual([]);
  });

  test('an upload that nobody saw leaves no trace', async () => {
    const person = await people.signedIn('undecided');
    const id = await videos.deleted(person.account, { state: 'received' });
    expect((await client.get(`/api/v1/statuses/${id}`)).status).toBe(404);
  });
});
