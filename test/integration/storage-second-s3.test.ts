import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { originalKey } from '../../media/keys.ts';
import { createS3Storage } from '../../media/storage/s3.ts';
import type { ObjectStorage } from '../../media/storage/storage.ts';
import { eventually } from '../helpers/chaos.ts';
import { startS3, type TestS3 } from '../helpers/s3-server.ts';
import { testVariables } from '../helpers/server.ts';
import {
  addVideo,
  createStorageRig,
  keyOf,
  keysOf,
  put,
  read,
  type StorageRig,
} from '../helpers/storage-rig.ts';

const SLOW_MS = 120_000;

let rig: StorageRig;
let other: TestS3;
let secondS3: ObjectStorage;

beforeAll(async () => {
  rig = await createStorageRig();
  other = await startS3(join(rig.directory, 'second'));
  secondS3 = createS3Storage({ ...other, region: 'us-east-1', bucket: 'vireo' });
  expect(await rig.process({ secondS3 }).check()).toEqual({ ok: true });
});

beforeEach(async () => {
  await rig.empty();
  await secondS3.remove(await keysOf(secondS3));
});

afterAll(async () => {
  await other?.close();
  await rig?.close();
});

/** A server before the move, during it, and once the new object storage has taken the place of the old. */
const withOld = () => rig.process();
const withBoth = () => rig.process({ secondS3 });
const swapped = () => rig.process({ s3: secondS3, secondS3: rig.s3 });
const withNew = () => rig.process({ s3: secondS3 });

describe('OP15 from one object storage to another', () => {
  test('everything goes there from wherever it lay, and is found whatever the two are called', async () => {
    const [inFiles, inS3] = [keyOf('v1', 'of the disk'), keyOf('v2', 'of the bucket')];
    await put(rig.files, inFiles, 'of the disk');
    await put(rig.s3, inS3, 'of the bucket');
    const wouldMove = await withBoth().move('second-s3', { dryRun: true });
    expect(wouldMove).toMatchObject({ ok: true, objects: 2, bytes: 24 });
    expect(await keysOf(secondS3)).toEqual([]);
    expect(await rig.db('storage_state')).toEqual([]);

    expect(await withBoth().move('second-s3')).toMatchObject({ ok: true, objects: 2, damaged: [] });
    expect(await keysOf(secondS3)).toEqual([inFiles, inS3].toSorted());
    expect([...(await keysOf(rig.files)), ...(await keysOf(rig.s3))]).toEqual([]);
    // Process by process gets its new variables: all read the same, and write to one place.
    for (const [at, one] of [withBoth(), swapped(), withNew()].entries()) {
      expect(await one.check()).toEqual({ ok: true });
      expect(await read(one.objects, inS3)).toBe('of the bucket');
      await put(one.objects, `media/new-${at}.txt`, 'x');
      expect(await keysOf(secondS3, 'media/new-')).toContain(`media/new-${at}.txt`);
    }
    expect(await keysOf(rig.s3)).toEqual([]);
    expect(await swapped().move('second-s3')).toMatchObject({ ok: true, objects: 5 });
    expect(await keysOf(secondS3)).toEqual([]);
  });

  test('a server that knows the old one only is told where its media are, and does not start', async () => {
    const { keys } = await addVideo(rig, rig.s3, { '360.mp4': 'content' });
    await withBoth().move('second-s3');
    const refused = await withOld().check();
    expect(refused).toMatchObject({ ok: false, reason: 'storage-unusable' });
    expect(refused.ok ? '' : refused.detail).toContain(`${other.endpoint}/vireo`);
    // One that runs on writes nowhere, rather than to the wrong place.
    await expect(put(withOld().objects, 'media/a.txt', 'x')).rejects.toThrow('not configured');
    // Copied by other means, or under another address: what lies in it tells.
    await put(rig.s3, keys['360.mp4'] ?? '', 'content');
    expect(await withOld().check()).toEqual({ ok: true });
    await put(withOld().objects, 'media/a.txt', 'x');
    expect(await keysOf(rig.s3, 'media/a.txt')).toEqual(['media/a.txt']);
  });

  test('without a second one, nothing can be moved there', async () => {
    expect(await withOld().move('second-s3')).toMatchObject({ ok: false, reason: 'no-s3' });
  });

  test('uploads past the server end where they began', async () => {
    const [key, later] = [originalKey('v1'), originalKey('v2')];
    const { multipart } = withBoth().objects;
    const sent = async (at: string, uploadId: string) => {
      const url = (await swapped().objects.multipart?.presignPart(at, uploadId, 1)) ?? '';
      const part = await fetch(url, { method: 'PUT', body: 'hello' });
      return [{ partNumber: 1, etag: (part.headers.get('etag') ?? '').replaceAll('"', '') }];
    };
    const begun = (await multipart?.begin(key)) ?? '';
    await withBoth().move('second-s3');
    const next = (await withBoth().objects.multipart?.begin(later)) ?? '';
    // By now the two have changed their names.
    await swapped().objects.multipart?.complete(key, begun, await sent(key, begun), 5);
    await swapped().objects.multipart?.complete(later, next, await sent(later, next), 5);
    expect(await read(rig.s3, key)).toBe('hello');
    expect(await read(secondS3, later)).toBe('hello');
    // What ended in the old one is taken along by the next move.
    expect(await swapped().move('s3')).toMatchObject({ ok: true, objects: 1 });
    expect(await keysOf(secondS3)).toEqual([key, later].toSorted());
  });
});

async function expectAll(store: ObjectStorage, objects: ReadonlyMap<string, string>): Promise<void> {
  const contents = await Promise.all([...objects.keys()].map((key) => read(store, key)));
  expect(contents).toEqual([...objects.values()]);
}

test('OP15 a move whose process is killed half-way loses nothing, and is carried out when it is repeated', {
  timeout: SLOW_MS,
}, async () => {
  const objects = new Map<string, string>();
  for (let at = 0; at < 120; at += 1) {
    const content = `object ${at} `.repeat(2_000);
    objects.set(keyOf(`v${at}`, content), content);
  }
  await Promise.all([...objects].map(([key, content]) => put(rig.s3, key, content)));
  const env = {
    ...(await testVariables('127.0.0.1', 0)),
    ...{ PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '' },
    ...{ DATABASE_URL: rig.databaseUrl, DATA_DIR: join(rig.directory, 'data'), S3_BUCKET: 'vireo' },
    ...{ S3_ENDPOINT: rig.server.endpoint, SECOND_S3_ENDPOINT: other.endpoint, SECOND_S3_BUCKET: 'vireo' },
    ...{ S3_ACCESS_KEY: rig.server.accessKey, S3_SECRET_KEY: rig.server.secretKey },
    ...{ SECOND_S3_ACCESS_KEY: other.accessKey, SECOND_S3_SECRET_KEY: other.secretKey },
  };
  const move = () =>
    spawn(process.execPath, ['src/cli/main.ts', '--json', 'storage', 'move', '--to', 'second-s3'], {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  for (const wanted of [10, 60]) {
    const moving = move();
    await eventually(
      'some are moved',
      async () => moving.exitCode !== null || (await keysOf(secondS3)).length > wanted,
      SLOW_MS,
    );
    moving.kill('SIGKILL');
    await once(moving, 'exit');
    expect(moving.signalCode).toBe('SIGKILL');
    const server = withBoth();
    await expectAll(server.objects, objects);
    expect((await keysOf(rig.s3)).length).toBeGreaterThan(0);
  }
  const last = move();
  let said = '';
  last.stdout.on('data', (part: Buffer) => {
    said += part;
  });
  await once(last, 'close');
  expect(JSON.parse(said)).toMatchObject({ ok: true, message: expect.stringMatching(/moved and verified/) });
  // The two that were killed have done no more than a part of it.
  expect(await rig.db('audit_log').pluck('action')).toEqual(['storage.move']);
  expect(await keysOf(rig.s3)).toEqual([]);
  expect(await keysOf(secondS3)).toEqual([...objects.keys()].toSorted());
  await expectAll(secondS3, objects);
});
