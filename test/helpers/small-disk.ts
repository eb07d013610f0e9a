import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of 32 MB; null where one may not be mounted: that needs rights that not everybody has. */
export async function mountSmallDisk() {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-small-disk-'));
  try {
    execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', directory], {
      stdio: 'ignore',
    });
  } catch {
    await rm(directory, { recursive: true });
    return null;
  }
  return {
    directory,
    async close() {
      execFileSync('/usr/bin/umount', [directory]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
