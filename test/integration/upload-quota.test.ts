import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bytes, expectRefused, part, startUploadRig, type UploadRig } from '../helpers/upload-rig.ts';

const MB = 1024 * 1024;
let rig: UploadRig;

beforeAll(async () => {
  rig = await startUploadRig({ MAX_STORAGE_PER_ACCOUNT_MB: '2' });
});

afterAll(() => rig?.server.close());

beforeEach(() => rig.newOwner());

afterEach(() => rig.clear());

/** Puts an object of so many bytes on the account of a video. */
async function addAsset(videoId: string, size: number): Promise<void> {
  const asset = { key: `media/${videoId}/x`, video_id: videoId, role: 'mp4', content_type: 'video/mp4' };
  await rig.server.context.db('video_assets').insert({ ...asset, bytes: size, sha256: '' });
}

test('an upload that would fill the account is refused, with all numbers', async () => {
  const upload = await rig.begin(MB);
  const sentence = await (async () => {
    await rig.begin(MB - 100_000);
    return expectRefused(await rig.create(150_000), 413, 'storage-full');
  })();
  expect(sentence).toContain('2 MB of your 2 MB');
  expect(sentence).toContain('0.2 MB');
  // What exactly fits does.
  expect((await rig.create(100_000)).status).toBe(201);
  await expectRefused(await rig.create(1), 413, 'storage-full');
  // What is taken back makes room, and others have their own.
  await rig.terminate(upload.url);
  expect((await rig.create(MB)).status).toBe(201);
  await rig.newOwner();
  expect((await rig.create(MB)).status).toBe(201);
});

test('what was uploaded counts as long as it is kept, and so do all objects made of it', async () => {
  const upload = await rig.begin();
  await rig.patch(upload.url, 0, part(0));
  await rig.expectReceived(upload);
  await addAsset(upload.videoId, MB);
  const left = MB - bytes.length;
  await expectRefused(await rig.create(left + 1), 413, 'storage-full');
  expect((await rig.create(left)).status).toBe(201);
  await rig.server.context.db('videos').where({ id: upload.videoId }).update({ original_key: null });
  expect((await rig.create(bytes.length)).status).toBe(201);
  await expectRefused(await rig.create(1), 413, 'storage-full');
});

test('uploads that begin at once do not all get the last place', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => rig.create(MB)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, ...Array(6).fill(413)]);
});
