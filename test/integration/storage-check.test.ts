import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { originalKey } from '../../media/keys.ts';
import type { ObjectStorage } from '../../media/storage/storage.ts';
import type { Tx } from '../../src/db/database.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { addVideo, createStorageRig, keysOf, put, read, type StorageRig } from '../helpers/storage-rig.ts';

const DAY_MS = 24 * 3_600_000;

let rig: StorageRig;

beforeAll(async () => {
  rig = await createStorageRig();
  expect(await rig.process().check()).toEqual({ ok: true });
});

afterAll(() => rig.close());

beforeEach(() => rig.empty());

const pieces = { '360.mp4': 'small', '720.mp4': 'large', 'poster.jpg': 'poster' };

/** Makes again what a video was made of, as the job would: the same content under the same keys. */
function remaker(): { asked: VideoId[]; remake: (tx: Tx, videoId: VideoId) => Promise<boolean> } {
  const asked: VideoId[] = [];
  return {
    asked,
    remake: async (_tx, videoId) => {
      asked.push(videoId);
      return true;
    },
  };
}

test('all is well where all is well, in whichever store it lies', async () => {
  await addVideo(rig, rig.files, pieces);
  await addVideo(rig, rig.s3, pieces);
  const report = await rig.process().checkContent();
  expect(report).toMatchObject({ objects: 6, bytes: 32, unmended: 0, findings: [] });
});

test('missing and damaged objects are named, and stay as they are', async () => {
  const { keys } = await addVideo(rig, rig.s3, pieces, { original_key: originalKey('7') });
  const [small, large] = [keys['360.mp4'] ?? '', keys['720.mp4'] ?? ''];
  await rig.s3.remove([small]);
  await put(rig.s3, large, 'LARGE');
  const report = await rig.process(remaker()).checkContent();
  expect(report).toMatchObject({ counts: { missing: 2, damaged: 1, orphan: 0 }, unmended: 3, objects: 4 });
  expect(report.findings).toEqual(
    expect.arrayContaining([
      { key: small, problem: 'missing', store: null, mended: null },
      { key: large, problem: 'damaged', store: 's3', mended: null },
      { key: originalKey('7'), problem: 'missing', store: null, mended: null },
    ]),
  );
  expect(await read(rig.s3, large)).toBe('LARGE');
});

test('an object that is cut short or longer is damaged', async () => {
  const { keys } = await addVideo(rig, rig.files, { '360.mp4': 'small', '720.mp4': 'large' });
  await put(rig.files, keys['360.mp4'] ?? '', 'smal');
  await put(rig.files, keys['720.mp4'] ?? '', 'large!');
  expect((await rig.process().checkContent()).counts).toEqual({ missing: 0, damaged: 2, orphan: 0 });
});

test('a good copy of another store takes the place of a bad one', async () => {
  const { keys } = await addVideo(rig, rig.files, pieces);
  const key = keys['720.mp4'] ?? '';
  await put(rig.s3, key, 'LARGE');
  const { asked, remake } = remaker();
  expect(
    await rig
      .process()
      .objects.open(key)
      .then((object) => object?.size),
  ).toBe(5);
  const report = await rig.process({ remake }).checkContent({ repair: true });
  expect(report.findings).toEqual([{ key, problem: 'damaged', store: 's3', mended: 'copied' }]);
  expect(await read(rig.process().objects, key)).toBe('large');
  expect(asked).toEqual([]);
});

test('where there is no good copy, the bad one goes and the video is made again', async () => {
  const { keys, videoId } = await addVideo(rig, rig.s3, pieces);
  const key = keys['720.mp4'] ?? '';
  await put(rig.s3, key, 'LARGE');
  await put(rig.files, key, 'larg');
  const unable = await rig.process().checkContent({ repair: true });
  expect(unable).toMatchObject({ unmended: 2, counts: { damaged: 2 } });
  expect(await read(rig.s3, key), 'what cannot be made again is not thrown away').toBe('LARGE');

  const { asked, remake } = remaker();
  const report = await rig.process({ remake }).checkContent({ repair: true });
  expect(report).toMatchObject({ unmended: 0, counts: { damaged: 2 } });
  expect(asked).toEqual([videoId]);
  expect(await read(rig.process().objects, key)).toBeNull();
  // A crash before the job was asked for leaves it missing, which the next check finds.
  const again = await rig.process({ remake }).checkContent({ repair: true });
  expect(again.findings).toEqual([{ key, problem: 'missing', store: null, mended: 'remaking' }]);
  await put(rig.s3, key, 'large');
  expect((await rig.process().checkContent()).findings).toEqual([]);
});

test('what several videos share is made again for all of them, or stays', async () => {
  const { keys, videoId } = await addVideo(rig, rig.s3, pieces);
  const other = await addVideo(rig, rig.s3, { '360.mp4': 'another' });
  const key = keys['720.mp4'] ?? '';
  const row = await rig.db('video_assets').where({ key }).first();
  await rig.db('video_assets').insert({ ...row, video_id: other.videoId });
  await put(rig.s3, key, 'LARGE');
  const unable = rig.process({ remake: async (_tx, id) => id === videoId });
  expect((await unable.checkContent({ repair: true })).unmended).toBe(1);
  expect(await read(rig.s3, key)).toBe('LARGE');
  const { asked, remake } = remaker();
  expect((await rig.process({ remake }).checkContent({ repair: true })).unmended).toBe(0);
  expect(asked).toEqual([videoId, other.videoId]);
});

test('a part of the disk that cannot be read is damage; a server that does not answer is none', async () => {
  const { keys } = await addVideo(rig, rig.files, { '360.mp4': 'small' });
  const failing = (code: string): ObjectStorage => ({
    ...rig.files,
    open: () => Promise.reject(Object.assign(new Error(code), { code })),
  });
  const report = await rig.process({ files: failing('EIO') }).checkContent();
  expect(report.findings).toMatchObject([{ key: keys['360.mp4'], problem: 'damaged', store: 'files' }]);
  await expect(rig.process({ files: failing('ECONNRESET') }).checkContent()).rejects.toThrow('ECONNRESET');
});

test('orphans are told of once they are older than a day, and never removed', async () => {
  const { keys } = await addVideo(rig, rig.files, { '360.mp4': 'small' });
  await rig.db('videos').update({ original_key: rig.db.raw(`'originals/' || id || '/source'`) });
  const { id } = await rig.db('videos').first('id');
  const all = [
    keys['360.mp4'] ?? '',
    originalKey(id),
    'media/9/old.mp4',
    'originals/9/source',
    'other/x.txt',
  ];
  const longAgo = new Date(Date.now() - DAY_MS - 60_000);
  for (const key of all) {
    await put(rig.files, key, 'small');
    await utimes(join(rig.directory, 'files', key), longAgo, longAgo);
  }
  await put(rig.files, 'media/9/fresh.mp4', 'x');
  const report = await rig.process(remaker()).checkContent({ repair: true });
  expect(report).toMatchObject({ unmended: 0, counts: { missing: 0, damaged: 0, orphan: 2 } });
  expect(report.findings.map(({ key }) => key).toSorted()).toEqual(['media/9/old.mp4', 'originals/9/source']);
  expect(await keysOf(rig.files)).toEqual([...all, 'media/9/fresh.mp4'].toSorted());
  expect((await rig.process().checkContent({ prefix: 'media/' })).counts.orphan).toBe(1);
});

test('a prefix limits what is read', async () => {
  const { videoId } = await addVideo(rig, rig.files, pieces);
  await addVideo(rig, rig.files, pieces);
  expect(await rig.process().checkContent({ prefix: `media/${videoId}/` })).toMatchObject({ objects: 3 });
  expect(await rig.process().checkContent({ prefix: 'originals/' })).toMatchObject({ objects: 0 });
  await expect(rig.process().checkContent({ prefix: '../' })).rejects.toThrow(TypeError);
});

test('more rows than a page holds are all read', async () => {
  const { videoId } = await addVideo(rig, rig.files, {});
  await rig.db('video_assets').insert(
    Array.from({ length: 1_100 }, (_, at) => ({
      ...{ key: `media/${videoId}/${at}.mp4`, video_id: videoId, role: 'mp4', content_type: 'video/mp4' },
      ...{ bytes: 1, sha256: 'none' },
    })),
  );
  const report = await rig.process({ s3: null }).checkContent();
  expect(report).toMatchObject({ objects: 1_100, unmended: 1_100, counts: { missing: 1_100 } });
  expect(report.findings).toHaveLength(1_000);
});
