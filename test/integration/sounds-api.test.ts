import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import { videoSignals } from '../../src/modules/signals/index.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let author: Person;
let copier: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
  copier = await people.signedIn('copier');
});

afterAll(() => server?.close());

let seed = 0;
/** A video of the author whose sound is heard in one of the copier's as well. */
async function shared(facts: object = {}): Promise<{ original: VideoId; copy: VideoId; sound: SoundId }> {
  const print = printOfSound(++seed);
  const original = await videos.video(author.account, facts);
  const sound = await heardIn(server.context, original, print);
  const copy = await videos.video(copier.account);
  expect(await heardIn(server.context, copy, print)).toBe(sound);
  return { original, copy, sound };
}

const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);

test('a sound says whose it is, how often it is used and in which videos', async () => {
  const { original, copy, sound } = await shared();
  const { body } = await client.get(`/api/v1/sounds/${sound}`);
  expect(body).toMatchObject({
    ...{ id: sound, title: '', uses: 2, video_id: original, saved: false, own: false },
    ...{ author: { username: 'author' }, url: `${server.origin}/sounds/${sound}` },
  });
  expect(body.history).toHaveLength(14);
  expect(body.history[0].uses).toBe('2');
  const first = await client.get(`/api/v1/sounds/${sound}/statuses?limit=1`);
  expect(idsOf(first.body)).toEqual([copy]);
  const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? '';
  expect(idsOf((await client.get(next.replace(server.origin, ''))).body)).toEqual([original]);
  const { body: status } = await client.get(`/api/v1/statuses/${copy}`);
  expect(status.video.sound).toEqual({
    ...{ id: sound, title: '', original: false, account: null, muted: false, withheld: null },
  });
});

test('its author names it, and the video that it is from says the same', async () => {
  const { original, copy, sound } = await shared();
  const path = `/api/v1/sounds/${sound}`;
  expect((await client.patch(path, { as: copier, body: { title: 'Mine' } })).status).toBe(404);
  const named = await client.patch(path, { as: author, body: { title: 'Gulls' } });
  expect(named.body).toMatchObject({ title: 'Gulls', own: true });
  expect((await client.get(`/api/v1/statuses/${copy}`)).body.video.sound.title).toBe('Gulls');
  await client.patch(`/api/v1/videos/${original}`, { as: author, body: { sound_title: 'Terns' } });
  expect((await client.get(path)).body.title).toBe('Terns');
  expect(idsOf((await client.get('/api/v1/sounds?q=TERN')).body)).toContain(sound);
  expect((await client.get('/api/v1/sounds?q=%25')).body).toEqual([]);
});

test('people keep sounds', async () => {
  const [one, other] = [await shared(), await shared()];
  for (const { sound } of [one, other]) {
    const kept = await client.post(`/api/v1/sounds/${sound}/save`, { as: copier, body: {} });
    expect(kept.body).toMatchObject({ id: sound, saved: true });
  }
  const list = await client.get('/api/v1/sounds/saved?limit=1', { as: copier });
  expect(idsOf(list.body)).toEqual([other.sound]);
  const next = /<([^>]+)>; rel="next"/.exec(String(list.headers.link))?.[1] ?? '';
  expect(idsOf((await client.get(next.replace(server.origin, ''), { as: copier })).body)).toEqual([
    one.sound,
  ]);
  expect((await client.get('/api/v1/sounds/saved', { as: author })).body).toEqual([]);
  await client.post(`/api/v1/sounds/${other.sound}/unsave`, { as: copier, body: {} });
  expect(idsOf((await client.get('/api/v1/sounds/saved', { as: copier })).body)).toEqual([one.sound]);
});

test('what a private video says of its sound stays unsaid where a public one has it as well', async () => {
  const print = printOfSound(++seed);
  const hidden = await videos.video(author.account, { visibility: 'direct' });
  await server.context.db('videos').where({ id: hidden }).update({ sound_title: 'Our secret' });
  const sound = await heardIn(server.context, hidden, print);
  expect((await client.get(`/api/v1/sounds/${sound}`)).status).toBe(404);
  expect((await client.get(`/api/v1/sounds/${sound}`, { as: copier })).status).toBe(404);
  expect((await client.get(`/api/v1/sounds/${sound}`, { as: author })).body.title).toBe('Our secret');
  const open = await videos.video(copier.account);
  await heardIn(server.context, open, print);
  const { body } = await client.get(`/api/v1/sounds/${sound}`);
  expect(body).toMatchObject({ title: '', author: null, video_id: null, uses: 1 });
  expect((await client.get(`/api/v1/statuses/${open}`)).body.video.sound.title).toBe('');
  expect((await client.get('/api/v1/sounds?q=secret')).body).toEqual([]);
});

test('a sound is gone for whoever may see none of its videos', async () => {
  const { sound } = await shared();
  const blocked = await people.signedIn(`blocked${++seed}`);
  for (const person of [author, copier]) {
    await client.post(`/api/v1/accounts/${blocked.id}/block`, { as: person, body: {} });
  }
  expect((await client.get(`/api/v1/sounds/${sound}`, { as: blocked })).status).toBe(404);
  expect((await client.get(`/api/v1/sounds/${sound}/statuses`, { as: blocked })).status).toBe(404);
  await client.post(`/api/v1/accounts/${blocked.id}/unblock`, { as: copier, body: {} });
  const { body } = await client.get(`/api/v1/sounds/${sound}`, { as: blocked });
  expect(body).toMatchObject({ author: null, video_id: null });
});

test('a video that is for followers by now is not named as the first with its sound', async () => {
  const { original, sound } = await shared();
  await server.context.db('videos').where({ id: original }).update({ visibility: 'followers' });
  const { body } = await client.get(`/api/v1/sounds/${sound}`, { as: copier });
  expect(body).toMatchObject({ author: { username: 'author' }, video_id: null, audio_url: null });
  expect((await client.get(`/api/v1/sounds/${sound}`, { as: author })).body.video_id).toBe(original);
});

test('the page of a sound is without those who block, are blocked, or are taken down', async () => {
  const { original, copy, sound } = await shared();
  const viewer = await people.signedIn(`viewer${++seed}`);
  const listed = async (as?: Person) =>
    idsOf((await client.get(`/api/v1/sounds/${sound}/statuses`, { as })).body);
  expect(await listed(viewer)).toEqual([copy, original]);
  const set = (who: Person, deed: string, about: Person) =>
    client.post(`/api/v1/accounts/${about.id}/${deed}`, { as: who, body: {} });
  await set(viewer, 'block', copier);
  expect(await listed(viewer)).toEqual([original]);
  await set(viewer, 'unblock', copier);
  await set(copier, 'block', viewer);
  expect(await listed(viewer)).toEqual([original]);
  await set(copier, 'unblock', viewer);
  await server.context.db('accounts').where({ id: author.id }).update({ state: 'suspended' });
  expect(await listed(viewer)).toEqual([copy]);
  expect((await client.get(`/api/v1/sounds/${sound}`, { as: viewer })).body).toMatchObject({
    ...{ author: null, video_id: null, audio_url: null },
  });
  await server.context.db('accounts').where({ id: author.id }).update({ state: 'active' });
  expect(await listed(viewer)).toEqual([copy, original]);
});

test('what one keeps is shown without sounds that are not for one any more, and nobody else lets go of it', async () => {
  const { original, copy, sound } = await shared();
  const [keeper, stranger] = [
    await people.signedIn(`keeper${++seed}`),
    await people.signedIn(`stranger${seed}`),
  ];
  const saved = async () => idsOf((await client.get('/api/v1/sounds/saved', { as: keeper })).body);
  await client.post(`/api/v1/sounds/${sound}/save`, { as: keeper, body: {} });
  await client.post(`/api/v1/sounds/${sound}/unsave`, { as: stranger, body: {} });
  expect(await saved()).toEqual([sound]);
  const asSeen = async (as: Person) => (await client.get(`/api/v1/sounds/${sound}`, { as })).body.saved;
  expect([await asSeen(keeper), await asSeen(stranger)]).toEqual([true, false]);
  const rows = () => server.context.db('videos').whereIn('id', [original, copy]);
  await rows().update({ visibility: 'direct' });
  expect(await saved()).toEqual([]);
  await rows().update({ visibility: 'public' });
  expect(await saved()).toEqual([sound]);
});

test('a video tells what trends which sound it has', async () => {
  const { copy, sound } = await shared();
  expect(await videoSignals(server.context.db, [copy])).toMatchObject([{ kind: 'video', soundId: sound }]);
});
