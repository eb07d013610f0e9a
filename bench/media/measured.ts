import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Number of prctl(2) in Linux, which Node.js does not offer. */
const PRCTL: Readonly<Record<string, number>> = { x64: 157, arm64: 167 };

/** What one program and all that it started have spent. */
export interface Spent {
  readonly cpuSeconds: number;
  readonly command: string;
}

/** A `nice` that writes down what is spent by the programs it runs. */
export interface Counter {
  /** Takes the place of nice(1). */
  readonly path: string;
  /** Everything that ended so far, in that order. */
  read(): Promise<Spent[]>;
}

/**
 * Writes a program into a directory that runs its arguments by nice(1) and notes the CPU seconds of all that came of
 * them. As a subreaper (36, prctl(2)) it inherits what loses its parent: bubblewrap's outer half ends before its inner
 * half does, and what is spent in a sandbox would otherwise be nobody's. Needs Linux and Perl.
 */
export async function createCounter(directory: string): Promise<Counter> {
  const prctl = process.platform === 'linux' ? PRCTL[process.arch] : undefined;
  if (prctl === undefined) throw new Error('This benchmark needs Linux on x64 or arm64.');
  const path = join(directory, 'counting-nice');
  const script = `#!/usr/bin/perl
syscall(${prctl}, 36, 1, 0, 0, 0) == 0 or die 'prctl';
my $status = system('nice', @ARGV);
1 while wait() != -1;
my @times = times;
open(my $log, '>>', '${path}.log') or die 'log';
(my $command = join(' ', @ARGV)) =~ s/\\s+/ /g;
printf $log "%.2f %s\\n", $times[2] + $times[3], $command;
exit($status == 0 ? 0 : 1);
`;
  await writeFile(path, script, { mode: 0o755 });
  return openCounter(path);
}

/** The same counter, in another process. */
export function openCounter(path: string): Counter {
  return {
    path,
    async read() {
      const log = await readFile(`${path}.log`, 'utf8').catch(() => '');
      const lines = log.split('\n').filter((line) => line !== '');
      return lines.map((line) => {
        const [cpu = '', ...words] = line.split(' ');
        return { cpuSeconds: Number(cpu), command: words.join(' ') };
      });
    },
  };
}

/** Runs a program to its end at the priority of our encoders. Rejects where it fails. */
export async function measured(
  counter: Counter,
  command: readonly string[],
): Promise<{ readonly cpuSeconds: number; readonly wallSeconds: number; readonly stdout: string }> {
  const started = performance.now();
  const { stdout } = await run(counter.path, ['-n', '10', ...command], { maxBuffer: 16 * 1024 * 1024 });
  const wallSeconds = (performance.now() - started) / 1_000;
  const cpuSeconds = (await counter.read()).at(-1)?.cpuSeconds ?? Number.NaN;
  return { cpuSeconds, wallSeconds, stdout };
}

/** Runs a file with this Node.js; gives what it says, which is JSON. */
export async function said<T>(file: string, ...args: readonly string[]): Promise<T> {
  const { stdout } = await run(process.execPath, [file, ...args], { maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout) as T;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
