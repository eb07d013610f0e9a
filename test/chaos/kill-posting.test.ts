import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { holdWrites } from '../helpers/chaos.ts';
import { mp4Costume } from '../helpers/media-samples.ts';
import { startWebProcess, type WebProcess } from '../helpers/web-process.ts';

const SLOW_MS = 120_000;

let web: WebProcess;

beforeAll(async () => {
  web = await startWebProcess();
});
afterAll(() => web?.close());

/** Media, which nobody makes here. */
async function upload(): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([mp4Costume], { type: 'video/mp4' }), 'clip.mp4');
  const sent = await web.ask('/api/v2/media', { method: 'POST', body: form });
  expect(sent.status).toBe(202);
  return ((await sent.json()) as { id: string }).id;
}

async function post(body: object, key: string): Promise<{ status: number; body: { id: string } }> {
  const answer = await web.ask('/api/v1/statuses', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as { id: string } };
}

const posts = () => web.db('videos').where({ awaits_post: false }).orderBy('id').pluck('caption');
const scheduled = () => web.db('scheduled_posts').pluck('id');

test.for([
  ['a post', {}, { table: 'videos', on: 'update', condition: 'old.awaits_post and not new.awaits_post' }],
  ['a post, once it is written', {}, { table: 'idempotency_keys', on: 'update' }],
  [
    'a post for later',
    { scheduled_at: new Date(Date.now() + 3_600_000).toISOString() },
    { table: 'scheduled_posts', on: 'insert' },
  ],
] as const)(
  '%s that the server is killed over is made once, by the request that repeats it',
  { timeout: SLOW_MS },
  async ([, time, target]) => {
    const before = [await posts(), await scheduled()];
    const [id, key] = [await upload(), randomUUID()];
    const body = { status: `Once ${key}`, media_ids: [id], ...time };
    const held = await holdWrites(web.databaseUrl, target);
    const cut = post(body, key).catch(() => null);
    await held.reached();
    await web.kill();
    await held.cut();
    expect(await cut).toBeNull();
    // Nothing of it is left: the media still waits for its post.
    expect([await posts(), await scheduled()]).toEqual(before);
    expect(await web.db('idempotency_keys').where({ key })).toEqual([]);
    await web.startAgain();
    const [first, second] = [await post(body, key), await post(body, key)];
    expect([first.status, second.status, second.body.id]).toEqual([200, 200, first.body.id]);
    expect((await posts()).length + (await scheduled()).length).toBe(before.flat().length + 1);
  },
);

test('a post whose answer was lost with the server is not made again', { timeout: SLOW_MS }, async () => {
  const before = await posts();
  const [id, key] = [await upload(), randomUUID()];
  const body = { status: `Answered ${key}`, media_ids: [id] };
  // What is read for the answer waits, while what was posted is there to stay.
  const lock = await web.db.transaction();
  await lock.raw('lock table video_stats in access exclusive mode');
  const cut = post(body, key).catch(() => null);
  await vi.waitFor(async () => expect(await posts()).toHaveLength(before.length + 1), { timeout: 30_000 });
  await web.kill();
  await lock.rollback();
  expect(await cut).toBeNull();
  await web.startAgain();
  const again = await post(body, key);
  expect(again.status).toBe(200);
  const made = await web
    .db('videos')
    .where({ awaits_post: false })
    .orderBy('id', 'desc')
    .first('id', 'caption');
  expect(made).toEqual({ id: again.body.id, caption: body.status });
  expect(await posts()).toHaveLength(before.length + 1);
});
