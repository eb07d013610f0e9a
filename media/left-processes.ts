import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** What is put around ffmpeg (ffmpeg-prefix.ts), and ffmpeg under the names that it is given. */
const OURS = /^(setpriv|prlimit|nice|bwrap)$|ffmpeg|ffprobe/;

/**
 * Ends what works on a folder that nobody comes back for. A sandbox whose parent is killed before it is tied to it waits for a word
 * that never comes, and nothing in the kernel ends it. Linux only: elsewhere there is no such sandbox.
 */
export async function endProcessesOn(dir: string): Promise<void> {
  const names = await readdir('/proc').catch(() => []);
  for (const pid of names.filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [program = '', ...args] = line.split('\0');
    if (!OURS.test(basename(program)) || !args.some((arg) => arg.includes(dir))) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has just ended, or belongs to somebody else.
    }
  }
}
