import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { soundLimits } from '../../config/sound-limits.ts';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let boss: Person;
let author: Person;
let other: Person;
let sound: SoundId;
let own: VideoId;
let used: VideoId;
let unlisted: VideoId;
let far: VideoId;

const FORMULA = '=HYPERLINK("https://bad.example")';

beforeAll(async () => {
  server = await startTestServer();
  const { db } = server.context;
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  boss = await people.signedIn('boss', 'admin');
  author = await people.signedIn('author');
  other = await people.signedIn('other');
  const heard = async (id: VideoId) => heardIn(server.context, id, printOfSound(70));
  own = await videos.video(author.account);
  await db('videos').where({ id: own }).update({ sound_title: FORMULA });
  sound = await heard(own);
  used = await videos.video(other.account);
  unlisted = await videos.video(other.account, { visibility: 'unlisted' });
  const hidden = await videos.video(other.account, { visibility: 'followers' });
  far = await videos.video(await people.remote('far'), {});
  for (const id of [used, unlisted, hidden, far]) expect(await heard(id)).toBe(sound);
  await db('videos')
    .where({ id: own })
    .update({ published_at: new Date('2026-09-02T10:00:00Z') });
  const viewed = (id: VideoId, day: string, views: number) =>
    db('video_view_days').insert({ video_id: id, day, views, completions: 0, skips: 0, watched_ms: 0 });
  await viewed(own, '2026-09-03', 5);
  await viewed(own, '2026-10-31', 7);
  await viewed(used, '2026-11-01', 11);
  await db('remote_views').insert({ video_id: used, host: 'far.test', day: '2026-11-02', views: 2 });
});
afterAll(() => server?.close());

async function usage(path: string, as: Person): Promise<Record<string, string>[]> {
  const answer = await client.get(path, { as });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers['content-type']).toContain('text/csv');
  return parse(answer.text, { columns: true });
}
const idsIn = (rows: readonly Record<string, string>[]) =>
  rows.map(({ video = '' }) => video.split('/').at(-1));

test('the staff is told of all that is public or unlisted, with the plays of the days asked for', async () => {
  const all = await usage(`/api/v1/admin/sounds/${sound}/export`, boss);
  expect(idsIn(all)).toEqual(expect.arrayContaining([own, used, unlisted]));
  expect(all).toHaveLength(4);
  expect(all.map(({ plays }) => plays).toSorted()).toEqual(['0', '0', '12', '13']);
  expect(all.find(({ origin }) => origin === 'remote')?.author).toMatch(/^far@/);
  expect(all.find(({ plays }) => plays === '12')).toMatchObject({
    ...{
      date: '2026-09-02T10:00:00.000Z',
      sound,
      origin: 'local',
      author: `author@${new URL(server.origin).host}`,
    },
  });
  const september = await usage(`/api/v1/admin/sounds/export?from=2026-09-01&to=2026-09-30`, boss);
  expect(september.map(({ plays }) => plays)).toEqual(['5']);
  // It was posted before, and played.
  const october = await usage(`/api/v1/admin/sounds/export?from=2026-10-01&to=2026-10-31`, boss);
  expect(october.map(({ plays }) => plays)).toEqual(['7']);
  const wrong = await client.get('/api/v1/admin/sounds/export?from=2026-10-02&to=2026-10-01', { as: boss });
  expect(wrong.status).toBe(422);
});

test('a cell that a spreadsheet would take for a formula is none', async () => {
  const [row] = await usage(`/api/v1/admin/sounds/export?to=2026-09-30`, boss);
  expect(row?.sound_title).toBe(`'${FORMULA}`);
});

test('the author of a sound is told of what is public and visible to them, and nobody else is', async () => {
  const rows = await usage('/api/v1/studio/sounds/export', author);
  expect(rows).toHaveLength(3);
  expect(idsIn(rows)).not.toContain(unlisted);
  expect(await usage(`/api/v1/studio/sounds/${sound}/export`, author)).toEqual(rows);
  expect(await usage('/api/v1/studio/sounds/export', other)).toEqual([]);
  expect((await client.get(`/api/v1/studio/sounds/${sound}/export`, { as: other })).status).toBe(404);
  expect((await client.get(`/api/v1/admin/sounds/${sound}/export`, { as: author })).status).toBe(403);
  await client.post(`/api/v1/accounts/${author.account.id}/block`, { as: other, body: {} });
  expect(idsIn(await usage('/api/v1/studio/sounds/export', author))).not.toContain(used);
});

test('a report of any length is read in portions', async () => {
  const { sounds, db } = server.context;
  const many = await videos.video(other.account);
  const id = await heardIn(server.context, many, printOfSound(71));
  const count = soundLimits.usageAtOnce + 3;
  for (let n = 1; n < count; n += 1) {
    const more = await videos.video(other.account);
    await db('videos').where({ id: more }).update({ sound_id: id });
  }
  let questions = 0;
  const heard = ({ sql }: { sql: string }) => {
    if (sql.includes('video_view_days')) questions += 1;
  };
  db.on('query', heard);
  const rows: unknown[] = [];
  for await (const row of sounds.usage({ soundId: id, authorId: null, from: null, to: null })) rows.push(row);
  db.off('query', heard);
  expect(rows).toHaveLength(count);
  expect(questions).toBe(2);
});
