import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { diskPlace } from '../../src/modules/storage/index.ts';
import { expectRefused, part, startUploadRig, type UploadRig } from '../helpers/upload-rig.ts';

const GB = 1024 ** 3;

describe('a disk that fills up', () => {
  let rig: UploadRig;
  let used = 0.5;
  beforeAll(async () => {
    const disk = { name: 'data', use: async () => ({ usedBytes: used * GB, totalBytes: GB }) };
    rig = await startUploadRig({}, { places: [disk] });
  });
  afterAll(() => rig?.server.close());
  beforeEach(async () => {
    await fill(0.5);
    await rig.newOwner();
  });
  afterEach(() => rig.clear());

  /** The rig's clock moves on, so that it is asked for again. */
  async function fill(share: number): Promise<void> {
    used = share;
    rig.moveClock(10_000);
    await rig.server.context.room.state();
  }

  test('takes uploads until it is nearly full, and again once there is room', async () => {
    await fill(0.9);
    expect((await rig.create(1_000)).status).toBe(201);
    await fill(0.94);
    const sentence = await expectRefused(await rig.create(1_000), 507, 'disk-full');
    expect(sentence).toMatch(/no room/);
    await fill(0.92);
    await expectRefused(await rig.create(1_000), 507, 'disk-full');
    await fill(0.89);
    expect((await rig.create(1_000)).status).toBe(201);
  });

  test('holds back what was begun, which goes on where it was', async () => {
    const upload = await rig.begin(300_000);
    expect((await rig.patch(upload.url, 0, part(0, 100_000))).status).toBe(204);
    await fill(0.95);
    const refused = await rig.patch(upload.url, 100_000, part(100_000));
    await expectRefused(refused, 507, 'disk-full');
    await fill(0.5);
    expect(await rig.offsetOf(upload.url)).toBe(100_000);
    expect((await rig.patch(upload.url, 100_000, part(100_000))).status).toBe(204);
    await rig.expectReceived(upload);
  });

  test('makes no copies of what other servers have from 85 percent on', async () => {
    const { room } = rig.server.context;
    await fill(0.84);
    expect(await room.takesCopies()).toBe(true);
    await fill(0.85);
    expect(await room.takesCopies()).toBe(false);
    expect((await rig.create(1_000)).status).toBe(201);
  });
});

test('a disk is measured as df does it', async () => {
  const use = await diskPlace('data', tmpdir()).use();
  const { blocks, bfree, bavail, bsize } = await statfs(tmpdir());
  expect(use).not.toBeNull();
  expect((use?.totalBytes ?? 0) - (use?.usedBytes ?? 0)).toBeGreaterThan(0.9 * bavail * bsize);
  expect(use?.totalBytes).toBeLessThanOrEqual(blocks * bsize);
  expect(use?.usedBytes).toBeGreaterThan(0.9 * (blocks - bfree) * bsize);
});

/** Mounting needs rights that not everybody has who runs tests. */
function mounted(path: string): boolean {
  try {
    execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('OP4 a real file system of 32 MB stops uploads before it is full', async ({ skip }) => {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-small-disk-'));
  if (!mounted(directory)) {
    await rm(directory, { recursive: true });
    return skip();
  }
  let rig: UploadRig | undefined;
  try {
    rig = await startUploadRig({ DATA_DIR: directory });
    await rig.newOwner();
    const { room } = rig.server.context;
    expect(await room.takesCopies()).toBe(true);
    expect((await rig.create(1_000)).status).toBe(201);
    await writeFile(join(directory, 'filler'), Buffer.alloc(28 * 1024 * 1024));
    rig.moveClock(10_000);
    expect(await room.takesCopies()).toBe(false);
    expect((await rig.create(1_000)).status).toBe(201);
    await expectRefused(await rig.create(3 * 1024 * 1024 - 1), 413, 'too-large');
    await writeFile(join(directory, 'more'), Buffer.alloc(2.3 * 1024 * 1024));
    rig.moveClock(10_000);
    await expectRefused(await rig.create(1_000), 507, 'disk-full');
  } finally {
    await rig?.server.close();
    execFileSync('/usr/bin/umount', [directory]);
    await rm(directory, { recursive: true, force: true });
  }
});
