import { type FileHandle, open } from 'node:fs/promises';
import { mediaLimits } from '../config/media-limits.ts';
import { type Box, readBoxHeader, readFragment, readTracks, type Track, type TrackRun } from './isobmff.ts';

/** Where things lie in a fragmented MP4 of ours. Byte offsets from its start, times in seconds. */
export interface FragmentedFile {
  readonly size: number;
  /** The first `initLength` bytes set up a decoder. */
  readonly initLength: number;
  readonly durationSeconds: number;
  /** Such as `avc1.64001f,mp4a.40.2`. */
  readonly codecs: string;
  readonly width: number;
  readonly height: number;
  readonly chunks: readonly [Chunk, ...Chunk[]];
}

/** One `moof` with its `mdat`, about 0.2 s: the smallest piece a player can fetch and show. */
export interface Chunk {
  readonly offset: number;
  readonly length: number;
  readonly time: number;
  readonly duration: number;
  readonly keyframe: boolean;
}

/** A whole group of pictures, about 2 s: what a playlist lists. Its first chunk is a keyframe. */
export type Segment = Omit<Chunk, 'keyframe'>;

/**
 * What a player of ours needs to fetch a video in pieces (web.md 3.4), as stored and as sent. Tuples keep it
 * small: three minutes in four sizes are 3600 chunks.
 */
export interface ChunkIndex {
  readonly version: 1;
  readonly durationSeconds: number;
  /** Largest first. */
  readonly rungs: readonly ChunkIndexRung[];
}

export interface ChunkIndexRung {
  readonly rung: number;
  /** Object key of the fragmented MP4. */
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly codecs: string;
  /** Average, in bits per second. */
  readonly bandwidth: number;
  /** The set-up bytes are `0` to `initLength - 1`. */
  readonly initLength: number;
  readonly chunks: readonly ChunkTuple[];
}

/** Offset and length in bytes, start in ms, and 1 where decoding can start here. */
export type ChunkTuple = readonly [offset: number, length: number, startMs: number, keyframe: 0 | 1];

/**
 * Reads the layout of a fragmented MP4, or null where it holds no picture that starts with a keyframe at
 * time 0: ffmpeg ends well on a damaged source, with a file that has nothing in it.
 */
export async function readFragmentedFile(path: string): Promise<FragmentedFile | null> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return await readLayout(handle, size);
  } finally {
    await handle.close();
  }
}

async function readLayout(handle: FileHandle, size: number): Promise<FragmentedFile | null> {
  let tracks: Track[] = [];
  let initLength = 0;
  const pieces: { box: Box; runs: TrackRun[] }[] = [];
  let end = 0;
  for await (const box of topLevelBoxes(handle, size)) {
    if (box.type === 'moov') {
      tracks = readTracks(await readWhole(handle, box));
      initLength = box.end;
    } else if (box.type === 'moof') {
      pieces.push({ box, runs: readFragment(await readWhole(handle, box), tracks) });
    }
    end = box.end;
  }
  const video = tracks.find((track) => track.kind === 'video');
  if (!video) return null;
  const chunks = chunksOf(pieces, end, video);
  const [first, ...rest] = chunks;
  const last = chunks.at(-1);
  if (!first?.keyframe || first.time !== 0 || !last) return null;
  const sound = tracks.find((track) => track.kind === 'audio');
  return {
    size,
    initLength,
    durationSeconds: last.time + last.duration,
    codecs: sound ? `${video.codec},${sound.codec}` : video.codec,
    width: video.width,
    height: video.height,
    chunks: [first, ...rest],
  };
}

async function* topLevelBoxes(handle: FileHandle, size: number): AsyncGenerator<Box> {
  const header = Buffer.alloc(16);
  let at = 0;
  for (let count = 0; at < size && count < mediaLimits.maxBoxes; count += 1) {
    const { bytesRead } = await handle.read(header, 0, header.length, at);
    const view = new DataView(header.buffer, header.byteOffset, bytesRead);
    const box = readBoxHeader(view, 0, size - at);
    if (!box || at + box.end > size) return;
    yield { ...box, start: at, body: at + box.body, end: at + box.end };
    at += box.end;
  }
}

async function readWhole(handle: FileHandle, box: Box): Promise<Uint8Array> {
  const length = box.end - box.start;
  if (length > mediaLimits.maxHeaderBoxBytes) throw new Error(`A ${box.type} box of ${length} bytes`);
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, box.start);
  return bytes.subarray(0, bytesRead);
}

/** A fragment with only sound, as at the very end, belongs to the chunk before it. */
function chunksOf(pieces: { box: Box; runs: TrackRun[] }[], end: number, video: Track): Chunk[] {
  const chunks: Chunk[] = [];
  pieces.forEach(({ box, runs }, index) => {
    const length = (pieces[index + 1]?.box.start ?? end) - box.start;
    const run = runs.find((candidate) => candidate.trackId === video.id);
    const before = chunks.at(-1);
    if (run) {
      chunks.push({
        offset: box.start,
        length,
        time: run.start / video.timescale,
        duration: run.duration / video.timescale,
        keyframe: run.startsWithKeyframe,
      });
    } else if (before) chunks[chunks.length - 1] = { ...before, length: before.length + length };
  });
  return chunks;
}

/** Joins chunks into groups of pictures. */
export function segmentsOf(file: FragmentedFile): Segment[] {
  const segments: Segment[] = [];
  for (const { keyframe, ...chunk } of file.chunks) {
    const open = segments.at(-1);
    if (keyframe || !open) segments.push(chunk);
    else {
      segments[segments.length - 1] = {
        ...open,
        length: open.length + chunk.length,
        duration: open.duration + chunk.duration,
      };
    }
  }
  return segments;
}

/** One finished rung as manifests and playlists describe it: of any format, and without the file at hand. */
export interface PackagedRung {
  readonly rung: number;
  /** Object key of the fragmented MP4. */
  readonly key: string;
  readonly width: number;
  readonly height: number;
  /** As in RFC 6381. */
  readonly codecs: string;
  readonly averageBandwidth: number;
  readonly peakBandwidth: number;
  readonly frameRate: number;
  readonly initLength: number;
  readonly segments: readonly Segment[];
}

/**
 * What the index keeps of a rung, with what only its asset row tells. Times in the index are whole milliseconds and
 * have no lengths, so a segment lasts until the next one, and the last one until the end of the video.
 */
export function packagedRung(
  index: ChunkIndexRung,
  facts: { readonly frameRate: number; readonly peakBandwidth: number; readonly durationSeconds: number },
): PackagedRung {
  const { rung, key, width, height, codecs, initLength, bandwidth } = index;
  const { frameRate, peakBandwidth } = facts;
  const segments: { offset: number; length: number; time: number; duration: number }[] = [];
  for (const [offset, length, startMs, keyframe] of index.chunks) {
    const open = segments.at(-1);
    if (open && !keyframe) open.length += length;
    else segments.push({ offset, length, time: startMs / 1_000, duration: 0 });
  }
  segments.forEach((segment, n) => {
    segment.duration = Math.max(0.001, (segments[n + 1]?.time ?? facts.durationSeconds) - segment.time);
  });
  return {
    ...{ rung, key, width, height, codecs, initLength, segments },
    ...{ averageBandwidth: bandwidth, peakBandwidth, frameRate },
  };
}

/** The part of the chunk index for one rung, stored under `key`. */
export function indexRung(rung: number, key: string, file: FragmentedFile): ChunkIndexRung {
  const { width, height, codecs, initLength } = file;
  return {
    rung,
    key,
    width,
    height,
    codecs,
    bandwidth: averageBandwidth(file),
    initLength,
    chunks: file.chunks.map((chunk) => [
      chunk.offset,
      chunk.length,
      Math.round(chunk.time * 1_000),
      chunk.keyframe ? 1 : 0,
    ]),
  };
}

/** Bits per second over the whole file. */
export function averageBandwidth(file: FragmentedFile): number {
  return Math.ceil((file.size * 8) / file.durationSeconds);
}
