import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Logger } from '../lib/log.ts';
import { waitUntil } from './wait.ts';

const run = promisify(execFile);

/** One signal after the other, each with the time that it is given to work, in milliseconds. */
export type StopSteps = readonly (readonly [NodeJS.Signals, number])[];

/**
 * What tells a running process from every other that had or will have the same number: the boot of the
 * machine and the moment the process began. `undefined` when no such process runs (a zombie does not).
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return psField(pid, 'lstart=');
  const [stat, boot] = await Promise.all([
    readOptional(`/proc/${pid}/stat`),
    readOptional('/proc/sys/kernel/random/boot_id'),
  ]);
  if (stat === undefined) return undefined;
  // proc(5): the name in parentheses may itself hold spaces and parentheses; state is field 3, start field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? undefined : `${boot?.trim() ?? ''}:${started}`;
}

/**
 * Whether `pid` runs a program of this name that was told about `path`. A pid file that outlived its
 * process may name a stranger by now; nothing is ever stopped without this check.
 */
async function isRunning(pid: number, program: RegExp, path: string): Promise<boolean> {
  const line =
    process.platform === 'linux'
      ? (await readOptional(`/proc/${pid}/cmdline`))?.replaceAll('\0', ' ')
      : await psField(pid, 'command=');
  if (line === undefined) return false;
  const words = `${line.trimEnd()} `;
  return words.includes(` ${path} `) && program.test(words.slice(0, words.indexOf(path)));
}

/** Sends each signal in turn until the process is gone; resolves with whether it is. */
export async function stopProcess(
  pid: number,
  isAlive: () => boolean | Promise<boolean>,
  steps: StopSteps,
): Promise<boolean> {
  for (const [signal, timeoutMs] of steps) {
    if (!(await isAlive())) return true;
    signalProcess(pid, signal);
    if (await waitUntil(async () => !(await isAlive()), timeoutMs)) return true;
  }
  return false;
}

/**
 * Stops the program that a killed predecessor left running, if its pid file still tells the truth.
 * A pid file that names a stranger is removed: PostgreSQL would take the stranger for itself and refuse to start.
 */
export async function stopOrphan(options: {
  readonly pidFile: string;
  readonly program: RegExp;
  /** A path among its arguments that no other program was given. */
  readonly path: string;
  readonly steps: StopSteps;
  readonly log: Logger;
}): Promise<void> {
  const { program, path, log } = options;
  const pid = await readPidFile(options.pidFile);
  if (pid === undefined) return;
  const identity = await processIdentity(pid);
  if (identity === undefined) return;
  if (!(await isRunning(pid, program, path))) return rm(options.pidFile, { force: true });
  log.warn({ pid, path }, 'stopping a child that an earlier process left behind');
  // A dying process loses its command line first and its files and ports later; only its identity tells.
  const isAlive = async () => (await processIdentity(pid)) === identity;
  await stopProcess(pid, isAlive, options.steps);
}

/** The number on the first line of a pid file, or `undefined` when there is none. */
async function readPidFile(path: string): Promise<number | undefined> {
  const pid = Number.parseInt((await readOptional(path)) ?? '', 10);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}

/** The text of a file, or `undefined` when it does not exist (or vanishes while it is being read). */
export async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Whether an error of the operating system carries one of these codes. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isSystemError(error, 'ESRCH')) throw error;
  }
}

async function psField(pid: number, field: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', field, '-p', String(pid)]);
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch {
    // ps exits with 1 when there is no such process.
    return undefined;
  }
}
