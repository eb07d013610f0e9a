import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { mediaLimits } from '../config/media-limits.ts';

/** One run of a program that reads hostile files. */
export interface ProcessJob {
  /** The program and its arguments; never a shell line (security.md W11). */
  readonly command: readonly string[];
  /** Killed when it runs longer. */
  readonly deadlineMs: number;
  /** Killed when `onProgress` lines stop telling of new output for this long. */
  readonly stallMs?: number;
  readonly signal?: AbortSignal;
  /** Told the end of what was written so far, in seconds, as ffmpeg reports it on file descriptor 3. */
  readonly onProgress?: (outTimeSeconds: number) => void;
}

/** How a run ended. `exit` with code 0 is the only success. */
export interface ProcessEnd {
  readonly end: 'exit' | 'signal' | 'aborted' | 'stalled' | 'deadline' | 'overflow';
  readonly exitCode: number | null;
  /** The signal that ended it, by its name, when we did not send it. */
  readonly signal: string | null;
  readonly stdout: string;
  /** The last 8 KB. */
  readonly stderr: string;
  /** The last time reported, in seconds; 0 where none was. */
  readonly outTimeSeconds: number;
}

/**
 * What a child sees of our environment: no secret, no proxy, no locale. The search path is fixed, since
 * an environment variable is read in `config/` only.
 */
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin',
  LANG: 'C',
  AV_LOG_FORCE_NOCOLOR: '1',
};

const signalNames: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
};

/**
 * Runs a program to its end and never rejects for what it does; rejects where it cannot be started. The
 * process leads its own group, and the whole group is killed on abort, stall, deadline or too much output.
 */
export function runProcess(job: ProcessJob): Promise<ProcessEnd> {
  const [file = '', ...args] = job.command;
  return new Promise((resolve, reject) => {
    if (job.signal?.aborted) return resolve(unstarted);
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
      env: environment,
    });
    let verdict: ProcessEnd['end'] | undefined;
    let outTimeSeconds = 0;

    const kill = (reason: ProcessEnd['end']) => {
      verdict ??= reason;
      killGroup(child.pid);
    };
    const onAbort = () => kill('aborted');
    const deadline = setTimeout(() => kill('deadline'), job.deadlineMs);
    const stall = job.stallMs === undefined ? undefined : setTimeout(() => kill('stalled'), job.stallMs);
    job.signal?.addEventListener('abort', onAbort, { once: true });
    const settle = () => {
      clearTimeout(deadline);
      clearTimeout(stall);
      job.signal?.removeEventListener('abort', onAbort);
    };

    const stdout = collect(pipeOf(child, 1), mediaLimits.maxProbeJsonBytes, () => kill('overflow'));
    const stderr = collectTail(pipeOf(child, 2), mediaLimits.maxStderrBytes);
    readProgress(pipeOf(child, 3), (seconds) => {
      if (seconds === outTimeSeconds) return;
      outTimeSeconds = seconds;
      stall?.refresh();
      job.onProgress?.(seconds);
    });
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('close', (code, signal) => {
      settle();
      resolve({ ...ending(verdict, code, signal), stdout: stdout(), stderr: stderr(), outTimeSeconds });
    });
  });
}

const unstarted: ProcessEnd = {
  end: 'aborted',
  exitCode: null,
  signal: null,
  stdout: '',
  stderr: '',
  outTimeSeconds: 0,
};

/** A sandbox reports the signal that ended its program as 128 + number, and ffmpeg a SIGTERM as 255. */
function ending(verdict: ProcessEnd['end'] | undefined, code: number | null, signal: string | null) {
  const named = signal ?? (code === 255 ? 'SIGTERM' : (signalNames[(code ?? 0) - 128] ?? null));
  const end = verdict ?? (named === null ? ('exit' as const) : ('signal' as const));
  return { end, exitCode: code, signal: verdict ? null : named };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

function pipeOf(child: ChildProcess, descriptor: 1 | 2 | 3): Readable {
  const pipe = child.stdio[descriptor];
  if (!(pipe instanceof Readable)) throw new Error(`Descriptor ${descriptor} is no pipe`);
  return pipe;
}

function collect(stream: Readable, limit: number, onOverflow: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) onOverflow();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function collectTail(stream: Readable, limit: number): () => string {
  let tail = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-limit);
  });
  return () => tail.toString('utf8');
}

/** ffmpeg writes blocks of `key=value` lines; the time is `N/A` until the first packet is out. */
function readProgress(stream: Readable, onTime: (seconds: number) => void): void {
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(-100);
    for (const line of lines) {
      const match = /^out_time_us=(\d{1,15})$/.exec(line);
      if (match) onTime(Number(match[1]) / 1_000_000);
    }
  });
  // The program may close its end in any way it likes.
  stream.on('error', () => stream.destroy());
}
