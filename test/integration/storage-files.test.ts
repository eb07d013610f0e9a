import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaLimits } from '../../config/media-limits.ts';
import { createFileStorage } from '../../media/storage/files.ts';

const mp4 = { contentType: 'video/mp4' };
const text = (value: string) => Buffer.from(value);

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-files-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('files', () => {
  test('links below the root are neither read nor written through', async () => {
    const root = join(directory, 'links');
    const outside = join(directory, 'outside');
    await mkdir(outside, { recursive: true });
    await writeFile(join(outside, 'secret.txt'), 'secret');
    const storage = createFileStorage({ root });
    await storage.check();
    await symlink(join(outside, 'secret.txt'), join(root, 'link.txt'));
    await symlink(outside, join(root, 'linked'));
    expect(await storage.open('link.txt')).toBeNull();
    expect(await storage.open('linked/secret.txt')).toBeNull();
    await expect(
      storage.putBytes('linked/new.txt', text('x'), { contentType: 'text/plain' }),
    ).rejects.toThrow('symbolic link');
    await storage.remove(['linked/secret.txt']);
    expect(await readdir(outside)).toEqual(['secret.txt']);
  });

  test('removing the last object removes its directories, and a failed put leaves no temporary file', async () => {
    const root = join(directory, 'tidy');
    const storage = createFileStorage({ root });
    await storage.putBytes('media/7/a.mp4', text('x'), mp4);
    await storage.remove(['media/7/a.mp4']);
    expect(await readdir(root)).toEqual(['.tmp']);
    await expect(storage.putFile('media/7/b.mp4', join(root, 'gone'), mp4)).rejects.toThrow();
    expect(await readdir(join(root, '.tmp'))).toEqual([]);
  });

  test('putting and removing at once never loses a put', async () => {
    const storage = createFileStorage({ root: join(directory, 'race') });
    for (let round = 1; round < 100; round += 1) {
      let writing = true;
      // Each removal of an absent object also removes the directory of the video where it is empty.
      const removals = [1, 2, 3, 4].map(async () => {
        while (writing) await storage.remove([`media/${round}/none.mp4`]);
      });
      await storage.putBytes(`media/${round}/kept.mp4`, text('x'), mp4).finally(() => {
        writing = false;
      });
      await Promise.all(removals);
      expect(await storage.stat(`media/${round}/kept.mp4`)).not.toBeNull();
    }
  });

  test('check sweeps what a crash left half written, but not what is being written', async () => {
    const root = join(directory, 'swept');
    const storage = createFileStorage({ root });
    await storage.check();
    await writeFile(join(root, '.tmp', 'old'), 'x');
    await writeFile(join(root, '.tmp', 'fresh'), 'x');
    const longAgo = new Date(Date.now() - mediaLimits.staleTemporaryFileMs - 60_000);
    await utimes(join(root, '.tmp', 'old'), longAgo, longAgo);
    expect(await storage.check()).toEqual({ ok: true });
    expect(await readdir(join(root, '.tmp'))).toEqual(['fresh']);
  });

  test('a root that cannot be made is reported with its path', async () => {
    await writeFile(join(directory, 'a-file'), 'x');
    const outcome = await createFileStorage({ root: join(directory, 'a-file', 'below') }).check();
    expect(outcome).toMatchObject({ ok: false, reason: 'storage-unusable' });
    expect(outcome.ok || outcome.detail).toContain('a-file');
  });
});
