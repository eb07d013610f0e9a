import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderLimits } from '../../config/limits.ts';
import type { FolderId } from '../../src/lib/ids.ts';
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

const FOLDERS = '/api/v1/bookmark_folders';
const idsOf = (body: { id: string }[]) => body.map(({ id }) => id);
let made = 0;
const someone = () => people.signedIn(`one_${++made}`);

async function folderOf(as: Person, title: string, is_default = false): Promise<string> {
  const folder = await client.post(FOLDERS, { as, body: { title, is_default } });
  expect(folder.status, folder.text).toBe(200);
  return folder.body.id;
}
const put = (as: Person, id: string, folder_id: string | null) =>
  client.put(`/api/v1/statuses/${id}/bookmark_folder`, { as, body: { folder_id } });
const saved = async (as: Person, query = '') =>
  idsOf((await client.get(`/api/v1/bookmarks${query}`, { as })).body);
const foldersOf = async (as: Person) =>
  (await client.get(FOLDERS, { as })).body.map(
    (one: { title: string; is_default: boolean; posts_count: number }) => [
      ...[one.title, one.is_default, one.posts_count],
    ],
  );

test('what is saved goes into a folder, moves, and stays in the list that apps know', async () => {
  const me = await someone();
  const [a = '', b = '', c = ''] = [
    await videos.video(me.account),
    await videos.video(me.account),
    await videos.video(me.account),
  ];
  const [birds, snow] = [await folderOf(me, ' Birds '), await folderOf(me, 'Snow')];
  expect((await put(me, a, birds)).body).toEqual({ bookmarked: true, folder_id: birds });
  expect((await client.post(`/api/v1/statuses/${b}/bookmark`, { as: me })).body.bookmarked).toBe(true);
  await put(me, c, snow);
  expect(await saved(me)).toEqual([c, b, a]);
  expect(await saved(me, `?folder_id=${birds}`)).toEqual([a]);
  expect(await saved(me, '?folder_id=none')).toEqual([b]);
  await put(me, c, birds);
  await put(me, a, null);
  expect(await saved(me)).toEqual([c, b, a]);
  expect(await saved(me, `?folder_id=${birds}`)).toEqual([c]);
  expect(await saved(me, '?folder_id=none')).toEqual([b, a]);
  expect(await foldersOf(me)).toEqual([
    ['Birds', false, 1],
    ['Snow', false, 0],
  ]);
  const where = async (id: string) =>
    (await client.get(`/api/v1/statuses/${id}/bookmark_folder`, { as: me })).body;
  expect(await where(c)).toEqual({ bookmarked: true, folder_id: birds });
  await client.post(`/api/v1/statuses/${c}/unbookmark`, { as: me });
  expect(await where(c)).toEqual({ bookmarked: false, folder_id: null });
  await put(me, b, birds);
  await client.delete(`${FOLDERS}/${birds}`, { as: me });
  expect(await where(b)).toEqual({ bookmarked: true, folder_id: null });
});

test('a default folder takes what apps save; the newest choice counts', async () => {
  const me = await someone();
  const [first, second] = [await folderOf(me, 'First', true), await folderOf(me, 'Second', true)];
  expect(await foldersOf(me)).toEqual([
    ['First', false, 0],
    ['Second', true, 0],
  ]);
  const clip = await videos.video(me.account);
  await client.post(`/api/v1/statuses/${clip}/bookmark`, { as: me });
  expect(await saved(me, `?folder_id=${second}`)).toEqual([clip]);
  const renamed = await client.put(`${FOLDERS}/${first}`, {
    as: me,
    body: { title: 'Birds', is_default: true },
  });
  expect(renamed.body).toEqual({ id: first, title: 'Birds', is_default: true, posts_count: 0 });
  await client.put(`${FOLDERS}/${first}`, { as: me, body: { is_default: false } });
  const next = await videos.video(me.account);
  await client.post(`/api/v1/statuses/${next}/bookmark`, { as: me });
  expect(await saved(me, '?folder_id=none')).toEqual([next]);
});

test('they are of one person alone, whatever ids are sent', async () => {
  const [me, other] = [await someone(), await someone()];
  const theirs = await folderOf(other, 'Theirs');
  const clip = await videos.video(other.account);
  expect((await put(me, clip, theirs)).status).toBe(404);
  // A refusal saves nothing.
  expect(await saved(me)).toEqual([]);
  await put(other, clip, theirs);
  expect(await saved(me, `?folder_id=${theirs}`)).toEqual([]);
  expect((await client.put(`${FOLDERS}/${theirs}`, { as: me, body: { title: 'Mine' } })).status).toBe(404);
  expect((await client.delete(`${FOLDERS}/${theirs}`, { as: me })).status).toBe(404);
  expect(await foldersOf(me)).toEqual([]);
  const secret = await videos.video(other.account, { visibility: 'direct' });
  expect((await put(me, secret, null)).status).toBe(404);
});

test('nothing is moved into a folder of somebody else, whoever asks the module', async () => {
  const [me, other] = [await someone(), await someone()];
  const [mine, theirs] = [await folderOf(me, 'Mine'), await folderOf(other, 'Theirs')];
  const { folders, engagement, inTx, db } = server.context;
  const saved = { videoId: await videos.video(me.account) };
  await inTx((tx) => engagement.bookmark(tx, me.id, saved));
  const move = (id: string) => inTx((tx) => folders.move(tx, me.id, saved, id as FolderId));
  const folder = async () => (await db('bookmarks').where({ account_id: me.id }).first()).folder_id;
  expect([await move(theirs), await folder()]).toEqual([false, null]);
  expect([await move(mine), await folder()]).toEqual([true, mine]);
});

test('there are only so many, whatever is sent at once', async () => {
  const me = await someone();
  const { db, ids } = server.context;
  const row = { account_id: me.id, title: 'x', is_default: false };
  await db('save_folders').insert(
    Array.from({ length: folderLimits.maxFolders - 1 }, () => ({ id: ids.next(), ...row })),
  );
  const answers = await Promise.all(
    [1, 2, 3].map(() => client.post(FOLDERS, { as: me, body: { title: 'More' } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
  for (const body of [{}, { title: ' ' }, { title: 'x'.repeat(61) }]) {
    expect((await client.post(FOLDERS, { as: me, body })).status).toBe(422);
  }
});
