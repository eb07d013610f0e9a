import { dirname } from 'node:path';
import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, fail, ok } from '../src/lib/result.ts';
import type { EditList } from './edit-list.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { gainFor, measureLoudness } from './loudness.ts';
import { type MeasuredFacts, probeFile } from './probe.ts';
import { type Composition, planRemix, type RemixPlan, type RemixReason, type Side } from './remix-plan.ts';
import { pictureChain, SAMPLE_RATE, seekTo, soundChain } from './transcode.ts';

export interface ComposeJob {
  /** What its author recorded. */
  readonly ownPath: string;
  /** What it answers to: a file of ours, or one that was fetched. Both are read behind the same walls as an upload. */
  readonly originalPath: string;
  readonly order: Composition;
  /** Nobody is to hear it: its sound is left out, whatever the file has. */
  readonly isOriginalMuted: boolean;
  /** What is kept of the own file. */
  readonly edit: EditList | null;
  /** An MP4 in an existing directory of this job alone. */
  readonly outputPath: string;
  readonly maxDurationSeconds: number;
  readonly maxOriginalSeconds: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export type ComposeReason = RemixReason | StepReason;
export type ComposeOutcome =
  | {
      readonly ok: true;
      readonly durationSeconds: number;
      /** Whether anything of the original is heard in it: it may have no sound, or one that is left out. */
      readonly carriesSound: boolean;
    }
  | Failure<ComposeReason>;

/**
 * Puts two videos into one file, from which the sizes are made then as from any upload (media.md 4, ADR 0066): so no
 * later step needs the original, which may be gone by then. Each sound is brought to the loudness of all others first,
 * or the volumes would mean something else for every pair.
 */
export async function composeRemix(ffmpeg: Ffmpeg, job: ComposeJob): Promise<ComposeOutcome> {
  const outputDirectory = dirname(job.outputPath);
  const signal = job.signal ? { signal: job.signal } : {};
  const probe = (path: string) => probeFile(ffmpeg, { path, scratchDirectory: outputDirectory, ...signal });
  const own = await probe(job.ownPath);
  if (!own.ok) return own;
  const original = await probe(job.originalPath);
  if (!original.ok) return isPassing(original) ? original : unusable(original);
  const { canToneMap } = await ffmpeg.describe();
  const { isOriginalMuted } = job;
  const facts = {
    own: own.facts,
    original: isOriginalMuted ? { ...original.facts, audio: null } : original.facts,
  };
  const plan = planRemix(job.order, facts, { ...job, canToneMap });
  if (!plan.ok) return plan;
  const gains = await gainsOf(ffmpeg, job, facts, plan);
  if (!gains.ok) return gains;
  const outcome = await ffmpeg.run({
    input: inputOf(job.ownPath, own.facts, plan.own),
    secondInput: inputOf(job.originalPath, original.facts, plan.original),
    args: ['-filter_complex', remixGraph(job.order, plan, gains), ...outputArgs(job, plan)],
    outputDirectory,
    durationSeconds: plan.durationSeconds,
    deadlineMs: Math.max(
      mediaLimits.stepTimeoutMs,
      plan.durationSeconds * mediaLimits.transcodeTimeFactor * 1_000,
    ),
    ...(job.onProgress ? { onProgress: job.onProgress } : {}),
    ...signal,
  });
  if (!outcome.ok) return stepFailure(outcome);
  const carriesSound = hasSoundOf(job, plan, 'original');
  return ok({ durationSeconds: plan.durationSeconds, carriesSound });
}

function unusable({ detail }: Failure): Failure<'original-unusable'> {
  return fail('original-unusable', `The original could not be used: ${detail ?? ''}`);
}

function isPassing({ reason }: Failure): boolean {
  return reason === 'interrupted' || reason === 'aborted';
}

function inputOf(path: string, { demuxer }: MeasuredFacts, { plan }: Side) {
  return { path, demuxer, options: [...seekTo(plan), '-t', String(plan.spanSeconds + 1)] };
}

/** What is heard of each; null: nothing. */
type Heard = { readonly own: string | null; readonly original: string | null };

/** Filters that bring the sound of each side to where all others are; empty where it stays as it is. */
async function gainsOf(
  ffmpeg: Ffmpeg,
  job: ComposeJob,
  facts: { readonly own: MeasuredFacts; readonly original: MeasuredFacts },
  plan: RemixPlan,
): Promise<({ readonly ok: true } & Heard) | Failure<StepReason>> {
  const gains = { own: null as string | null, original: null as string | null };
  const paths = { own: job.ownPath, original: job.originalPath };
  for (const name of ['own', 'original'] as const) {
    const { audioIndex, startSeconds, spanSeconds } = plan[name].plan;
    if (audioIndex === null || !isHeard(job.order, name)) continue;
    const measured = await measureLoudness(ffmpeg, {
      ...{ sourcePath: paths[name], demuxer: facts[name].demuxer, audioIndex, startSeconds },
      ...{ durationSeconds: spanSeconds, outputDirectory: dirname(job.outputPath) },
      ...(job.signal ? { signal: job.signal } : {}),
    });
    // One that cannot be measured is heard as it is, as in every video.
    if (!measured.ok && isPassing(measured)) return measured;
    gains[name] = (measured.ok && gainFor(measured).filter) || 'anull';
  }
  return ok(gains);
}

function hasSoundOf({ order }: ComposeJob, plan: RemixPlan, name: 'own' | 'original'): boolean {
  return plan[name].plan.audioIndex !== null && isHeard(order, name);
}

function isHeard(order: Composition, name: 'own' | 'original'): boolean {
  if (order.kind === 'sound') return order.volumes[name] > 0;
  return order.kind === 'stitch' || order.sound === 'mix' || order.sound === name;
}

/** The graph whose outputs are `v` and, where there is anything to hear, `a`. Input 0 is the own file, 1 the original. */
export function remixGraph(order: Composition, plan: RemixPlan, heard: Heard): string {
  return chainsOf(order, plan, heard).join(';');
}

function chainsOf(order: Composition, plan: RemixPlan, heard: Heard): string[] {
  switch (order.kind) {
    case 'duet':
      return [...duetPicture(order.layout, plan), ...mixedSound(order.volumes, plan, heard)];
    case 'stitch':
      return stitchChains(plan, heard);
    case 'sound':
      return [`${cellChain(plan.own, 0)}[v]`, ...mixedSound(order.volumes, plan, heard)];
  }
}

/** In the size of its cell, as long as it is seen; its last picture stands where it ends earlier. */
function cellChain({ plan, scaled, cell, seconds }: Side, input: number): string {
  const chain = [pictureChain(plan, input, scaled)];
  if (scaled.width > cell.width || scaled.height > cell.height) {
    const width = Math.min(scaled.width, cell.width);
    chain.push(`crop=${width}:${Math.min(scaled.height, cell.height)}`);
  }
  if (scaled.width < cell.width || scaled.height < cell.height)
    chain.push(`pad=${cell.width}:${cell.height}:-1:-1:black`);
  chain.push('tpad=stop=-1:stop_mode=clone', `trim=end=${seconds.toFixed(6)}`, 'setpts=PTS-STARTPTS');
  return chain.join(',');
}

function duetPicture(
  layout: 'side_by_side' | 'top_bottom' | 'picture_in_picture',
  plan: RemixPlan,
): string[] {
  const { canvas, own, original } = plan;
  const sides = [`${cellChain(own, 0)}[own]`, `${cellChain(original, 1)}[original]`];
  switch (layout) {
    case 'side_by_side':
      return [...sides, `[own][original]hstack=inputs=2,pad=${canvas.width}:${canvas.height}:-1:-1:black[v]`];
    case 'top_bottom':
      return [...sides, '[own][original]vstack=inputs=2[v]'];
    case 'picture_in_picture': {
      // In the upper left corner, below what a page writes there.
      const even = (side: number) => Math.round(side / 2) * 2;
      const x = even(Math.min(canvas.width, canvas.height) * 0.04);
      return [...sides, `[original][own]overlay=${x}:${even(canvas.height * 0.08)}[v]`];
    }
  }
}

function mixedSound(
  volumes: { readonly own: number; readonly original: number },
  plan: RemixPlan,
  heard: Heard,
): string[] {
  const names = (['own', 'original'] as const).filter((name) => heard[name] !== null);
  const isMix = names.length === 2;
  const chains = names.map((name) => {
    const volume = isMix ? `,volume=${volumes[name].toFixed(3)}` : '';
    return `${wholeSound(plan[name], name === 'own' ? 0 : 1, heard[name])}${volume}[${isMix ? `a-${name}` : 'a'}]`;
  });
  if (!isMix) return chains;
  const mixed =
    'amix=inputs=2:duration=first:dropout_transition=0:normalize=0,alimiter=limit=0.95:level=false';
  return [...chains, `[a-own][a-original]${mixed}[a]`];
}

/** As long as the picture, with silence where it ends earlier. */
function wholeSound({ plan, seconds }: Side, input: number, gain: string | null): string {
  return `${soundChain(plan, input, gain)},apad,atrim=end=${seconds.toFixed(6)},asetpts=PTS-STARTPTS`;
}

/** First the part of the original, then the own video; where only one has sound, the other is silent. */
function stitchChains(plan: RemixPlan, heard: Heard): string[] {
  const parts = [
    { side: plan.original, input: 1, gain: heard.original },
    { side: plan.own, input: 0, gain: heard.own },
  ];
  const pictures = parts.map(({ side, input }, n) => `${cellChain(side, input)}[p${n}]`);
  if (heard.own === null && heard.original === null) return [...pictures, '[p0][p1]concat=n=2:v=1:a=0[v]'];
  const sounds = parts.map(({ side, input, gain }, n) => {
    const silence = `anullsrc=r=${SAMPLE_RATE}:cl=stereo,atrim=end=${side.seconds.toFixed(6)}`;
    return `${gain === null ? silence : wholeSound(side, input, gain)}[s${n}]`;
  });
  return [...pictures, ...sounds, '[p0][s0][p1][s1]concat=n=2:v=1:a=1[v][a]'];
}

/**
 * A file to make others of: hardly worse than what it was made of, and quickly written, for it is decoded once or twice
 * and never served.
 */
function outputArgs(job: ComposeJob, plan: RemixPlan): string[] {
  const hasSound = (['own', 'original'] as const).some((name) => hasSoundOf(job, plan, name));
  return [
    ...['-map', '[v]', '-c:v', 'libx264', '-preset', 'superfast', '-profile:v', 'high', '-crf', '17'],
    // It is kept and counted like an upload: what a phone spends on its own recordings is enough for noise, too.
    ...['-maxrate', '16M', '-bufsize', '32M', '-bf', '0', '-g', String(plan.frameRate * 2)],
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
    ...(hasSound
      ? ['-map', '[a]', '-c:a', 'aac', '-b:a', '256k', '-ar', String(SAMPLE_RATE), '-ac', '2']
      : []),
    ...['-flags:a', '+bitexact', '-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'],
    ...['-f', 'mp4', `file:${job.outputPath}`],
  ];
}
