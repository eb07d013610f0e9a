import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { prefixesOf } from '../../media/keys.ts';
import { jobSpecs } from '../../src/jobs/registry.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { type Client, signIn } from '../../src/setup/demo/client.ts';
import { eventually, hurryPurges, type OwnRedis, startOwnRedis } from '../helpers/chaos.ts';
import { empty, forgetOthers } from '../helpers/emptying.ts';
import { clip } from '../helpers/media-samples.ts';
import { createPeople, PASSWORD } from '../helpers/people.ts';
import { killProcesses } from '../helpers/probes.ts';
import { receivePost } from '../helpers/remote-posts.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SLOW_MS = 120_000;
const stages = ['media.process', 'media.ladder', 'media.extras', 'media.replicate'] as const;
/** Holds what is copied. */
const HOST = '127.0.0.3';

let redis: OwnRedis;
let server: TestServer;
let alice: Client;
let source: string;
let origin: Server;

beforeAll(async () => {
  redis = await startOwnRedis();
  server = await startTestServer({ role: 'all', variables: { REDIS_URL: redis.url } });
  source = await clip(server.dataDir, 'clip.mp4', { seconds: 4, size: '854x480', rate: 30 });
  origin = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'video/mp4' });
    createReadStream(source).pipe(response);
  });
  await new Promise<void>((resolve) => origin.listen(0, HOST, resolve));
  await createPeople(server).signedIn('alice');
  alice = await signIn(server.origin, 'alice', PASSWORD);
});

afterAll(async () => {
  origin.close();
  await server.close();
  await redis.close();
});

afterEach(async () => {
  await empty(server, 'jobs');
  // What is here already is not copied again.
  await forgetOthers(server);
});

const upload = async () => (await alice.upload(source, { filename: 'clip.mp4', caption: '' })) as VideoId;

let posts = 0;

/** Somebody opens a video of another server. */
async function copyOfRemote(): Promise<VideoId> {
  posts += 1;
  const { port } = origin.address() as AddressInfo;
  const base = `http://${HOST}:${port}`;
  const post = { origin: base, author: 'carol', number: posts, sourceUrl: `${base}/${posts}.mp4` };
  const id = await receivePost(server.context, post);
  await server.context.inTx((tx) => server.context.videos.opened(tx, id));
  return id;
}

const begin = (name: (typeof stages)[number]) => (name === 'media.replicate' ? copyOfRemote() : upload());

const video = (id: VideoId) => server.context.db('videos').where({ id }).first();

const workDir = () => join(server.dataDir, 'work');

/** Ends whatever reads or writes what is in the making and was told about `task`; says how many processes that were. */
const killEncoders = (task?: string) => killProcesses(workDir(), /(^|\/)ffmpeg$/, task);

/** The job of this name is at work. */
const atWork = (name: string) =>
  server.context.db('jobs').where({ name }).whereNotNull('lease_owner').first();

/** Failed jobs are tried again now, not in a while. */
async function hurry(): Promise<void> {
  const { db } = server.context;
  await hurryPurges(db);
  await db('jobs')
    .where({ state: 'pending', lease_owner: null })
    .where('run_at', '>', db.fn.now())
    .update({ run_at: db.fn.now(), run: db.raw('run + 1') });
}

const allJobsDone = () =>
  eventually(
    'no job and no event is left',
    async () => {
      await hurry();
      const { db } = server.context;
      // In this order: an event becomes jobs in one transaction.
      const events = await db('events');
      return events.length === 0 && (await db('jobs').where({ state: 'pending' })).length === 0;
    },
    SLOW_MS,
  );

/** What lies in the store is what rows name, and nothing is under way. */
async function expectTidy(id: VideoId): Promise<void> {
  const named = async (): Promise<string[]> => {
    const { original_key } = (await video(id)) as { original_key: string | null };
    const assets = await server.context.db('video_assets').where({ video_id: id }).pluck('key');
    return [...assets, ...(original_key === null ? [] : [original_key])].toSorted();
  };
  // A worker whose job was given up may learn of it a moment later, and then has its objects removed.
  await vi.waitFor(
    async () => {
      await allJobsDone();
      expect(await readdir(workDir())).toEqual([]);
      const stored: string[] = [];
      for (const prefix of prefixesOf(id))
        for await (const { key } of server.context.storage.list(prefix)) stored.push(key);
      expect(stored.toSorted()).toEqual(await named());
    },
    { timeout: SLOW_MS / 2, interval: 20 },
  );
  const keys = await named();
  expect(new Set(keys).size).toBe(keys.length);
}

async function expectWhole(id: VideoId): Promise<void> {
  await allJobsDone();
  expect(await video(id)).toMatchObject({ state: 'published', media_state: 'ready', unannounced: false });
  const made = await server.context.db('video_assets').where({ video_id: id, role: 'cmaf' }).pluck('rung');
  expect(made.toSorted()).toEqual([360, 480]);
  expect(await server.context.db('video_fingerprints').where({ video_id: id })).toHaveLength(1);
  await expectTidy(id);
}

describe.each(stages)('in %s', { timeout: SLOW_MS }, (name) => {
  test('an encoder that is killed is started again, and the video is whole', async () => {
    // What is made last takes no longer in encoders than elsewhere.
    const task = name === 'media.extras' ? '' : 'libx264';
    const id = await begin(name);
    await eventually(
      'an encoder was killed',
      async () => {
        await hurry();
        return (await atWork(name)) && (await killEncoders(task)) > 0;
      },
      SLOW_MS,
    );
    await expectWhole(id);
  });

  test('a Redis that is killed and comes back empty loses nothing', async () => {
    const id = await begin(name);
    await eventually(
      'the job is at work',
      async () => {
        const { media_stage } = await video(id);
        return (await atWork(name)) && (name !== 'media.replicate' || media_stage === 'transcoding');
      },
      SLOW_MS,
    );
    await redis.kill();
    await redis.start();
    await expectWhole(id);
  });
});

test('a file that ends every encoder is refused after its tries, with a reason', {
  timeout: SLOW_MS,
}, async () => {
  const id = await upload();
  let killed = 0;
  let givenUp = false;
  // Nothing else is waited for in between: none must get through.
  const killing = (async () => {
    while (!givenUp) killed += await killEncoders();
  })();
  await eventually(
    'it is given up',
    async () => {
      await hurry();
      return (await video(id)).state === 'rejected';
    },
    SLOW_MS,
  ).finally(() => {
    givenUp = true;
  });
  await killing;
  expect(killed).toBeGreaterThanOrEqual(jobSpecs['media.process'].maxAttempts);
  expect(await video(id)).toMatchObject({ media_state: 'failed', media_reason: 'given-up' });
  expect((await video(id)).media_detail).toMatch(/Ask the admin/);
  await expectTidy(id);
});

test.each([
  ['media.process', 'rejected'],
  ['media.replicate', 'published'],
] as const)(
  'a worker that dies in every try of %s ends it with a reason',
  {
    timeout: SLOW_MS,
  },
  async (name, state) => {
    const { db } = server.context;
    const id = await begin(name);
    await eventually('the job is at work', () => atWork(name), SLOW_MS);
    // As the lease sweeper leaves it after the last try.
    await db('jobs')
      .where({ name })
      .update({ state: 'dead', died_at: db.fn.now(), lease_owner: null, lease_until: null });
    await eventually('it is noticed', async () => (await video(id)).media_state === 'failed', SLOW_MS);
    expect(await video(id)).toMatchObject({ state, media_reason: 'given-up' });
    await expectTidy(id);
  },
);
