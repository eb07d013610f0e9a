import { z } from 'zod';
import { type Failure, ok } from '../src/lib/result.ts';
import { brokenDetail, type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { VideoDemuxer } from './sniff.ts';

/** How loud a track is (EBU R 128). */
export interface Loudness {
  /** Integrated loudness in LUFS; null for silence, and for less than the 0.4 s of one measuring block. */
  readonly integratedLufs: number | null;
  /** True peak in dBTP; null for silence. */
  readonly truePeakDb: number | null;
  readonly durationSeconds: number;
}

/** What brings a track to the loudness of all others. */
export interface Gain {
  /** 0 where the track stays as it is. */
  readonly gainDb: number;
  /** For the chain of filters of the track; null where there is nothing to do. */
  readonly filter: string | null;
}

/** What most video sites play at. */
const TARGET_LUFS = -14;
const MAX_BOOST_DB = 12;
const MAX_CUT_DB = 24;
/** Quieter than this there is only noise, and louder noise is no use to anybody. */
const QUIETEST_LUFS = -50;
/** A few measuring blocks say nothing about how loud somebody meant a clip to be. */
const SHORTEST_SECONDS = 1;
/** Nobody hears less. */
const SMALLEST_CHANGE_DB = 0.5;
/** Linear, -1.5 dBTP: lossy encoders put a little on top of a peak. */
const CEILING = 0.84;
const CEILING_DB = -1.5;

const numeric = z.string().transform((text, context) => {
  const value = Number(text.replace('-inf', '-Infinity').replace(/^inf$/, 'Infinity'));
  if (!Number.isNaN(value)) return value;
  context.addIssue({ code: 'custom', message: 'Not a number' });
  return z.NEVER;
});
const reportSchema = z.object({ input_i: numeric, input_tp: numeric });

/**
 * Measures one track of a file, decoding nothing but that track; costs about a hundredth of a ladder. `broken` where
 * it cannot be decoded.
 */
export async function measureLoudness(
  ffmpeg: Ffmpeg,
  job: {
    readonly sourcePath: string;
    readonly demuxer: VideoDemuxer;
    /** The number of the stream in the file. */
    readonly audioIndex: number;
    /** What comes before is not listened to. */
    readonly startSeconds?: number;
    /** No more of it is listened to. */
    readonly durationSeconds: number;
    /** Existing, absolute; nothing is written there. */
    readonly outputDirectory: string;
    readonly signal?: AbortSignal;
  },
): Promise<({ readonly ok: true } & Loudness) | Failure<StepReason>> {
  const outcome = await ffmpeg.run({
    input: {
      path: job.sourcePath,
      demuxer: job.demuxer,
      options: [
        ...(job.startSeconds ? ['-ss', job.startSeconds.toFixed(6)] : []),
        ...['-t', job.durationSeconds.toFixed(3)],
      ],
    },
    args: [
      ...['-map', `0:${job.audioIndex}`, '-af', 'aformat=channel_layouts=stereo,loudnorm=print_format=json'],
      ...['-f', 'null', '-'],
    ],
    outputDirectory: job.outputDirectory,
    listen: true,
    ...(job.signal ? { signal: job.signal } : {}),
  });
  if (!outcome.ok) return stepFailure(outcome);
  const report = readReport(outcome.said ?? '');
  if (!report) return { ok: false, reason: 'broken', detail: brokenDetail };
  return ok({ ...report, durationSeconds: Math.min(job.durationSeconds, outcome.outTimeSeconds) });
}

/**
 * The report is the last thing in braces. Titles of the file, which ffmpeg prints too, come before it; a forged one
 * could only make its own track louder or quieter within the bounds of `gainFor`.
 */
export function readReport(said: string): Omit<Loudness, 'durationSeconds'> | null {
  const last = said.match(/\{[^{}]*\}/g)?.at(-1);
  const parsed = reportSchema.safeParse(last === undefined ? undefined : readJson(last));
  if (!parsed.success) return null;
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  // A track without sound is reported at the lower end of the scale.
  const integrated = parsed.data.input_i <= -70 ? null : finite(parsed.data.input_i);
  return { integratedLufs: integrated, truePeakDb: finite(parsed.data.input_tp) };
}

/**
 * The plain gain that brings a track to -14 LUFS, with a limiter for peaks that would pass -1.5 dBTP: linear, so music
 * does not pump. At most 12 dB up. Silence, noise and clips of less than a second stay as they are.
 */
export function gainFor(measured: Loudness): Gain {
  const { integratedLufs, truePeakDb, durationSeconds } = measured;
  const none = { gainDb: 0, filter: null };
  if (integratedLufs === null || integratedLufs < QUIETEST_LUFS) return none;
  if (durationSeconds < SHORTEST_SECONDS) return none;
  const wanted = Math.max(-MAX_CUT_DB, Math.min(MAX_BOOST_DB, TARGET_LUFS - integratedLufs));
  const gainDb = Math.round(wanted * 10) / 10;
  if (Math.abs(gainDb) < SMALLEST_CHANGE_DB) return none;
  const volume = `volume=${gainDb}dB`;
  const peaks = truePeakDb === null || truePeakDb + gainDb > CEILING_DB;
  return { gainDb, filter: peaks ? `${volume},alimiter=limit=${CEILING}:level=false` : volume };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
