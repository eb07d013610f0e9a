import { mediaLimits } from '../config/media-limits.ts';
import type { Logger } from '../src/lib/log.ts';
import { fail, ok, type Result } from '../src/lib/result.ts';
import { confine, guardedInput, type MediaInput, type Tools } from './ffmpeg-prefix.ts';
import { type ProcessEnd, runProcess } from './ffmpeg-process.ts';

/** The one way to run ffmpeg and ffprobe. */
export interface Ffmpeg {
  /** Reads one input, or two, and writes files into one directory. Media faults are outcomes, never exceptions. */
  run(job: FfmpegJob): Promise<RunOutcome>;
  /** Asks ffprobe about a file: JSON text with the format and its streams, packets counted. */
  probe(input: MediaInput, signal?: AbortSignal): Promise<ProbeOutcome>;
  /** What was found on this machine; looked up once. */
  describe(): Promise<FfmpegDescription>;
  /** Whether uploads can be processed here, with the parts that are missing if not. */
  check(): Promise<Result<{ readonly description: FfmpegDescription }>>;
}

export interface FfmpegJob {
  readonly input: MediaInput;
  /** Read behind the same walls as the first; it is number 1 in `-map`. */
  readonly secondInput?: MediaInput;
  /** Everything after the input. Paths must lie in `outputDirectory`. */
  readonly args: readonly string[];
  /** Absolute; the only place that can be written. */
  readonly outputDirectory: string;
  /** Length of the result, for `onProgress`. */
  readonly durationSeconds?: number;
  /** Told a rising fraction from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  readonly stallMs?: number;
  /** For filters that measure: what they say at the end is the result, as `said`. */
  readonly listen?: boolean;
}

export type RunOutcome =
  | {
      readonly ok: true;
      readonly outTimeSeconds: number;
      /** The last words of ffmpeg, where the job listens. Texts of the file may be among them. */
      readonly said?: string;
    }
  | {
      readonly ok: false;
      /**
       * `failed`: ffmpeg gave up on the media. `crashed`: it died of it. `killed`: something outside
       * ended it, and another try may work. `disk-full`: nothing is known about the media.
       */
      readonly reason: 'failed' | 'crashed' | 'killed' | 'stalled' | 'deadline' | 'aborted' | 'disk-full';
      /** The last words of ffmpeg, for the log. They may quote the file, so never show them to people. */
      readonly stderr: string;
    };

export type ProbeOutcome =
  | {
      readonly ok: true;
      readonly json: string;
      /** Its last words: what it could not read of the file. Texts of the file may be among them. */
      readonly said?: string;
    }
  | Extract<RunOutcome, { ok: false }>;

export interface FfmpegDescription {
  /** Such as `5.1.9`, or null where ffmpeg cannot be started. */
  readonly version: string | null;
  readonly sandbox: 'bubblewrap' | 'none';
  readonly limits: 'prlimit' | 'none';
  /** Whether HDR can be turned into the standard range. */
  readonly canToneMap: boolean;
  /** Whether sounds can be told apart (Chromaprint); an option when ffmpeg is built. */
  readonly canFingerprint: boolean;
  /** Encoders and filters that this build lacks. */
  readonly missing: readonly string[];
}

export interface FfmpegDeps {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  /** Threads of each decoder, filter graph and encoder. */
  readonly threads: number;
  readonly log: Logger;
  /** Names or paths of the helpers; null leaves one out. By default they are looked up by name. */
  readonly tools?: Partial<Tools>;
}

const neededEncoders = ['libx264', 'aac', 'mjpeg', 'libwebp', 'rawvideo'];
const neededFilters =
  'aformat alimiter amix anull anullsrc apad aresample asetpts asplit atrim concat crop format fps hstack loudnorm overlay pad scale select setpts setsar split tile tpad trim volume vstack'.split(
    ' ',
  );
const toneMapFilters = ['zscale', 'tonemap'];

/**
 * Wraps ffmpeg and ffprobe: allow lists, limits, sandbox, progress, and the death of the whole process
 * group when time is up (media.md 3, security.md M1 to M5). Nothing is run before the first call.
 */
export function createFfmpeg(deps: FfmpegDeps): Ffmpeg {
  let found: Promise<FoundTools> | undefined;
  let description: Promise<FfmpegDescription> | undefined;

  const lookUp = () => {
    found ??= findTools(deps);
    return found;
  };
  const describe = () => {
    description ??= lookUp().then((tools) => explore(deps, tools));
    return description;
  };

  return {
    run: async (job) => runJob(deps, (await lookUp()).tools, job),
    probe: async (input, signal) => probeInput(deps, (await lookUp()).tools, input, signal),
    describe,
    check: async () => judge(deps, await describe()),
  };
}

async function runJob(deps: FfmpegDeps, tools: Tools, job: FfmpegJob): Promise<RunOutcome> {
  const deadlineMs = job.deadlineMs ?? mediaLimits.stepTimeoutMs;
  const threads = String(deps.threads);
  const inputs = [job.input, ...(job.secondInput ? [job.secondInput] : [])];
  const args = [
    ...[
      '-nostdin',
      '-hide_banner',
      '-v',
      job.listen ? 'info' : 'error',
      '-y',
      '-nostats',
      '-progress',
      'pipe:3',
    ],
    ...['-max_alloc', String(mediaLimits.maxSingleAllocationBytes)],
    ...['-filter_threads', threads, '-filter_complex_threads', threads, '-threads', threads],
    ...inputs.flatMap(guardedInput),
    ...job.args,
  ];
  const walls = {
    readable: inputs.map(({ path }) => path),
    writable: job.outputDirectory,
    cpuSeconds: (deadlineMs / 1_000) * deps.threads,
    threads: deps.threads,
  };
  const end = await runProcess({
    command: confine(tools, walls, deps.ffmpegPath, args),
    deadlineMs,
    stallMs: job.stallMs ?? mediaLimits.stallMs,
    onProgress: risingFraction(job),
    ...(job.signal ? { signal: job.signal } : {}),
  });
  if (end.end === 'exit' && end.exitCode === 0) {
    const { outTimeSeconds, stderr } = end;
    return { ok: true, outTimeSeconds, ...(job.listen ? { said: stderr } : {}) };
  }
  return failureOf(end, deps.log);
}

async function probeInput(
  deps: FfmpegDeps,
  tools: Tools,
  input: MediaInput,
  signal?: AbortSignal,
): Promise<ProbeOutcome> {
  const args = [
    ...['-v', 'error', '-max_alloc', String(mediaLimits.maxSingleAllocationBytes)],
    ...['-of', 'json', '-count_packets', '-show_format', '-show_streams'],
    ...guardedInput(input),
  ];
  const deadlineMs = mediaLimits.probeTimeoutMs;
  const walls = { readable: [input.path], cpuSeconds: deadlineMs / 1_000, threads: deps.threads };
  const end = await runProcess({
    command: confine(tools, walls, deps.ffprobePath, args),
    deadlineMs,
    ...(signal ? { signal } : {}),
  });
  if (end.end === 'exit' && end.exitCode === 0) return { ok: true, json: end.stdout, said: end.stderr };
  return failureOf(end, deps.log);
}

function judge(deps: FfmpegDeps, description: FfmpegDescription): Awaited<ReturnType<Ffmpeg['check']>> {
  if (description.version === null) {
    return fail('no-ffmpeg', `${deps.ffmpegPath} does not run. Install ffmpeg, or set FFMPEG_PATH.`);
  }
  if (description.missing.length > 0) {
    return fail(
      'ffmpeg-incomplete',
      `${deps.ffmpegPath} was built without ${description.missing.join(', ')}. Install the ffmpeg of your distribution.`,
    );
  }
  return ok({ description });
}

interface FoundTools {
  readonly tools: Tools;
  /** What ffmpeg says of itself, or null where it cannot be started. */
  readonly version: string | null;
}

/** The helpers are found out by using them: a sandbox that is installed may still be forbidden. */
async function findTools(deps: FfmpegDeps): Promise<FoundTools> {
  const named: Tools = {
    ...{ setpriv: 'setpriv', prlimit: 'prlimit', nice: 'nice', bwrap: 'bwrap' },
    ...deps.tools,
  };
  const none: Tools = { setpriv: null, prlimit: null, nice: null, bwrap: null };
  const walls = { readable: [], cpuSeconds: 60, threads: deps.threads };
  const starts = async (tools: Tools) => {
    const command = confine(tools, walls, deps.ffmpegPath, ['-version']);
    const end = await attempt(command);
    return end?.exitCode === 0 ? end.stdout : null;
  };
  const version = await starts(none);
  const working = async (tool: keyof Tools) =>
    named[tool] && (await starts({ ...none, [tool]: named[tool] })) !== null ? named[tool] : null;
  const names = ['setpriv', 'prlimit', 'nice', 'bwrap'] as const;
  const [setpriv = null, prlimit = null, nice = null, bwrap = null] =
    version === null ? [] : await Promise.all(names.map(working));
  const tools: Tools = { setpriv, prlimit, nice, bwrap };
  if (version !== null && !tools.bwrap) {
    deps.log.warn(
      'bubblewrap does not work here: ffmpeg runs without a sandbox, behind its allow lists only',
    );
  }
  return { tools, version };
}

async function explore(deps: FfmpegDeps, { tools, version }: FoundTools): Promise<FfmpegDescription> {
  const list = (what: string) => attempt([deps.ffmpegPath, '-hide_banner', '-v', 'error', what]);
  const [encoders, filters, muxers] = await Promise.all(['-encoders', '-filters', '-muxers'].map(list));
  const lacks = (end: ProcessEnd | null | undefined) => (name: string) =>
    !new RegExp(`\\s${name}\\s`).test(end?.stdout ?? '');
  return {
    version: version === null ? null : (/version n?(\S+?)[-\s]/.exec(version)?.[1] ?? 'unknown'),
    sandbox: tools.bwrap ? 'bubblewrap' : 'none',
    limits: tools.prlimit ? 'prlimit' : 'none',
    canToneMap: !toneMapFilters.some(lacks(filters)),
    canFingerprint: !lacks(muxers)('chromaprint'),
    missing: [...neededEncoders.filter(lacks(encoders)), ...neededFilters.filter(lacks(filters))],
  };
}

/** Null where the program is not there. */
async function attempt(command: readonly string[]): Promise<ProcessEnd | null> {
  try {
    return await runProcess({ command, deadlineMs: mediaLimits.probeTimeoutMs });
  } catch {
    return null;
  }
}

function risingFraction(job: FfmpegJob): (seconds: number) => void {
  let highest = 0;
  return (seconds) => {
    const fraction = Math.min(1, seconds / (job.durationSeconds ?? Number.POSITIVE_INFINITY));
    if (fraction <= highest) return;
    highest = fraction;
    job.onProgress?.(fraction);
  };
}

function failureOf(end: ProcessEnd, log: Logger): Extract<RunOutcome, { ok: false }> {
  const { stderr } = end;
  const reason = reasonOf(end);
  log.debug({ reason, exitCode: end.exitCode, signal: end.signal, stderr }, 'ffmpeg ended early');
  return { ok: false, reason, stderr };
}

function reasonOf(end: ProcessEnd): Extract<RunOutcome, { ok: false }>['reason'] {
  switch (end.end) {
    case 'exit':
    case 'overflow':
      return /No space left on device|Disk quota exceeded/.test(end.stderr) ? 'disk-full' : 'failed';
    case 'signal':
      if (end.signal === 'SIGXCPU') return 'deadline';
      return end.signal === 'SIGKILL' || end.signal === 'SIGTERM' ? 'killed' : 'crashed';
    default:
      return end.end;
  }
}
