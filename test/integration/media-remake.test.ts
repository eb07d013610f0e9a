import { afterAll, beforeAll, expect, test } from 'vitest';
import { mediaKey } from '../../media/keys.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { type Client, signIn } from '../../src/setup/demo/client.ts';
import { eventually, hurryPurges, workLeft } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { clip } from '../helpers/media-samples.ts';
import { clientOf, createPeople, PASSWORD, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SLOW_MS = 60_000;

let server: TestServer;
let people: People;
let alice: Client;
let id: VideoId;

beforeAll(async () => {
  server = await startTestServer({ role: 'all', variables: { LAZY_RUNGS: 'true' } });
  people = createPeople(server);
  await people.signedIn('alice');
  alice = await signIn(server.origin, 'alice', PASSWORD);
  const source = await clip(server.dataDir, 'clip.mp4', { seconds: 1, size: '1080x1080', rate: 10 });
  id = (await alice.upload(source, { filename: 'clip.mp4', caption: '' })) as VideoId;
  await settled();
}, SLOW_MS);

afterAll(() => server.close());

/** Waits until nothing is left to do. */
const settled = () =>
  eventually(
    'no job and no event is left',
    async () => {
      const { db } = server.context;
      await hurryPurges(db);
      return (await workLeft(db)) === 0;
    },
    SLOW_MS,
  );

const rungs = async (): Promise<number[]> =>
  (await server.context.db('video_assets').where({ video_id: id, role: 'cmaf' }).pluck('rung')).toSorted(
    (a, b) => a - b,
  );

const keyOf = async (role: string): Promise<string> =>
  (await server.context.db('video_assets').where({ video_id: id, role }).first('key'))?.key;

const statusOf = async (key: string) => (await fetch(`${server.origin}/${key}`, { method: 'HEAD' })).status;

test('sizes above 720 are made once somebody asks for them', { timeout: SLOW_MS }, async () => {
  expect(await rungs()).toEqual([360, 480, 720]);
  const [mp4, master] = [await keyOf('mp4'), await keyOf('hls-master')];
  const bob = await people.signedIn('bob');
  const asked = await clientOf(server.origin).post(`/api/v1/statuses/${id}/sizes`, { as: bob });
  expect(asked.status).toBe(200);
  await settled();
  expect(await rungs()).toEqual([360, 480, 720, 1080]);
  expect(await keyOf('mp4'), 'what other servers have stays').toBe(mp4);
  expect(await keyOf('hls-master')).not.toBe(master);
  expect(await statusOf(master)).toBe(404);
});

test('made anew, it is the same again, and addresses that others have stay good', {
  timeout: SLOW_MS,
}, async () => {
  const { db, inTx, storage, videos } = server.context;
  const mp4 = await keyOf('mp4');
  // As an older ffmpeg had made it.
  const former = mediaKey(id, 'f'.repeat(64), '720.mp4');
  await storage.putBytes(former, Buffer.from('of an older ffmpeg'), { contentType: 'video/mp4' });
  await db('video_assets').where({ key: mp4 }).update({ key: former });
  await storage.remove([mp4]);
  expect(await inTx((tx) => videos.askToRemake(tx, id))).toEqual({ ok: true });
  await settled();
  expect(await keyOf('mp4')).toBe(mp4);
  expect(await statusOf(mp4)).toBe(200);
  expect(await keyOf('mp4-former')).toBe(former);
  expect(await statusOf(former)).toBe(200);
  expect(await rungs()).toEqual([360, 480, 720, 1080]);
  expect(await inTx((tx) => videos.askToRemake(tx, '1' as VideoId))).toMatchObject({
    ok: false,
    reason: 'not-found',
  });
});

test('a copy of a remote video is asked for once, however often', async () => {
  const { context } = server;
  const { db, inTx, videos } = context;
  const remote = await createVideoFactory(context).video(await people.remote('rita'));
  await db('videos').where({ id: remote }).update({ source_url: 'http://remote.test/rita.mp4' });
  const ask = () =>
    inTx(async (tx) => {
      const asked = [await videos.askToRemake(tx, remote), await videos.askToRemake(tx, remote)];
      const jobs = await tx('jobs').where({ key: `media.replicate:${remote}` });
      await tx('jobs')
        .where({ key: `media.replicate:${remote}` })
        .delete();
      return { asked, jobs };
    });
  const { asked, jobs } = await ask();
  expect(asked).toEqual([{ ok: true }, { ok: true }]);
  expect(jobs).toHaveLength(1);
});
