import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../.cache/', import.meta.url));
const KEPT = join(CACHE, 'promtool');

/**
 * Prometheus' own checker of rules: the one of this machine, or the one out of Debian's package, which is unpacked and not
 * installed. Null where there is none to be had.
 */
export async function findPromtool(): Promise<string | null> {
  for (const program of ['promtool', KEPT]) if (await answers(program)) return program;
  await mkdir(CACHE, { recursive: true });
  const dir = await mkdtemp(join(CACHE, 'promtool-'));
  try {
    await run('apt-get', ['download', '-qq', 'prometheus'], { cwd: dir });
    const [archive = ''] = await readdir(dir);
    await run('dpkg-deb', ['-x', join(dir, archive), dir]);
    await rename(join(dir, 'usr/bin/promtool'), KEPT);
    return KEPT;
  } catch {
    return null;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const answers = (program: string) =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
