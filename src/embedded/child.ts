import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { embeddedLimits } from '../../config/limits.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { type StopSteps, stopProcess } from './processes.ts';
import { waitUntil } from './wait.ts';

const run = promisify(execFile);

/** The user that a child runs as when we are root; `undefined` keeps our own user. */
export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** How to run one program of the embedded stack. */
export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Must be passable for the user, because a child starts in it. */
  readonly cwd: string;
  readonly user: ServiceUser | undefined;
  readonly logFile: string;
  /** Sent by the kernel when our process is killed; Linux only. */
  readonly deathSignal: NodeJS.Signals;
  /** How it is stopped when it is no longer wanted. */
  readonly stopSteps: StopSteps;
}

/** A running part of the stack. */
export interface RunningPart {
  /** Resolves with how it ended, in words, asked for or not; never rejects. */
  readonly exit: Promise<string>;
  /** Resolves when it is gone; throws when it survives even SIGKILL. */
  readonly stop: () => Promise<void>;
}

/** A started program. */
export interface Child extends RunningPart {
  readonly hasExited: () => boolean;
  /** What it wrote into its log since it was started, at most the last few lines. */
  readonly logTail: () => Promise<string>;
}

/** Nothing of our own environment reaches a child: it holds secrets, and PG* variables would change PostgreSQL. */
export const childEnv: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/**
 * Starts a program in its own process group, so that Ctrl-C in a terminal does not reach it, with its
 * output in a file rather than a pipe, so that it can stop cleanly after we were killed.
 * Fails with `not-started` when the program is absent or may not be run.
 */
export async function startChild(options: ChildOptions): Promise<Result<{ child: Child }, 'not-started'>> {
  const log = await openLog(options.logFile);
  const begin = (await log.stat()).size;
  const [command = '', ...args] = [
    ...(await dieWithParent(options.deathSignal)),
    options.command,
    ...options.args,
  ];
  try {
    const spawned = spawn(command, args, {
      cwd: options.cwd,
      env: childEnv,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
    });
    let ended = false;
    const exit = new Promise<string>((resolve) => {
      spawned.once('exit', (code, signal) => {
        ended = true;
        resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
      });
    });
    await once(spawned, 'spawn');
    const { pid = 0 } = spawned;
    const stop = async () => {
      if (await stopProcess(pid, () => !ended, options.stopSteps)) return;
      throw new Error(`${options.command} (process ${pid}) does not stop, not even when killed.`);
    };
    const logTail = () => readTail(options.logFile, begin);
    return ok({ child: { exit, stop, hasExited: () => ended, logTail } });
  } catch (error) {
    return fail('not-started', `${options.command} could not be started: ${messageOf(error)}`);
  } finally {
    await log.close();
  }
}

/**
 * Waits until `ask` is answered; resolves with what is wrong when the child ends first, when `ask` fails
 * for a reason that `isFinal` takes for lasting, or after `maxStartMs`.
 */
export async function whyNotServing(
  child: Child,
  ask: () => Promise<unknown>,
  options: { readonly isFinal: (error: unknown) => boolean; readonly onSlow: () => void },
): Promise<string | undefined> {
  let refusal: string | undefined;
  const settled = async () => {
    if (child.hasExited()) return true;
    try {
      // A stranger that took the port in the last moment may never answer; the child ends then.
      await Promise.race([ask(), child.exit]);
      refusal = undefined;
      return true;
    } catch (error) {
      refusal = messageOf(error);
      return options.isFinal(error);
    }
  };
  if (!(await waitUntil(settled, embeddedLimits.slowStartNoticeMs))) {
    options.onSlow();
    await waitUntil(settled, embeddedLimits.maxStartMs);
  }
  if (!child.hasExited()) return refusal;
  return `it ended with ${await child.exit}. ${await child.logTail()}`;
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port.');
  return address.port;
}

/** The text of an error, for a message to people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function openLog(path: string) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > embeddedLimits.maxLogBytes) await rename(path, `${path}.old`);
  return open(path, 'a', 0o600);
}

async function readTail(path: string, begin: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(begin, size - embeddedLimits.maxQuotedLogBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(size - from, 0)), { position: from });
    return buffer.subarray(0, bytesRead).toString('utf8').trim();
  } finally {
    await file.close();
  }
}

let deathSignalSupport: Promise<boolean> | undefined;

/** The words before a command that make Linux signal it when we die, where util-linux offers that. */
async function dieWithParent(signal: NodeJS.Signals): Promise<readonly string[]> {
  deathSignalSupport ??= run('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).then(
    () => true,
    () => false,
  );
  return (await deathSignalSupport) ? ['setpriv', '--pdeathsig', signal.replace('SIG', ''), '--'] : [];
}
