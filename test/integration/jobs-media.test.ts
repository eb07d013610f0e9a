import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { mediaKey, originalKey, prefixesOf } from '../../media/keys.ts';
import type { MediaPipeline, VideoJob, VideoOutcome } from '../../media/pipeline-jobs.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { contentTypeOf } from '../../media/storage/storage.ts';
import { transactions } from '../../src/db/database.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import { fail, ok } from '../../src/lib/result.ts';
import { createUrls, type MediaRefusal } from '../../src/modules/instances/index.ts';
import { createMediaUrls, createVideos, type Videos } from '../../src/modules/videos/index.ts';
import { createGate, eventually, hurryPurges } from '../helpers/chaos.ts';
import { createJobRig, type JobRig, silent } from '../helpers/job-rig.ts';
import { jobRun } from '../helpers/job-run.ts';
import { processesOn } from '../helpers/probes.ts';

const contentType = 'video/mp4';

let rig: JobRig;
let dataDir: string;
let videos: Videos;
let storage: ReturnType<typeof createFileStorage>;
/** What the pipeline does with a file; tests replace it. */
let processVideo: (job: VideoJob) => Promise<VideoOutcome>;
/** What the staff decided about the hosts of a remote video. */
let refusal: MediaRefusal | null;

beforeEach(async () => {
  rig = await createJobRig();
  dataDir = await mkdtemp(join(tmpdir(), 'vireo-media-jobs-'));
  storage = createFileStorage({ root: join(dataDir, 'media') });
  processVideo = (job) => makeVideo(job);
  refusal = null;
  const pipeline: MediaPipeline = {
    inspect: () => Promise.reject(new Error('Not part of the test.')),
    composeRemix: () => Promise.reject(new Error('Not part of the test.')),
    processFrame: () => Promise.reject(new Error('Not part of the test.')),
    processPoster: () => Promise.reject(new Error('Not part of the test.')),
    processVideo: (job) => processVideo(job),
    processFirst: (job) => processVideo(job),
    processRest: () => Promise.reject(new Error('Not part of the test.')),
    processExtras: () => Promise.reject(new Error('Not part of the test.')),
    processSheet: () => Promise.reject(new Error('Not part of the test.')),
    extractSound: () => Promise.reject(new Error('Not part of the test.')),
    resound: () => Promise.reject(new Error('Not part of the test.')),
    keepSound: () => Promise.reject(new Error('Not part of the test.')),
  };
  videos = createVideos({
    ...{
      db: rig.db,
      inTx: transactions(rig.db),
      ids: rig.ids,
      enqueue: rig.enqueue,
      clock: systemClock,
      storage,
      pipeline,
    },
    urls: createUrls('http://a.example'),
    download: async ({ toPath }) => {
      await writeFile(toPath, 'from afar');
      return ok({ bytes: 9, contentType, finalUrl: new URL('http://b.example') });
    },
    hashes: {
      sha256Of: async () => 'ab'.repeat(32),
      ...{ byFile: async () => null, byPicture: async () => null, looksAtPictures: async () => false },
      ...{ quarantine: async () => '', noteMatch: async () => undefined },
    },
    sounds: {
      ...{ attach: async () => undefined, hasRules: async () => false, listen: async () => null },
      ...{ judge: async () => null, factsOf: () => '', noteRefusal: async () => undefined },
      mayUse: () => Promise.reject(new Error('Not part of the test.')),
    },
    screening: {
      screen: async () => ok({ verdict: { hold: false, sensitive: false, hits: [] } }),
      settle: async () => undefined,
      holdUnjudged: async () => undefined,
    },
    classifier: {
      ...{ holdsBack: async () => false, begin: async () => false, waiting: async () => null },
      ...{ ask: async () => fail('off'), conclude: async () => false, abandoned: async () => [] },
      publishesWhenDown: () => false,
    },
    remixGate: { mayRemix: () => Promise.reject(new Error('Not part of the test.')) },
    ...{ workDir: join(dataDir, 'work'), log: silent, transcriber: null, takesCopies: async () => true },
    mediaUrls: createMediaUrls({
      ...{ mediaUrl: 'http://a.example/media', origin: 'http://a.example', clock: systemClock },
      instanceSecret: 'a secret that is only good for this test',
    }),
    ...{
      upload: { maxDurationSeconds: 60, maxUploadBytes: 1_000 },
      lazyRungs: false,
      remote: { maxBytes: 1_000 },
    },
    fetchSource: async ({ toDir }) => {
      const path = join(toDir, 'source');
      await writeFile(path, 'from afar');
      return ok({ path, bytes: 9, contentType, sha256: 'ab'.repeat(32) });
    },
    ...{ mediaModesOf: async (hosts) => hosts.map(() => 'replicate' as const) },
    ...{ cache: { maxBytes: 1_000, maxAgeMs: 0 } },
    readRange: () => Promise.reject(new Error('Not part of the test.')),
    mediaRefusals: async (groups) => groups.map(() => refusal),
    ...{ mediaRefusal: async () => refusal, unlistedDomains: 'shown' as const },
  });
});

afterEach(async () => {
  await rig.close();
  await rm(dataDir, { recursive: true, force: true });
});

const putObject = (key: string, content: string) =>
  storage.putBytes(key, Buffer.from(content), { contentType: contentTypeOf(key) });

/** Stores one object whose content is `content`, as the only thing the video is played from. */
async function makeVideo(job: VideoJob, content = 'a video'): Promise<VideoOutcome> {
  expect(existsSync(job.sourcePath), 'the source is there').toBe(true);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const key = mediaKey(job.videoId, sha256, '360.mp4');
  await putObject(key, content);
  return ok({
    facts: {
      ...{ durationSeconds: 1, width: 640, height: 360, frameRate: 30, hasAudio: true, fromHdr: false },
      plannedRungs: [],
      loudness: null,
    },
    assets: [
      { role: 'mp4' as const, rung: 360, key, contentType, size: content.length, sha256, frameRate: 30 },
    ],
    ...{
      chunkIndex: { version: 1, durationSeconds: 1, rungs: [] },
      hashes: { blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', thumbhash: '1QcSHQRnh493V4dIh4eXh1h4kJUI' },
    },
  });
}

const start = () =>
  rig.start({
    'media.process': ({ videoId }, run) => videos.jobs.process(videoId, run),
    'media.ladder': (payload, run) => videos.jobs.ladder(payload, run),
    'media.extras': ({ videoId }, run) => videos.jobs.extras(videoId, run),
    'media.replicate': ({ videoId }, run) => videos.jobs.replicate(videoId, run),
    'media.purge': ({ videoId }, run) => videos.jobs.purge(videoId, run),
  });

const allDone = () =>
  eventually('no job is left', async () => {
    await hurryPurges(rig.db);
    return (await rig.jobs()).length === 0;
  });

/** An account with an upload that is stored and waits to be processed; its job is not added. */
async function receivedUpload(): Promise<{ videoId: VideoId; accountId: AccountId }> {
  const accountId = rig.ids.next<'account'>();
  const videoId = rig.ids.next<'video'>();
  await rig.db('accounts').insert({
    ...{ id: accountId, username: 'alice', username_key: accountId, actor_type: 'Person' },
    ...{ actor_uri: `http://a.example/${accountId}`, inbox_uri: `http://a.example/${accountId}/inbox` },
  });
  const original_key = originalKey(videoId);
  await putObject(original_key, 'as uploaded');
  await rig.db('videos').insert({
    ...{ id: videoId, account_id: accountId, local: true, uri: `http://a.example/v/${videoId}`, url: '' },
    ...{ state: 'received', visibility: 'public', media_state: 'waiting', original_key },
  });
  return { videoId, accountId };
}

const addJob = (name: 'media.process' | 'media.replicate', videoId: VideoId) =>
  rig.db.transaction((tx) => rig.enqueue(tx, { name, payload: { videoId } }));

const stateOf = (videoId: VideoId) =>
  rig.db('videos').where({ id: videoId }).first('state', 'media_state', 'published_at');

const publishedEvents = () => rig.db('events').where({ name: 'video.published' });

async function objectsOf(videoId: VideoId): Promise<string[]> {
  const keys: string[] = [];
  for (const prefix of prefixesOf(videoId)) for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys.toSorted();
}

const keptKeys = async (videoId: VideoId) => {
  const assets: string[] = await rig.db('video_assets').where({ video_id: videoId }).pluck('key');
  return [...assets, originalKey(videoId)].toSorted();
};

const workDirs = () => readdir(join(dataDir, 'work')).catch(() => []);

describe('a remote video', () => {
  test.for(['domain-suspended', 'domain-media-rejected'] as const)(
    'is not copied where the staff decided so (%s), and is once that was taken back',
    async (reason) => {
      const { videoId, accountId } = await receivedUpload();
      await rig.db('accounts').where({ id: accountId }).update({ domain: 'sub.b.example:8443' });
      const source = 'https://cdn.example/clip.mp4';
      const opened = { last_watched_at: new Date() };
      const remote = { local: false, state: 'published', source_url: source, original_key: null, ...opened };
      await rig.db('videos').where({ id: videoId }).update(remote);
      refusal = reason;
      await start();
      await addJob('media.replicate', videoId);
      await allDone();
      const media = () => rig.db('videos').where({ id: videoId }).first('media_state', 'media_reason');
      expect(await media()).toEqual({ media_state: 'none', media_reason: reason });
      expect(await rig.db('video_assets').where({ video_id: videoId })).toEqual([]);

      refusal = null;
      await rig.db.transaction((tx) => videos.onDomainLifted(tx, { domain: 'other.example' }));
      expect(await rig.jobs()).toEqual([]);
      await rig.db.transaction((tx) => videos.onDomainLifted(tx, { domain: 'b.example' }));
      await allDone();
      expect(await media()).toEqual({ media_state: 'ready', media_reason: null });
    },
  );
});

describe('an upload', () => {
  test('is published once, and nothing is left over', async () => {
    const { videoId } = await receivedUpload();
    await putObject(mediaKey(videoId, 'a'.repeat(64), 'poster.jpg'), 'of a try that died');
    await start();
    await addJob('media.process', videoId);
    await allDone();
    const first = await stateOf(videoId);
    expect(first).toMatchObject({ state: 'published', media_state: 'ready' });
    expect((await videos.internal(videoId))?.assets).toMatchObject([{ role: 'mp4', frameRate: 30 }]);
    // A job that comes twice finds nothing to do.
    await addJob('media.process', videoId);
    await allDone();
    expect(await stateOf(videoId)).toEqual(first);
    expect(await publishedEvents()).toHaveLength(1);
    expect(await objectsOf(videoId)).toEqual(await keptKeys(videoId));
    expect(await workDirs()).toEqual([]);
  });

  test('whose last step is taken twice is published once', async () => {
    const { videoId } = await receivedUpload();
    const run = jobRun();
    const ladder = (id: VideoId) => videos.jobs.ladder({ videoId: id, settle: false }, run);
    for (const stage of [(id: VideoId) => videos.jobs.process(id, run), ladder]) {
      const steps = [await stage(videoId), await stage(videoId)];
      for (const step of steps) expect(await rig.db.transaction(async (tx) => step?.(tx))).toBeNull();
    }
    expect(await stateOf(videoId)).toMatchObject({ state: 'published', media_state: 'ready' });
    expect(await publishedEvents()).toHaveLength(1);
  });

  test('that is deleted while it is processed leaves no rows and no files', async () => {
    const { videoId, accountId } = await receivedUpload();
    const gate = createGate();
    processVideo = async (job) => {
      const outcome = await makeVideo(job);
      await gate.pass();
      return outcome;
    };
    await start();
    await addJob('media.process', videoId);
    await gate.reached;
    await rig.db.transaction((tx) => videos.remove(tx, videoId, accountId));
    await rig.db.transaction((tx) => videos.onDeleted(tx, { videoId }));
    await eventually('the deletion was cleaned up', async () => (await objectsOf(videoId)).length === 0);
    await putObject(mediaKey(videoId, 'b'.repeat(64), 'poster.jpg'), 'a piece that comes late');
    gate.open();
    await allDone();
    expect(await publishedEvents()).toEqual([]);
    expect(await rig.db('video_assets')).toEqual([]);
    expect(await objectsOf(videoId)).toEqual([]);
    expect(await workDirs()).toEqual([]);
  });
});

test('what a try stores whose job was given up meanwhile is removed', async () => {
  const { videoId } = await receivedUpload();
  const gate = createGate();
  processVideo = async (job) => {
    await gate.pass();
    return makeVideo(job);
  };
  await start();
  await addJob('media.process', videoId);
  await gate.reached;
  const dead = { state: 'dead', died_at: new Date(), lease_owner: null, lease_until: null };
  await rig.db('jobs').update(dead);
  gate.open();
  await eventually('it was stored', async () => (await objectsOf(videoId)).length > 1);
  await eventually('nothing is left of it', async () => {
    await hurryPurges(rig.db);
    return (await objectsOf(videoId)).length === 1;
  });
  expect(await objectsOf(videoId)).toEqual([originalKey(videoId)]);
});

describe('a try that lost its lease to another', () => {
  /** Runs one job; its first try loses the lease in the pipeline, its second takes its time as well. */
  async function overtaken(name: 'media.process' | 'media.replicate', videoId: VideoId) {
    const gates = [createGate(), createGate()];
    const outcomes: ((job: VideoJob) => Promise<VideoOutcome>)[] = [];
    let tries = 0;
    processVideo = async (job) => {
      const mine = tries++;
      await gates[mine]?.pass();
      return (outcomes[mine] ?? makeVideo)(job);
    };
    await start();
    await addJob(name, videoId);
    await gates[0]?.reached;
    await rig.db('jobs').update({ lease_owner: null, lease_until: null, run: rig.db.raw('run + 1') });
    await gates[1]?.reached;
    return { first: gates[0], second: gates[1], outcomes };
  }

  const firstTryIsOver = (queue: 'media' | 'replicate') =>
    eventually('the first try is over', async () => (await rig.queues[queue].getActiveCount()) === 1);

  test('cannot publish, and does not disturb the other', async () => {
    const { videoId } = await receivedUpload();
    const { first, second, outcomes } = await overtaken('media.process', videoId);
    outcomes[0] = (job) => makeVideo(job, 'of the first try');
    first?.open();
    await firstTryIsOver('media');
    expect(await stateOf(videoId)).toMatchObject({ state: 'received' });
    expect(await publishedEvents()).toEqual([]);
    second?.open();
    await allDone();
    expect(await stateOf(videoId)).toMatchObject({ state: 'published', media_state: 'ready' });
    expect(await publishedEvents()).toHaveLength(1);
    expect(await objectsOf(videoId)).toEqual(await keptKeys(videoId));
    expect(await workDirs()).toEqual([]);
  });

  test('cannot reject what the other accepts', async () => {
    const { videoId } = await receivedUpload();
    const { first, second, outcomes } = await overtaken('media.process', videoId);
    outcomes[0] = async () => fail('broken', 'The first try lost its files.');
    first?.open();
    await firstTryIsOver('media');
    expect(await stateOf(videoId)).toMatchObject({ state: 'received' });
    second?.open();
    await allDone();
    expect(await stateOf(videoId)).toMatchObject({ state: 'published', media_state: 'ready' });
  });

  test('cannot give up on a remote video that the other copies', async () => {
    const { videoId } = await receivedUpload();
    await rig.db('videos').update({
      ...{ local: false, state: 'published', original_key: null, source_url: 'http://b.example/clip.mp4' },
      last_watched_at: new Date(),
    });
    const { first, second, outcomes } = await overtaken('media.replicate', videoId);
    outcomes[0] = async () => fail('broken', 'The first try lost its files.');
    first?.open();
    await firstTryIsOver('replicate');
    expect(await stateOf(videoId)).toMatchObject({ media_state: 'working' });
    second?.open();
    await allDone();
    expect(await stateOf(videoId)).toMatchObject({ state: 'published', media_state: 'ready' });
    expect(await workDirs()).toEqual([]);
  });
});

describe('the work folder of a try that died', () => {
  async function leftOver(name: string): Promise<string> {
    const dir = join(dataDir, 'work', name);
    await mkdir(join(dir, 'work'), { recursive: true });
    await writeFile(join(dir, 'source'), 'half a file');
    return dir;
  }

  test('goes with the next try of its stage, and no other', async () => {
    const { videoId } = await receivedUpload();
    await leftOver(`${videoId}-first-died`);
    const others = [`${videoId}-poster-busy`, `${videoId}0-first-other`];
    for (const name of others) await leftOver(name);
    await start();
    await addJob('media.process', videoId);
    await allDone();
    expect((await workDirs()).toSorted()).toEqual(others);
  });

  test('takes a sandbox along that nobody began to use before the worker was killed', async ({ skip }) => {
    if (spawnSync('bwrap', ['--ro-bind', '/', '/', 'true']).status !== 0) skip('needs bubblewrap');
    const { videoId } = await receivedUpload();
    const dir = await leftOver(`${videoId}-first-died`);
    // It waits for a word that never comes, as one does whose parent died too soon.
    const walls = ['--ro-bind', '/', '/', '--bind', dir, dir, '--block-fd', '3', 'true'];
    const sandbox = spawn('bwrap', walls, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    onTestFinished(() => void sandbox.kill('SIGKILL'));
    const ended = once(sandbox, 'exit');
    await start();
    await addJob('media.process', videoId);
    await allDone();
    await ended;
    expect(await processesOn(dir)).toEqual([]);
  });

  test('goes even where the next try finds nothing to do', async () => {
    const { videoId } = await receivedUpload();
    await rig.db('videos').update({ state: 'published' });
    await leftOver(`${videoId}-first-died`);
    await start();
    await addJob('media.process', videoId);
    await allDone();
    expect(await workDirs()).toEqual([]);
  });

  test('goes after a day where the next try was elsewhere', async () => {
    const { videoId } = await receivedUpload();
    const dayBefore = new Date(Date.now() - 25 * 3_600_000);
    await utimes(await leftOver('1-old'), dayBefore, dayBefore);
    await leftOver('2-young');
    await start();
    await addJob('media.process', videoId);
    await allDone();
    expect(await workDirs()).toEqual(['2-young']);
  });
});
