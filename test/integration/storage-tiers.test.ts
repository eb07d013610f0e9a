import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mediaLimits } from '../../config/media-limits.ts';
import { originalKey } from '../../media/keys.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import type { ObjectStorage } from '../../media/storage/storage.ts';
import type { InTx } from '../../src/db/database.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Storage, StorageDeps } from '../../src/modules/storage/index.ts';
import { createGate, eventually } from '../helpers/chaos.ts';
import { jobRun } from '../helpers/job-run.ts';
import {
  addVideo,
  createStorageRig,
  keysOf,
  put,
  read,
  type StorageRig,
  sha256Of,
} from '../helpers/storage-rig.ts';

const DAY_MS = 24 * 3_600_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
const run = jobRun();
const pieces = { '360.mp4': 'small', '720-cmaf.mp4': 'large', 'poster.jpg': 'poster' };

let rig: StorageRig;
let colds: Record<string, ObjectStorage>;

beforeAll(async () => {
  rig = await createStorageRig();
  await rig.s3.check();
  colds = { directory: createFileStorage({ root: join(rig.directory, 'cold') }), bucket: rig.s3 };
});

beforeEach(async () => {
  await rig.empty();
  for (const store of Object.values(colds)) await store.remove(await keysOf(store));
});

afterAll(() => rig.close());

/** A server with media in files, and a cheaper store. */
const server = (kind: string, deps: Partial<StorageDeps> = {}) =>
  rig.process({ s3: null, cold: colds[kind] ?? null, coldAfterMs: 90 * DAY_MS, ...deps });

const coldOf = (kind: string): ObjectStorage => colds[kind] ?? rig.s3;

const coldSince = async (videoId: VideoId) =>
  (await rig.db('videos').where({ id: videoId }).first('cold_since'))?.cold_since;

/** Runs the jobs of the tiers that wait, each to its end. */
async function work(storage: Storage): Promise<string[]> {
  const jobs: { id: string; key: string; name: string; payload: { key: string; videoId: VideoId } }[] =
    await rig.db('jobs').orderBy('id');
  for (const { id, name, payload } of jobs) {
    const finish =
      name === 'media.cool'
        ? await storage.jobs.cool(payload.videoId, run)
        : await storage.jobs.warm(payload.key);
    await rig.inTx(async (tx) => {
      await finish?.(tx);
      await tx('jobs').where({ id }).delete();
    });
  }
  return jobs.map(({ key }) => key);
}

async function unwatched(columns: Readonly<Record<string, unknown>> = {}) {
  const video = await addVideo(rig, rig.files, pieces, { last_watched_at: ago(91), ...columns });
  const original = originalKey(video.videoId);
  await rig.db('videos').where({ id: video.videoId }).update({ original_key: original });
  await put(rig.files, original, 'as uploaded');
  return { ...video, original };
}

test('what spreads fast is not put into the cheaper store', async () => {
  const storage = server('directory');
  const { videoId } = await unwatched();
  const until = new Date(Date.now() + DAY_MS);
  await rig.db('viral_videos').insert({ video_id: videoId, since: new Date(), until });
  expect(await storage.coolDue()).toBe(0);
  await rig.db('viral_videos').update({ until: ago(1) });
  expect(await storage.coolDue()).toBe(1);
});

describe.each(['directory', 'bucket'])('a cold %s', (kind) => {
  test('takes the large files of what nobody watches, and gives them back to who does', async () => {
    const storage = server(kind);
    const { videoId, keys, original } = await unwatched();
    const watched = await addVideo(rig, rig.files, pieces, { last_watched_at: ago(89) });
    const [small, large, poster] = [keys['360.mp4'], keys['720-cmaf.mp4'], keys['poster.jpg']].map(String);

    expect(await storage.coolDue()).toBe(1);
    expect(await work(storage)).toEqual([`cool:${videoId}`]);
    expect(await keysOf(coldOf(kind))).toEqual([small, large, original].map(String).toSorted());
    expect(await keysOf(rig.files)).toEqual([poster, ...Object.values(watched.keys)].map(String).toSorted());
    expect(await coldSince(videoId)).toBeInstanceOf(Date);
    expect(await storage.coolDue()).toBe(0);

    expect(await keysOf(storage.objects, `media/${videoId}/`)).toEqual(
      [small, large, poster].map(String).toSorted(),
    );
    expect((await storage.objects.stat(large ?? ''))?.size).toBe(5);
    expect(await storage.objects.download(original, join(rig.directory, 'original'))).toBe(true);
    expect(await rig.db('jobs')).toEqual([]);

    expect(await read(storage.objects, large ?? '')).toBe('large');
    expect(await read(storage.objects, large ?? '', { start: 1, end: 2 })).toBe('ar');
    await eventually('it is asked for', async () => (await rig.db('jobs')).length > 0);
    expect(await work(storage)).toEqual([`warm:${large}`]);
    expect(await read(rig.files, large ?? '')).toBe('large');
    expect(await coldSince(videoId)).toBeNull();
    expect(await storage.coolDue(), 'who reads it has watched it').toBe(0);
    expect(await read(storage.objects, large ?? '')).toBe('large');
    expect(await rig.db('jobs')).toEqual([]);

    await storage.objects.remove([large ?? '', original]);
    expect(await keysOf(coldOf(kind))).toEqual([small]);
    expect(await read(storage.objects, large ?? '')).toBeNull();
  });
});

test.each([
  ['never watched, published long ago', { last_watched_at: null, published_at: ago(91) }, 1],
  [
    'never watched, published lately',
    { last_watched_at: null, published_at: ago(1), created_at: ago(91) },
    0,
  ],
  ['being made', { media_state: 'working' }, 0],
])('%s', async (_name, columns, due) => {
  await unwatched(columns);
  expect(await server('directory').coolDue()).toBe(due);
});

test('a hot copy goes only once the cold one was read back, and a cold one that is good is not sent again', async () => {
  const { videoId, keys } = await unwatched();
  const large = keys['720-cmaf.mp4'] ?? '';
  const lying: ObjectStorage = {
    ...coldOf('directory'),
    putFile: (key, path, options) =>
      key === large
        ? coldOf('directory').putBytes(key, Buffer.from('LARGE'), options)
        : coldOf('directory').putFile(key, path, options),
  };
  const broken = server('directory', { cold: lying });
  await expect(broken.jobs.cool(videoId, run)).rejects.toThrow('reads differently');
  expect(await read(rig.files, large)).toBe('large');
  expect(await coldSince(videoId)).toBeNull();

  await put(coldOf('directory'), large, 'large');
  const finish = await broken.jobs.cool(videoId, run);
  await rig.inTx(async (tx) => finish?.(tx));
  expect(await read(rig.files, large)).toBeNull();
  expect(await coldSince(videoId)).toBeInstanceOf(Date);
});

test('a damaged object neither replaces a good one nor is spread', async () => {
  const { videoId, keys } = await unwatched();
  const [small, large] = [keys['360.mp4'] ?? '', keys['720-cmaf.mp4'] ?? ''];
  await put(rig.files, small, 'SMALL');
  await put(rig.files, large, 'LARGE');
  await put(coldOf('directory'), large, 'large');
  const storage = server('directory');
  await storage.jobs.cool(videoId, run);
  expect(await read(coldOf('directory'), small)).toBeNull();
  expect(await read(coldOf('directory'), large)).toBe('large');
  expect(await read(rig.files, large)).toBe('LARGE');
  // And the other way round.
  await put(coldOf('directory'), large, 'LarGe');
  await put(rig.files, large, 'large');
  await storage.jobs.warm(large);
  expect(await read(rig.files, large)).toBe('large');
});

test('what was watched since the job was made stays hot', async () => {
  const { videoId } = await unwatched({ last_watched_at: ago(1) });
  expect(await server('directory').jobs.cool(videoId, run)).toBeUndefined();
  expect(await keysOf(coldOf('directory'))).toEqual([]);
});

test('a video that is deleted while it is moved leaves nothing behind', async () => {
  const { videoId, keys, original } = await unwatched();
  const gate = createGate();
  const cold: ObjectStorage = {
    ...coldOf('directory'),
    async putFile(key, path, options) {
      await gate.pass();
      return coldOf('directory').putFile(key, path, options);
    },
  };
  const moving = server('directory', { cold }).jobs.cool(videoId, run);
  await gate.reached;
  await rig.db('videos').where({ id: videoId }).delete();
  await server('directory').objects.remove([...Object.values(keys), original]);
  gate.open();
  await moving;
  expect(await keysOf(coldOf('directory'))).toEqual([]);
  expect(await keysOf(rig.files)).toEqual([]);
});

test('a video that is deleted while it is brought back leaves nothing behind', async () => {
  const { videoId, keys } = await addVideo(rig, coldOf('directory'), { '360.mp4': 'small' });
  const gate = createGate();
  const files: ObjectStorage = {
    ...rig.files,
    async putFile(key, path, options) {
      await gate.pass();
      return rig.files.putFile(key, path, options);
    },
  };
  const bringing = server('directory', { files }).jobs.warm(keys['360.mp4'] ?? '');
  await gate.reached;
  await rig.db('videos').where({ id: videoId }).delete();
  await server('directory').objects.remove(Object.values(keys));
  gate.open();
  await bringing;
  expect(await keysOf(rig.files)).toEqual([]);
});

test('many who read the same object ask for it once, and originals are not asked for', async () => {
  const { keys } = await addVideo(rig, coldOf('directory'), { '360.mp4': 'small' });
  await put(coldOf('directory'), 'originals/1/source', 'x');
  const key = keys['360.mp4'] ?? '';
  let asked = 0;
  const inTx: InTx = (work) => {
    asked += 1;
    return rig.inTx(work);
  };
  const servers = [1, 2].map(() => server('directory', { inTx }));
  for (const { objects } of servers) {
    await read(objects, 'originals/1/source');
    await Promise.all(Array.from({ length: 20 }, () => read(objects, key)));
  }
  expect(asked).toBe(2);
  await eventually('it is asked for', async () => (await rig.db('jobs')).length > 0);
  expect(await rig.db('jobs').pluck('key')).toEqual([`warm:${key}`]);
});

test('the check looks into the cheaper store, and mends from there', async () => {
  const { keys } = await addVideo(rig, coldOf('directory'), { '360.mp4': 'small' });
  const key = keys['360.mp4'] ?? '';
  expect(await server('directory').checkContent()).toMatchObject({ objects: 1, findings: [] });
  await put(rig.files, key, 'SMALL');
  const { findings } = await server('directory').checkContent({ repair: true });
  expect(findings).toEqual([{ key, problem: 'damaged', store: 'files', mended: 'copied' }]);
  expect(await read(rig.files, key)).toBe('small');
});

test('videos are sent a batch at a time, longest unwatched first', async () => {
  const { videoId } = await unwatched();
  const columns = await rig.db('videos').where({ id: videoId }).first();
  const count = mediaLimits.videosCooledAtOnce + 5;
  const rows = Array.from({ length: count }, (_, at) => ({
    ...{ ...columns, id: rig.ids.next<'video'>(), uri: `http://a.example/${at}`, uuid: undefined },
    ...{ original_key: null, last_watched_at: ago(100 + at), chunk_index: null },
  }));
  await rig.db('videos').insert(rows);
  expect(await server('directory').coolDue()).toBe(mediaLimits.videosCooledAtOnce);
  const asked = new Set(await rig.db('jobs').pluck('key'));
  expect(asked.has(`cool:${videoId}`)).toBe(false);
  expect(asked.has(`cool:${rows.at(-1)?.id}`)).toBe(true);
});

test('a file that another video is played from as well stays hot while that one is watched', async () => {
  const { videoId, keys } = await unwatched();
  const other = await addVideo(rig, rig.files, {}, { last_watched_at: ago(1) });
  const large = keys['720-cmaf.mp4'] ?? '';
  await rig.db.raw('alter table video_assets drop constraint video_assets_pkey');
  await rig.db('video_assets').insert({
    ...{ key: large, video_id: other.videoId, role: 'cmaf', content_type: 'video/mp4' },
    ...{ bytes: 5, sha256: sha256Of('large') },
  });
  await server('directory').jobs.cool(videoId, run);
  expect(await read(rig.files, large)).toBe('large');
  expect(await read(rig.files, keys['360.mp4'] ?? '')).toBeNull();
});
