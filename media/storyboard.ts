import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, ok } from '../src/lib/result.ts';
import { type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';

/** How the pictures of a storyboard lie on their sheet. */
export interface StoryboardPlan {
  /** Seconds of the video for each picture. */
  readonly interval: number;
  readonly tiles: number;
  readonly columns: number;
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

const SHORT_SIDE = 90;
const COLUMNS = 10;
const MAX_TILES = 180;
/** A panorama gets tiles of this length at most, so that the sheet stays a picture browsers open. */
const LONG_SIDE = 320;

/** One picture a second, from the start; at most 180, spread evenly over a longer video. Pure. */
export function planStoryboard(video: {
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
}): StoryboardPlan {
  const { durationSeconds, width, height } = video;
  const tiles = Math.max(1, Math.min(MAX_TILES, Math.ceil(durationSeconds)));
  const interval = Math.max(1, durationSeconds / tiles);
  const columns = Math.min(COLUMNS, tiles);
  const factor = Math.min(SHORT_SIDE / Math.min(width, height), LONG_SIDE / Math.max(width, height));
  const side = (length: number) => Math.max(2, Math.round((length * factor) / 2) * 2);
  const [tileWidth, tileHeight] = [side(width), side(height)];
  return { interval, tiles, columns, rows: Math.ceil(tiles / columns), tileWidth, tileHeight };
}

/**
 * Writes all pictures of a storyboard as one JPEG, from a finished rendition of ours: the smallest does, and costs a
 * fraction of decoding the source. Cells without a picture stay black.
 */
export async function makeStoryboard(
  ffmpeg: Ffmpeg,
  job: {
    readonly mp4Path: string;
    readonly plan: StoryboardPlan;
    /** Absolute. */
    readonly outputPath: string;
    /** Absolute; holds the output. */
    readonly outputDirectory: string;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly ok: true } | Failure<StepReason>> {
  const { plan } = job;
  // A millisecond ahead: the times of pictures and the length of an interval are both rounded.
  const slot = (time: string) => `floor((${time}+0.001)/${plan.interval.toFixed(6)})`;
  const filters = [
    // The first picture of each interval, which is what a seek to its start shows.
    `select='isnan(prev_selected_t)+gt(${slot('t')},${slot('prev_selected_t')})'`,
    `scale=${plan.tileWidth}:${plan.tileHeight}:out_color_matrix=bt601:out_range=pc,setsar=1,format=yuvj420p`,
    `tile=${plan.columns}x${plan.rows}:nb_frames=${plan.tiles}`,
  ];
  const outcome = await ffmpeg.run({
    input: { path: job.mp4Path, demuxer: 'mov' },
    args: [
      ...['-map', '0:V:0', '-frames:v', '1', '-vf', filters.join(','), '-c:v', 'mjpeg', '-q:v', '5'],
      ...['-map_metadata', '-1', '-flags:v', '+bitexact', '-f', 'image2', '-update', '1'],
      `file:${job.outputPath}`,
    ],
    outputDirectory: job.outputDirectory,
    // One frame comes out, at the very end, so silence until then is no sign of trouble.
    stallMs: mediaLimits.stepTimeoutMs,
    ...(job.signal ? { signal: job.signal } : {}),
  });
  return outcome.ok ? ok() : stepFailure(outcome);
}

/**
 * The index of a storyboard as WebVTT: one cue for each picture, naming its place on the sheet by a media fragment
 * (W3C Media Fragments 4.2.2), as players of web video read it. `sheet` is the last part of the sheet's key: the two
 * are stored side by side.
 */
export function storyboardIndex(plan: StoryboardPlan, durationSeconds: number, sheet: string): string {
  const cues = Array.from({ length: plan.tiles }, (_, n) => {
    const end = n === plan.tiles - 1 ? durationSeconds : (n + 1) * plan.interval;
    const x = (n % plan.columns) * plan.tileWidth;
    const y = Math.floor(n / plan.columns) * plan.tileHeight;
    const place = [x, y, plan.tileWidth, plan.tileHeight].join(',');
    return `${vttTime(n * plan.interval)} --> ${vttTime(end)}\n${sheet}#xywh=${place}\n`;
  });
  return `WEBVTT\n\n${cues.join('\n')}`;
}

/** `HH:MM:SS.mmm` */
export function vttTime(seconds: number): string {
  const ms = Math.max(0, Math.round(seconds * 1_000));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = String(ms % 1_000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}.${rest}`;
}
