import { join } from 'node:path';
import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, ok } from '../src/lib/result.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { ColourPlan, LadderPlan, Rung } from './ladder.ts';
import type { VideoDemuxer } from './sniff.ts';

/** In pixels. */
export type Size = Pick<Rung, 'width' | 'height'>;

/** A finished fragmented MP4 of one size. */
export interface RungFile extends Rung {
  readonly path: string;
}

export interface TranscodeJob {
  readonly sourcePath: string;
  readonly demuxer: VideoDemuxer;
  readonly plan: LadderPlan;
  /** The sizes of the plan to be made now, largest first. */
  readonly rungs: LadderPlan['rungs'];
  /** An existing directory, absolute; one file per rung is written there. */
  readonly outputDirectory: string;
  /** Brings the sound to the loudness of all others; see `gainFor`. */
  readonly gain: string | null;
  /** A finished size of the same video: its sound is taken as it is, and that of the source left alone. */
  readonly soundPath?: string | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export type TranscodeOutcome =
  | { readonly ok: true; readonly files: readonly [RungFile, ...RungFile[]] }
  | Failure<StepReason>;

/** Every rung starts a new, closed group of pictures at the same times, so players can change anywhere. */
export const groupSeconds = 2;
/** A first picture waits for one whole fragment: each costs some 170 bytes more (ADR 0036). */
const FRAGMENT_MICROSECONDS = 200_000;
export const SAMPLE_RATE = 48_000;
/** What ffmpeg's AAC encoder puts before the first sample. */
export const AAC_PRIMING_SAMPLES = 1_024;

/**
 * Makes the rungs in one process with one decode: the largest is scaled from the source, each smaller one
 * from the one above (0.63 of the CPU of separate runs, media.md 1.1).
 *
 * Picture and sound both start at exactly 0, without an edit list and without negative times, so players
 * that ignore either stay in step:
 * - no B-frames, hence no reordering delay. Measured on five clips of the test corpus: 12 % more bytes on average
 *   at equal quality (SSIM), for 7 to 24 % less CPU. With them, ffmpeg-based players show fragments with negative
 *   composition offsets 66 ms late, and decoders hold back the first frame;
 * - the encoder's priming takes the place of the first 1024 samples (21 ms), instead of a time below 0.
 */
export async function transcode(ffmpeg: Ffmpeg, job: TranscodeJob): Promise<TranscodeOutcome> {
  const { plan, rungs } = job;
  const toFile = (rung: Rung) => ({ ...rung, path: join(job.outputDirectory, `${rung.rung}-cmaf.mp4`) });
  const [first, ...rest] = rungs;
  const files = [toFile(first), ...rest.map(toFile)] as const;
  const outcome = await ffmpeg.run({
    input: {
      path: job.sourcePath,
      demuxer: job.demuxer,
      // The graph cuts to the frame; this keeps the reader from going through ten more hours.
      options: [...seekTo(plan), '-t', String(plan.spanSeconds + 1)],
    },
    ...(job.soundPath ? { secondInput: { path: job.soundPath, demuxer: 'mov' as const } } : {}),
    args: ['-filter_complex', filterGraph(job), ...files.flatMap((file, n) => outputArgs(job, file, n))],
    outputDirectory: job.outputDirectory,
    durationSeconds: plan.durationSeconds,
    deadlineMs: Math.max(
      mediaLimits.stepTimeoutMs,
      plan.durationSeconds * mediaLimits.transcodeTimeFactor * 1_000,
    ),
    ...(job.onProgress ? { onProgress: job.onProgress } : {}),
    ...(job.signal ? { signal: job.signal } : {}),
  });
  return outcome.ok ? ok({ files }) : stepFailure(outcome);
}

/** Goes to the frame at which the result begins: what comes before it is decoded from the last key frame on, and dropped. */
export function seekTo({ startSeconds }: Pick<LadderPlan, 'startSeconds'>): string[] {
  return startSeconds === 0 ? [] : ['-ss', startSeconds.toFixed(6)];
}

/** Sound is left out in pieces of a hundredth of a second. */
const CUT_SAMPLES = SAMPLE_RATE / 100;

/** Leaves out what lies in the cuts, and closes the gaps. Half a picture early: times are not exact. */
function cutOut({ cuts, frameRate }: LadderPlan, of: 'picture' | 'sound'): string[] {
  if (cuts.length === 0) return [];
  const early = of === 'picture' ? 0.5 / frameRate : 0.005;
  const within = cuts.map(
    ({ from, to }) => `gte(t,${(from - early).toFixed(6)})*lt(t,${(to - early).toFixed(6)})`,
  );
  const kept = `'not(${within.join('+')})'`;
  if (of === 'picture') return [`select=${kept}`, `setpts=N/${frameRate}/TB`];
  return [`asetnsamples=n=${CUT_SAMPLES}:p=0`, `aselect=${kept}`, 'asetpts=N/SR/TB'];
}

/** In parts of the picture, so that neither its turning nor the shape of its pixels matters. */
function cropTo({ crop }: LadderPlan): string[] {
  if (crop === null) return [];
  const of = (side: 'iw' | 'ih', part: number) => `${side}*${part.toFixed(6)}`;
  return [`crop=${of('iw', crop.width)}:${of('ih', crop.height)}:${of('iw', crop.x)}:${of('ih', crop.y)}`];
}

/** The picture that a plan takes from an input, in one size and in the colours of all that is made here; ends open. */
export function pictureChain(plan: LadderPlan, input: number, size: Size): string {
  return [
    `[${input}:${plan.videoIndex}]fps=${plan.frameRate}:start_time=0`,
    ...(plan.holdLastFrame ? ['tpad=stop=-1:stop_mode=clone'] : []),
    // After fps: two frames ten hours apart become a million, and only this one stops them (media.md 3.2).
    `trim=end=${plan.spanSeconds.toFixed(6)}`,
    ...cutOut(plan, 'picture'),
    ...cropTo(plan),
    ...standardColours(plan.colour, size),
    'setsar=1,format=yuv420p',
  ].join(',');
}

/** The sound that a plan takes from an input, in stereo, louder or quieter by `gain`; ends open, and without an end. */
export function soundChain(plan: LadderPlan, input: number, gain: string | null): string {
  return [
    `[${input}:${plan.audioIndex}]aresample=${SAMPLE_RATE}:async=1:first_pts=0`,
    ...cutOut(plan, 'sound'),
    ...(gain === null ? [] : [gain]),
    `aformat=sample_rates=${SAMPLE_RATE}:channel_layouts=stereo`,
  ].join(',');
}

/** The filter graph: outputs `v0`, `v1`, ... and, where sound is made, `a0`, `a1`, ..., one pair for each rung. */
function filterGraph({ plan, rungs, gain, soundPath }: TranscodeJob): string {
  const end = plan.spanSeconds.toFixed(6);
  const [top, ...lower] = rungs;
  const last = rungs.length - 1;
  const fork = (n: number) => (n < last ? `,split=2[v${n}][c${n}]` : `[v${n}]`);
  const chains = [
    `${pictureChain(plan, 0, top)}${fork(0)}`,
    ...lower.map((rung, index) => {
      const scale = `scale=${rung.width}:${rung.height}:flags=bicubic,setsar=1`;
      return `[c${index}]${scale}${fork(index + 1)}`;
    }),
  ];
  if (plan.audioIndex !== null && !soundPath) {
    const outputs = rungs.map((_, n) => `[a${n}]`).join('');
    chains.push(
      `${soundChain(plan, 0, gain)},` +
        `atrim=start_sample=${AAC_PRIMING_SAMPLES}:end=${end},asplit=${rungs.length}${outputs}`,
    );
  }
  return chains.join(';');
}

/** Scales, and turns the colours into BT.709 of limited range. */
function standardColours(colour: ColourPlan, { width, height }: Size): string[] {
  if (colour.kind === 'sdr') {
    const colours = `in_color_matrix=${colour.matrix}:out_color_matrix=bt709:out_range=tv`;
    return [`scale=${width}:${height}:flags=bicubic:${colours}`];
  }
  // The input is named, since zscale finds no way from a space the file does not tell (media.md 1.7).
  const input = `tin=${colour.transfer}:min=${colour.matrix}:pin=${colour.primaries}:rin=${colour.range}`;
  return [
    `zscale=w=${width}:h=${height}:${input}:t=linear:npl=100`,
    'format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv',
  ];
}

/** The sound of one rung: none, that of the size which is made already, or its own. */
function soundArgs({ plan, soundPath }: TranscodeJob, n: number): string[] {
  if (plan.audioIndex === null) return [];
  if (soundPath) return ['-map', '1:a:0', '-c:a', 'copy'];
  return ['-map', `[a${n}]`, ...aacOutput];
}

/** The form of every sound that is encoded here. */
export const aacOutput: readonly string[] = [
  ...['-c:a', 'aac', '-b:a', '128k', '-ar', String(SAMPLE_RATE), '-ac', '2'],
  ...['-flags:a', '+bitexact'],
];

function outputArgs(job: TranscodeJob, file: RungFile, n: number): string[] {
  const { plan } = job;
  const group = String(plan.frameRate * groupSeconds);
  return [
    ...['-map', `[v${n}]`],
    ...soundArgs(job, n),
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-crf', '23', '-bf', '0'],
    ...['-g', group, '-keyint_min', group, '-sc_threshold', '0', '-flags:v', '+cgop'],
    ...['-maxrate', `${file.maxRateKbps}k`, '-bufsize', `${file.maxRateKbps * 2}k`],
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
    ...fragmentedOutput(file.path),
  ];
}

/** A fragmented MP4 as all of ours are, at this path; titles, places, devices and chapters stay behind. */
export function fragmentedOutput(path: string): string[] {
  return [
    ...['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'],
    ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof+skip_trailer'],
    ...['-frag_duration', String(FRAGMENT_MICROSECONDS), '-use_editlist', '0', `file:${path}`],
  ];
}
