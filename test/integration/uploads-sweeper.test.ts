import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { videoLimits } from '../../config/limits.ts';
import { originalKey } from '../../media/keys.ts';
import { createGate, eventually } from '../helpers/chaos.ts';
import { type Begun, bytes, part, startUploadRig, type UploadRig } from '../helpers/upload-rig.ts';

let rig: UploadRig;

beforeAll(async () => {
  rig = await startUploadRig();
});

afterAll(() => rig.server.close());

beforeEach(() => rig.newOwner());

afterEach(async () => {
  vi.restoreAllMocks();
  await rig.clear();
});

/** Calls the sweeper of the server, by moving its clock on; gives the lists that it asks for. */
async function sweepBegins(by = 20_000) {
  const asked = vi.spyOn(rig.server.context.videos, 'uploadsBefore');
  rig.moveClock(by);
  await eventually('the sweeper has come by', () => asked.mock.calls.length > 0);
  return asked.mock.results;
}

/** Waits until the sweeper has gone through what there is to finish, and begins with what is too old. */
async function sweeps(by?: number): Promise<void> {
  const lists = await sweepBegins(by);
  await eventually('the sweeper is nearly done', () => lists.length > 1);
}

/** An upload whose bytes all lie on the disk, but whose last request died before it was finished. */
async function cutOff(): Promise<Begun> {
  const upload = await rig.begin();
  await writeFile(join(rig.folder, upload.uploadId), bytes);
  return upload;
}

describe('the sweeper of uploads', () => {
  test('and the request that finishes an upload do it once', async () => {
    const upload = await rig.begin();
    const gate = createGate();
    const { storage } = rig.server.context;
    const putFile = storage.putFile.bind(storage);
    vi.spyOn(storage, 'putFile').mockImplementationOnce(async (...args) => {
      await gate.pass();
      await putFile(...args);
    });
    const finishing = rig.patch(upload.url, 0, part(0));
    await gate.reached;
    const lists = await sweepBegins();
    expect(await lists[0]?.value).toContain(upload.uploadId);
    gate.open();
    expect((await finishing).status).toBe(204);
    await rig.expectReceived(upload);
  });

  test('finishes an upload whose last step was cut off', async () => {
    const upload = await cutOff();
    await sweeps();
    await eventually('it is received', async () => (await rig.stateOf(upload.videoId)) === 'received');
    await eventually('the files are gone', async () => (await rig.filesOf(upload.uploadId)).length === 0);
    await rig.expectReceived(upload);
  });

  test('goes on from a crash between the store and the row', async () => {
    const upload = await cutOff();
    await rig.server.context.storage.putFile(originalKey(upload.videoId), join(rig.folder, upload.uploadId), {
      contentType: 'application/octet-stream',
    });
    await sweeps();
    await eventually('the files are gone', async () => (await rig.filesOf(upload.uploadId)).length === 0);
    await rig.expectReceived(upload);
  });

  test('leaves alone what is still on its way, or lies on another machine', async () => {
    const half = await rig.begin();
    await rig.patch(half.url, 0, part(0, 1_000));
    const elsewhere = await rig.begin();
    await rm(join(rig.folder, elsewhere.uploadId));
    await sweeps();
    expect(await rig.stateOf(half.videoId)).toBe('uploading');
    expect(await rig.stateOf(elsewhere.videoId)).toBe('uploading');
    expect(await rig.offsetOf(half.url)).toBe(1_000);
  });

  test('is not held back by an upload that cannot be finished', async () => {
    const [broken, fine] = [await cutOff(), await cutOff()];
    const { storage } = rig.server.context;
    const putFile = storage.putFile.bind(storage);
    vi.spyOn(storage, 'putFile').mockImplementation(async (key, ...rest) => {
      if (key === originalKey(broken.videoId)) throw new Error('This object cannot be stored.');
      await putFile(key, ...rest);
    });
    await sweeps();
    await eventually('the other is received', async () => (await rig.stateOf(fine.videoId)) === 'received');
    expect(await rig.stateOf(broken.videoId)).toBe('uploading');
  });

  test('removes files that no upload names any more, once they are old', async () => {
    const [old, young] = ['a'.repeat(32), 'b'.repeat(32)];
    const before = new Date(Date.now() - videoLimits.uploadLifetimeMs);
    for (const name of [old, `${old}.json`]) {
      await writeFile(join(rig.folder, name), 'left over');
      await utimes(join(rig.folder, name), before, before);
    }
    await writeFile(join(rig.folder, young), 'just made');
    await mkdir(join(rig.folder, 'not-ours'), { recursive: true });
    await sweeps();
    await eventually('the old file is gone', async () => (await rig.filesOf(old)).length === 0);
    expect(await readFile(join(rig.folder, young), 'utf8')).toBe('just made');
    expect(await readdir(rig.folder)).toContain('not-ours');
  });

  // The last, because from then on the server believes that it is tomorrow.
  test('drops what nobody finished in a day, with its post and its file', async () => {
    const upload = await rig.begin();
    await rig.patch(upload.url, 0, part(0, 1_000));
    await sweeps(videoLimits.uploadLifetimeMs + 60_000);
    await eventually('the post is gone', async () => (await rig.stateOf(upload.videoId)) === null);
    await eventually('the files are gone', async () => (await rig.filesOf(upload.uploadId)).length === 0);
    expect(await rig.server.context.db('uploads')).toEqual([]);
  });
});
