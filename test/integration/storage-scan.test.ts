import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { mediaLimits } from '../../config/media-limits.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { addVideo, createStorageRig, keyOf, keysOf, put, type StorageRig } from '../helpers/storage-rig.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await createStorageRig();
  await rig.process().check();
});
afterAll(() => rig.close());
afterEach(() => rig.empty());

/** As a server that began a day later: what lies there is old enough. */
const tomorrow = { now: () => systemClock.now() + mediaLimits.orphanAgeMs + 60_000 };

test('objects without rows and rows without objects are found in all stores, and kept for the staff to see', async () => {
  const { videoId, keys } = await addVideo(rig, rig.files, { '360.mp4': 'small', '720.mp4': 'large' });
  const elsewhere = await addVideo(rig, rig.s3, { '360.mp4': 'there' });
  const orphan = keyOf('77', 'nobody', '360.mp4');
  await put(rig.s3, orphan, 'nobody');
  const gone = keys['720.mp4'] ?? '';
  await rig.files.remove([gone]);
  await rig.db('videos').where({ id: videoId }).update({ original_key: 'originals/1/source' });

  const media = rig.process({ clock: tomorrow });
  const found = await media.scan.run({ mend: false });
  expect(found).toMatchObject({ ok: true, objects: 3, orphans: 1, orphanBytes: 6, missing: 2, mended: 0 });
  const findings = await media.scan.findings(null, 10);
  expect(findings.map(({ key, problem }) => [problem, key])).toEqual([
    ['orphan', orphan],
    ['missing', gone],
    ['missing', 'originals/1/source'],
  ]);
  expect(await media.scan.last()).toMatchObject({ endedAt: expect.any(Date), orphans: 1, missing: 2 });
  // Nothing was touched.
  expect(await keysOf(rig.s3)).toEqual([orphan, ...Object.values(elsewhere.keys)].toSorted());
});

test('an object is no orphan while it is young', async () => {
  await put(rig.files, keyOf('77', 'young'), 'young');
  expect(await rig.process().scan.run({ mend: true })).toMatchObject({ orphans: 0 });
  expect(await keysOf(rig.files)).toHaveLength(1);
});

test('mending removes orphans, has videos made again, and forgets what comes back by itself', async () => {
  const asked: string[] = [];
  const { videoId, keys } = await addVideo(rig, rig.files, { '360.mp4': 'small' });
  await rig.files.remove(Object.values(keys));
  await put(rig.files, keyOf('77', 'nobody'), 'nobody');
  const lost = 'originals/1/source';
  await rig.db('videos').where({ id: videoId }).update({ original_key: lost });
  const remote = await addVideo(
    rig,
    rig.files,
    { 'poster.jpg': 'face' },
    { local: false, media_state: 'waiting' },
  );
  await rig.db('video_assets').where({ video_id: remote.videoId }).update({ role: 'poster' });
  await rig.files.remove(Object.values(remote.keys));
  const pictured = await rig.db('accounts').first('id');
  const avatar = keyOf(pictured.id, 'avatar', 'avatar.jpg');
  await rig
    .db('accounts')
    .where({ id: pictured.id })
    .update({ avatar_key: avatar, avatar_asked: 'https://b.test/a' });

  const media = rig.process({
    clock: tomorrow,
    remake: async (_tx, id) => {
      asked.push(id);
      return true;
    },
  });
  expect(await media.scan.run({ mend: true })).toMatchObject({ orphans: 1, missing: 4, mended: 5 });
  expect(asked).toEqual([videoId]);
  expect(await keysOf(rig.files)).toEqual([]);
  const row = await rig.db('videos').where({ id: videoId }).first('original_key');
  expect(row.original_key).toBeNull();
  expect(await rig.db('video_assets').where({ video_id: remote.videoId })).toEqual([]);
  const account = await rig.db('accounts').where({ id: pictured.id }).first('avatar_key', 'avatar_asked');
  expect(account).toEqual({ avatar_key: null, avatar_asked: null });
  // What is made again is missing until then; the rest is well.
  expect(await media.scan.run({ mend: false })).toMatchObject({ orphans: 0, missing: 1 });
});

test('pictures of profiles are no orphans, and are counted', async () => {
  const { videoId } = await addVideo(rig, rig.files, {});
  const { account_id } = await rig.db('videos').where({ id: videoId }).first('account_id');
  const avatar = keyOf(account_id, 'me', 'avatar.jpg');
  await put(rig.files, avatar, 'me');
  await rig.db('accounts').where({ id: account_id }).update({ avatar_key: avatar });
  const media = rig.process({ clock: tomorrow });
  expect(await media.scan.run({ mend: true })).toMatchObject({ orphans: 0, missing: 0 });
  expect((await media.checkContent()).counts.orphan).toBe(0);
  const { kinds } = await media.use.last();
  expect(kinds).toContainEqual({ kind: 'pictures', objects: 1, bytes: 2 });
});

test('one search runs at a time; one that is cut off says why', async () => {
  await addVideo(rig, rig.files, { '360.mp4': 'small' });
  const media = rig.process();
  expect(await media.scan.run({ mend: false })).toMatchObject({ ok: true });
  // As another process does that is not done yet, and one that died long ago.
  await rig.db('storage_scan').update({ started_at: new Date(), ended_at: null });
  expect(await media.scan.run({ mend: false })).toMatchObject({ ok: false, reason: 'busy' });
  await rig.db('storage_scan').update({ started_at: new Date(Date.now() - 13 * 3_600_000) });
  expect(await media.scan.run({ mend: false })).toMatchObject({ ok: true });
  const stopped = AbortSignal.abort(new Error('The server is stopping.'));
  await expect(media.scan.run({ mend: false, signal: stopped })).rejects.toThrow('stopping');
  expect(await media.scan.last()).toMatchObject({
    error: 'The server is stopping.',
    endedAt: expect.any(Date),
  });
  expect(await media.scan.run({ mend: false })).toMatchObject({ ok: true, error: null });
});
