import { z } from 'zod';
import { mediaLimits } from '../config/media-limits.ts';
import { fail, ok, type Result } from '../src/lib/result.ts';
import { brokenDetail, type RefusalReason, type StepReason, stepFailure } from './failures.ts';
import type { Ffmpeg, RunOutcome } from './ffmpeg.ts';
import { audioCodecs, videoCodecs } from './ffmpeg-prefix.ts';
import { readHead, sniffVideo, type VideoDemuxer } from './sniff.ts';

/** What a file holds, as far as it matters to us. Sizes are as shown: rotated, with square pixels. */
export interface MediaFacts {
  readonly demuxer: VideoDemuxer;
  /** Of picture and sound, in seconds; null where the header does not say (recordings of browsers). */
  readonly durationSeconds: number | null;
  readonly streamCount: number;
  readonly video: VideoTrack;
  readonly audio: AudioTrack | null;
}

export interface VideoTrack {
  /** Number of the stream in the file. */
  readonly index: number;
  readonly codec: string;
  /** ffmpeg's names, such as `High` and `yuv420p`; null where the file says nothing. */
  readonly profile: string | null;
  readonly pixelFormat: string | null;
  readonly width: number;
  readonly height: number;
  /** Average, or null where the header does not say: it can claim a thousand for a webcam. */
  readonly frameRate: number | null;
  readonly frames: number;
  /** End of the track on the clock of the file, in seconds, or null where the header does not say. */
  readonly endSeconds: number | null;
  /** Set for high dynamic range. */
  readonly hdr: 'pq' | 'hlg' | null;
  /** ffmpeg's names, or null where the file says nothing. */
  readonly matrix: string | null;
  readonly primaries: string | null;
  readonly fullRange: boolean;
}

export interface AudioTrack {
  readonly index: number;
  readonly codec: string;
  readonly channels: number;
  readonly endSeconds: number | null;
}

/** Why a file has no facts. */
export type ProbeReason =
  | Extract<
      RefusalReason,
      'not-a-video' | 'no-video' | 'unsupported-codec' | 'too-many-streams' | 'too-large-picture'
    >
  | StepReason;

const streamSchema = z.object({
  index: z.number().int(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  codec_tag_string: z.string().optional(),
  profile: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  pix_fmt: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  start_time: z.string().optional(),
  duration: z.string().optional(),
  nb_read_packets: z.string().optional(),
  channels: z.number().optional(),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_transfer: z.string().optional(),
  color_primaries: z.string().optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
});

const probeSchema = z.object({
  streams: z.array(streamSchema).max(256).default([]),
  format: z.object({ duration: z.string().optional(), start_time: z.string().optional() }),
});

type Stream = z.output<typeof streamSchema>;

const UNREADABLE = 'Save it as MP4 with H.264 video and AAC sound, and try again.';

/** Facts with nothing left open. */
export interface MeasuredFacts extends MediaFacts {
  readonly durationSeconds: number;
  readonly video: VideoTrack & { readonly frameRate: number };
}

/**
 * Sniffs and probes a local file, whose path must be absolute and of our own making. Where the header tells no
 * length, the packets are counted through; `scratchDirectory` must exist for that, and stays empty.
 */
export async function probeFile(
  ffmpeg: Ffmpeg,
  job: { readonly path: string; readonly scratchDirectory: string; readonly signal?: AbortSignal },
): Promise<Result<{ readonly facts: MeasuredFacts }, ProbeReason>> {
  const sniffed = sniffVideo(await readHead(job.path));
  if (!sniffed.ok) return sniffed;
  const input = { path: job.path, demuxer: sniffed.demuxer };
  const outcome = await ffmpeg.probe(input, job.signal);
  if (!outcome.ok) return probeFailure(outcome);
  const read = readProbe(outcome.json, sniffed.demuxer);
  // Of a picture that is too large to be looked at, ffprobe tells no size, and is content.
  if (!read.ok) return isTooLargePicture(outcome.said ?? '') ? tooLargePicture() : read;
  return measure(ffmpeg, job, read.facts);
}

/** Fills in what the header does not tell, by going through all packets where the length is missing. */
async function measure(
  ffmpeg: Ffmpeg,
  job: { readonly path: string; readonly scratchDirectory: string; readonly signal?: AbortSignal },
  facts: MediaFacts,
): Promise<Result<{ readonly facts: MeasuredFacts }, ProbeReason>> {
  const { video } = facts;
  if (facts.durationSeconds !== null) {
    const frameRate = video.frameRate ?? video.frames / Math.max(facts.durationSeconds, 0.001);
    const durationSeconds = withLastFrame(facts, frameRate);
    return ok({ facts: { ...facts, durationSeconds, video: { ...video, frameRate } } });
  }
  const copied = await ffmpeg.run({
    input: { path: job.path, demuxer: facts.demuxer },
    args: ['-map', `0:${video.index}`, '-c', 'copy', '-f', 'null', '-'],
    outputDirectory: job.scratchDirectory,
    ...(job.signal ? { signal: job.signal } : {}),
  });
  if (!copied.ok) return stepFailure(copied);
  // The time reported is the start of the last packet: its own length comes on top.
  const lastStart = copied.outTimeSeconds;
  const frameRate = video.frameRate ?? (video.frames - 1) / Math.max(lastStart, 0.001);
  const durationSeconds = lastStart + (frameRate > 0 ? 1 / frameRate : 0);
  return ok({ facts: { ...facts, durationSeconds, video: { ...video, frameRate } } });
}

/** Headers of WebM may end where the last picture starts; it is shown as long as the others. */
function withLastFrame({ demuxer, durationSeconds, video }: MediaFacts, frameRate: number): number {
  const told = durationSeconds ?? 0;
  const shown = video.frames / Math.max(frameRate, 0.001);
  const isOneFrame = shown > told && (shown - told) * frameRate < 1.5;
  return demuxer === 'matroska' && isOneFrame ? shown : told;
}

/** Reads ffprobe's JSON. Pure; any text is answered with facts or a reason. */
export function readProbe(
  json: string,
  demuxer: VideoDemuxer,
): Result<{ readonly facts: MediaFacts }, ProbeReason> {
  const parsed = probeSchema.safeParse(parseJson(json));
  if (!parsed.success) return fail('broken', brokenDetail);
  const { streams, format } = parsed.data;
  const origin = seconds(format.start_time);
  const chosen = chooseVideo(streams);
  if (!chosen.ok) return chosen;
  const video = videoTrack(chosen.stream, origin);
  if (!video) return fail('broken', brokenDetail);
  const audio = audioTrack(streams, origin);
  return ok({
    facts: {
      demuxer,
      durationSeconds:
        video.endSeconds === null
          ? seconds(format.duration)
          : Math.max(video.endSeconds, audio?.endSeconds ?? 0),
      streamCount: streams.length,
      video,
      audio,
    },
  });
}

/**
 * Phones store a second, nearly empty picture track beside the film, and music files a cover: the track
 * with the most packets is the film (media.md 1.3).
 */
function chooseVideo(streams: readonly Stream[]): Result<{ readonly stream: Stream }, ProbeReason> {
  const pictures = streams.filter((s) => s.codec_type === 'video' && s.disposition?.attached_pic !== 1);
  if (pictures.length === 0) {
    return fail('no-video', 'This file holds no video, only sound or other data.');
  }
  const [stream] = pictures.toSorted((a, b) => packets(b) - packets(a));
  if (!stream || packets(stream) === 0) return fail('broken', brokenDetail);
  if (!stream.codec_name || !videoCodecs.includes(stream.codec_name)) {
    return fail(
      'unsupported-codec',
      `This server cannot read the video format ${printable(stream.codec_name ?? stream.codec_tag_string)}. ${UNREADABLE}`,
    );
  }
  return ok({ stream });
}

/** Sound that cannot be read is left out: a silent video is better than none. */
function audioTrack(streams: readonly Stream[], origin: number | null): AudioTrack | null {
  const [stream] = streams
    .filter((s) => s.codec_type === 'audio' && audioCodecs.includes(s.codec_name ?? ''))
    .filter(
      (s) => packets(s) > 0 && (s.channels ?? 0) > 0 && (s.channels ?? 0) <= mediaLimits.maxAudioChannels,
    )
    .toSorted((a, b) => packets(b) - packets(a));
  if (!stream) return null;
  const { index, codec_name: codec = '', channels = 0 } = stream;
  return { index, codec, channels, endSeconds: endOf(stream, origin) };
}

function videoTrack(stream: Stream, origin: number | null): VideoTrack | null {
  const { width = 0, height = 0 } = stream;
  if (width <= 0 || height <= 0 || (stream.pix_fmt ?? 'unknown') === 'unknown') return null;
  const wide = Math.max(1, Math.round(width * (ratio(stream.sample_aspect_ratio, ':') ?? 1)));
  const rotation = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  const turned = Math.abs(Math.round(rotation / 90)) % 2 === 1;
  return {
    index: stream.index,
    codec: stream.codec_name ?? '',
    profile: known(stream.profile),
    pixelFormat: known(stream.pix_fmt),
    width: turned ? height : wide,
    height: turned ? wide : height,
    frameRate: ratio(stream.avg_frame_rate, '/'),
    frames: packets(stream),
    endSeconds: endOf(stream, origin),
    hdr: hdrOf(stream.color_transfer),
    matrix: known(stream.color_space),
    primaries: known(stream.color_primaries),
    fullRange: stream.color_range === 'pc',
  };
}

function hdrOf(transfer: string | undefined): 'pq' | 'hlg' | null {
  if (transfer === 'smpte2084') return 'pq';
  return transfer === 'arib-std-b67' ? 'hlg' : null;
}

/** What went wrong with ffprobe, by its last words. Nothing of them is shown: they may quote the file. */
function probeFailure(outcome: Extract<RunOutcome, { ok: false }>): Result<never, ProbeReason> {
  const codec = /Codec \(([\w-]{1,32})\) not on whitelist/.exec(outcome.stderr)?.[1];
  if (codec) {
    return fail('unsupported-codec', `This server does not read the format ${codec}. ${UNREADABLE}`);
  }
  if (/max_streams/.test(outcome.stderr)) {
    return fail(
      'too-many-streams',
      'This file holds too many tracks. Export it with one picture and one sound.',
    );
  }
  if (isTooLargePicture(outcome.stderr)) return tooLargePicture();
  return stepFailure(outcome);
}

function isTooLargePicture(said: string): boolean {
  return /exceeds specified max pixel count/.test(said);
}

function tooLargePicture() {
  return fail(
    'too-large-picture' as const,
    'The picture of this video is too large. The limit is 8192 × 4320.',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function packets(stream: Stream): number {
  const count = Number(stream.nb_read_packets ?? 0);
  return Number.isSafeInteger(count) ? count : 0;
}

/** A start that the file as a whole does not have is one of ffprobe's guesses, so it does not count. */
function endOf(stream: Stream, origin: number | null): number | null {
  const duration = seconds(stream.duration);
  const start = origin === null ? 0 : Math.max(0, (seconds(stream.start_time) ?? origin) - origin);
  return duration === null ? null : start + duration;
}

function seconds(text: string | undefined): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}

/** `30000/1001` or `4:3` as a number; null for `0/0`, `N/A` and the like. */
function ratio(text: string | undefined, separator: string): number | null {
  const [above, below] = (text ?? '').split(separator).map(Number);
  const value = (above ?? 0) / (below ?? 0);
  return Number.isFinite(value) && value > 0 ? value : null;
}

function known(name: string | undefined): string | null {
  return name === undefined || name === 'unknown' || name === 'reserved' ? null : name;
}

/** A name from the file, cut to what can be shown. */
function printable(name: string | undefined): string {
  const clean = (name ?? '').replace(/[^\w.-]/g, '').slice(0, 16);
  return clean === '' ? 'of this file' : `"${clean}"`;
}
