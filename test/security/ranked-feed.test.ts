import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { servingLimits } from '../../config/serving-limits.ts';
import { rankingCommand } from '../../src/cli/ranking.ts';
import type { Report } from '../../src/cli/report.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { rankingDefaults } from '../../src/modules/ranking/index.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let viewer: Person;
let stranger: Person;
let shown: VideoId[];
let slateId: string;
let now = Date.now();

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => now } } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  for (let n = 0; n < 4; n += 1) {
    const author = await people.local(`author${n}`);
    for (let count = 0; count < 3; count += 1) await videos.video(author);
  }
  viewer = await people.signedIn('viewer');
  stranger = await people.signedIn('stranger');
  const { body } = await client.get('/api/v1/feed?limit=5', { as: viewer });
  shown = body.videos.map(({ id }: { id: VideoId }) => id);
  slateId = (await server.context.db('feed_slates').where({ account_id: viewer.id }).first('id')).id;
});

afterEach(() => forgetLimits(server));
afterAll(() => server?.close());

const reasonOf = (id: string | undefined, as?: Person, slate?: string) =>
  client.get(`/api/v1/feed_reasons?video_id=${id}${slate ? `&slate_id=${slate}` : ''}`, { as });

describe('P9 who learns what somebody was shown, and why', () => {
  test('nobody but that person, by the video or by the slate', async () => {
    expect((await reasonOf(shown[0], viewer)).status).toBe(200);
    expect((await reasonOf(shown[0], viewer, slateId)).status).toBe(200);
    const owner = await people.signedIn('boss', 'owner');
    for (const as of [stranger, owner, undefined]) {
      expect((await reasonOf(shown[0], as)).body.code).toBe('not-found');
      expect((await reasonOf(shown[0], as, slateId)).body.code).toBe('not-found');
      expect((await client.get(`/api/v1/feed_slates?slate_id=${slateId}`, { as })).body.code).toBe(
        'not-found',
      );
    }
  });

  test('not of a video that is out of sight since', async () => {
    const { db } = server.context;
    await db('videos').where({ id: shown[1] }).update({ visibility: 'followers' });
    expect((await reasonOf(shown[1], viewer)).status).toBe(404);
    await db('videos').where({ id: shown[1] }).update({ visibility: 'public' });
    expect((await reasonOf(shown[1], viewer)).status).toBe(200);
  });

  test('for a day, and then the row goes as well', async () => {
    now += servingLimits.keptMs + 1;
    expect((await reasonOf(shown[0], viewer)).status).toBe(404);
    await server.context.recommending.sweep(new AbortController().signal);
    expect(await server.context.db('feed_slates')).toEqual([]);
    now -= servingLimits.keptMs + 1;
  });

  test('weights are for admins to change, and for nobody else', async () => {
    const moderator = await people.signedIn('mona', 'moderator');
    const body = { settings: { 'weights.quality': 1 } };
    for (const [as, code] of [
      [moderator, 'permission-missing'],
      [viewer, 'staff-only'],
    ] as const) {
      expect((await client.patch('/api/v1/admin/ranking', { as, body })).body.code).toBe(code);
      expect((await client.delete('/api/v1/admin/ranking', { as })).body.code).toBe(code);
    }
    expect(await server.context.db('ranking_changes')).toEqual([]);
  });
});

describe('cursors of For You', () => {
  test('open for nobody else, in no other list, and not where a bit of them was changed', async () => {
    const { next_cursor: cursor } = (await client.get('/api/v1/feed?limit=2', { as: viewer })).body;
    const flipped = Buffer.from(cursor, 'base64url');
    flipped[20] = (flipped[20] ?? 0) ^ 1;
    const asks: [string, Person | undefined][] = [
      [`/api/v1/feed?cursor=${cursor}`, stranger],
      [`/api/v1/feed?cursor=${cursor}`, undefined],
      [`/api/v1/feed?feed_type=local&cursor=${cursor}`, viewer],
      [`/api/v1/feed?cursor=${flipped.toString('base64url')}`, viewer],
    ];
    for (const [path, as] of asks) {
      expect((await client.get(path, { as })).body.code, path).toBe('cursor-invalid');
    }
    expect((await client.get(`/api/v1/feed?cursor=${cursor}`, { as: viewer })).status).toBe(200);
  });
});

describe('without what may be lost', () => {
  test('the command line changes weights, on record, and refuses what is no number of them', async () => {
    const said: Report[] = [];
    const run = (...words: string[]) =>
      rankingCommand(async (work) => {
        said.push(await work(server.context));
      }).parseAsync(words, { from: 'user' });
    await run('set', 'weights.quality=0.3', '--reason', 'Better.');
    await run('set', 'weights.nothing=1');
    await run('show');
    await run('reset');
    expect(said.map(({ ok }) => ok)).toEqual([true, false, true, true]);
    expect(said[2]?.rows).toContainEqual({
      ...{ name: 'weights.quality', value: 0.3, default: rankingDefaults.weights.quality },
    });
    const changes = await server.context.recommending.settings.changes(10);
    expect(changes.map(({ accountId, reason, settings }) => ({ accountId, reason, settings }))).toEqual([
      { accountId: null, reason: '', settings: {} },
      { accountId: null, reason: 'Better.', settings: { 'weights.quality': 0.3 } },
    ]);
  });

  test('pages go on without Redis, where they were', async () => {
    const whole = await client.get('/api/v1/feed?limit=10', { as: viewer });
    const first = await client.get('/api/v1/feed?limit=4', { as: viewer });
    server.context.redis.disconnect();
    const next = await client.get(`/api/v1/feed?limit=6&cursor=${first.body.next_cursor}`, { as: viewer });
    expect(next.status, next.text).toBe(200);
    const ids = [...first.body.videos, ...next.body.videos].map(({ id }: { id: string }) => id);
    expect(ids).toEqual(whole.body.videos.map(({ id }: { id: string }) => id));
    expect((await client.get('/api/v1/feed', { as: viewer })).status).toBe(200);
    await server.context.redis.connect();
  });
});
