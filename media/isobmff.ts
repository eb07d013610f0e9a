import { mediaLimits } from '../config/media-limits.ts';

/**
 * A small reader of ISO base media files (ISO/IEC 14496-12): enough to index the fragmented MP4 we make.
 * It is written for hostile bytes all the same: nothing is read outside its box, sizes that lie end the
 * reading, and the number of boxes is bounded. It never throws and never loops.
 */

/** One box. Offsets are into the bytes it was read from. */
export interface Box {
  readonly type: string;
  readonly start: number;
  /** First byte of the content. */
  readonly body: number;
  readonly end: number;
}

/** What the `moov` box tells of one track. */
export interface Track {
  readonly id: number;
  readonly kind: 'video' | 'audio';
  /** Units per second of the times in this track. */
  readonly timescale: number;
  /** As HLS and MSE want it (RFC 6381), such as `avc1.64001f` or `mp4a.40.2`. */
  readonly codec: string;
  /** Pixels; 0 for sound. */
  readonly width: number;
  readonly height: number;
  readonly defaults: SampleDefaults;
}

interface SampleDefaults {
  readonly duration: number;
  readonly flags: number;
}

/** What one `moof` box holds of one track, in units of the track. */
export interface TrackRun {
  readonly trackId: number;
  /** When its first sample is shown. */
  readonly start: number;
  readonly duration: number;
  readonly sampleCount: number;
  /** Whether decoding can start at the first sample. */
  readonly startsWithKeyframe: boolean;
}

/** `sample_is_non_sync_sample` of ISO/IEC 14496-12, 8.8.3.1. */
const NON_SYNC = 0x10000;

/** The boxes between two offsets, in order. A box that does not fit ends the list. */
export function readBoxes(bytes: Uint8Array, from = 0, to = bytes.length): Box[] {
  const view = viewOf(bytes);
  const boxes: Box[] = [];
  let at = from;
  while (at + 8 <= to && boxes.length < mediaLimits.maxBoxes) {
    const box = readBoxHeader(view, at, to);
    if (!box || box.end > to) break;
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/**
 * The header of the box at an offset. `limit` is where the space ends; a box of size 0 reaches up to it.
 * Null where the bytes do not hold a header or the size is smaller than the header.
 */
export function readBoxHeader(view: DataView, at: number, limit: number): Box | null {
  if (at + 8 > view.byteLength) return null;
  const type = String.fromCharCode(...[4, 5, 6, 7].map((n) => view.getUint8(at + n)));
  let size = view.getUint32(at);
  let header = 8;
  if (size === 1) {
    if (at + 16 > view.byteLength) return null;
    size = Number(view.getBigUint64(at + 8));
    header = 16;
  } else if (size === 0) size = limit - at;
  if (size < header) return null;
  return { type, start: at, body: at + header, end: at + size };
}

/** The tracks of a `moov` box that can be played; others are left out. `bytes` holds the box alone. */
export function readTracks(bytes: Uint8Array): Track[] {
  const [moov] = readBoxes(bytes);
  if (moov?.type !== 'moov') return [];
  const view = viewOf(bytes);
  const defaults = new Map<number, SampleDefaults>();
  for (const trex of descend(bytes, moov, ['mvex', 'trex'])) {
    if (trex.end - trex.body < 24) continue;
    defaults.set(view.getUint32(trex.body + 4), {
      duration: view.getUint32(trex.body + 12),
      flags: view.getUint32(trex.body + 20),
    });
  }
  const tracks = descend(bytes, moov, ['trak']).map((trak) => readTrack(bytes, trak));
  return tracks
    .filter((track) => track !== null)
    .map((track) => ({ ...track, defaults: defaults.get(track.id) ?? track.defaults }));
}

function readTrack(bytes: Uint8Array, trak: Box): Track | null {
  const view = viewOf(bytes);
  const tkhd = descend(bytes, trak, ['tkhd'])[0];
  const mdhd = descend(bytes, trak, ['mdia', 'mdhd'])[0];
  const stsd = descend(bytes, trak, ['mdia', 'minf', 'stbl', 'stsd'])[0];
  const idAt = tkhd && tkhd.body + (wide(view, tkhd) ? 20 : 12);
  const scaleAt = mdhd && mdhd.body + (wide(view, mdhd) ? 20 : 12);
  if (!idAt || !scaleAt || !stsd || idAt + 4 > tkhd.end || scaleAt + 4 > mdhd.end) return null;
  const timescale = view.getUint32(scaleAt);
  const entry = readBoxes(bytes, stsd.body + 8, stsd.end)[0];
  const sample = entry && (readVideoEntry(bytes, entry) ?? readAudioEntry(bytes, entry));
  if (!sample || timescale === 0) return null;
  return { id: view.getUint32(idAt), timescale, ...sample, defaults: { duration: 0, flags: 0 } };
}

type SampleEntry = Pick<Track, 'kind' | 'codec' | 'width' | 'height'>;

/** The profile, constraints and level bytes of `avcC` are the codec string (RFC 6381, 3.3). */
function readVideoEntry(bytes: Uint8Array, entry: Box): SampleEntry | null {
  if (entry.type !== 'avc1' || entry.end - entry.body < 78) return null;
  const view = viewOf(bytes);
  const avcC = readBoxes(bytes, entry.body + 78, entry.end).find((box) => box.type === 'avcC');
  if (!avcC || avcC.end - avcC.body < 4) return null;
  const profile = Buffer.from(bytes.subarray(avcC.body + 1, avcC.body + 4)).toString('hex');
  return {
    kind: 'video',
    codec: `avc1.${profile}`,
    width: view.getUint16(entry.body + 24),
    height: view.getUint16(entry.body + 26),
  };
}

/** `mp4a.` + object type + audio object type, from the descriptors of `esds` (ISO/IEC 14496-1, 7.2.6). */
function readAudioEntry(bytes: Uint8Array, entry: Box): SampleEntry | null {
  if (entry.type !== 'mp4a' || entry.end - entry.body < 28) return null;
  const esds = readBoxes(bytes, entry.body + 28, entry.end).find((box) => box.type === 'esds');
  const config = esds && readDecoderConfig(bytes.subarray(esds.body + 4, esds.end));
  return config ? { kind: 'audio', codec: `mp4a.${config}`, width: 0, height: 0 } : null;
}

const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC = 5;

function readDecoderConfig(bytes: Uint8Array): string | null {
  const es = readDescriptor(bytes, ES_DESCRIPTOR);
  if (!es) return null;
  const flags = es[2] ?? 0;
  const urlLength = flags & 0x40 ? 1 + (es[3] ?? 0) : 0;
  const optional = (flags & 0x80 ? 2 : 0) + urlLength + (flags & 0x20 ? 2 : 0);
  const config = readDescriptor(es.subarray(3 + optional), DECODER_CONFIG);
  const objectType = config?.[0];
  const specific = config && readDescriptor(config.subarray(13), DECODER_SPECIFIC);
  const audioObjectType = specific?.[0] === undefined ? undefined : specific[0] >> 3;
  if (objectType === undefined || audioObjectType === undefined || audioObjectType === 31) return null;
  return `${objectType.toString(16)}.${audioObjectType}`;
}

/** The content of a descriptor with this tag; its length is one to four bytes of seven bits. */
function readDescriptor(bytes: Uint8Array, tag: number): Uint8Array | null {
  if (bytes[0] !== tag) return null;
  let length = 0;
  for (let at = 1; at <= 4; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return null;
    length = (length << 7) | (byte & 0x7f);
    if ((byte & 0x80) === 0) {
      const content = bytes.subarray(at + 1, at + 1 + length);
      return content.length === length ? content : null;
    }
  }
  return null;
}

/** The runs of a `moof` box, one for each track in it that is known. `bytes` holds the box alone. */
export function readFragment(bytes: Uint8Array, tracks: readonly Track[]): TrackRun[] {
  const [moof] = readBoxes(bytes);
  if (moof?.type !== 'moof') return [];
  return descend(bytes, moof, ['traf'])
    .map((traf) => readTrackFragment(bytes, traf, tracks))
    .filter((run) => run !== null);
}

function readTrackFragment(bytes: Uint8Array, traf: Box, tracks: readonly Track[]): TrackRun | null {
  const view = viewOf(bytes);
  const tfhd = descend(bytes, traf, ['tfhd'])[0];
  const tfdt = descend(bytes, traf, ['tfdt'])[0];
  if (!tfhd || !tfdt || tfhd.end - tfhd.body < 8 || tfdt.end - tfdt.body < 8) return null;
  const trackId = view.getUint32(tfhd.body + 4);
  const track = tracks.find((candidate) => candidate.id === trackId);
  if (!track) return null;
  const isLong = wide(view, tfdt);
  if (isLong && tfdt.end - tfdt.body < 12) return null;
  const decodeStart = isLong ? Number(view.getBigUint64(tfdt.body + 4)) : view.getUint32(tfdt.body + 4);
  const defaults = fragmentDefaults(view, tfhd, track.defaults);
  const runs = descend(bytes, traf, ['trun']).map((trun) => readRun(view, trun, defaults));
  const [first] = runs;
  if (!first || runs.includes(null)) return null;
  const known = runs.filter((run) => run !== null);
  return {
    trackId,
    start: decodeStart + first.firstOffset,
    duration: known.reduce((sum, run) => sum + run.duration, 0),
    sampleCount: known.reduce((sum, run) => sum + run.sampleCount, 0),
    startsWithKeyframe: (first.firstFlags & NON_SYNC) === 0,
  };
}

/** Optional fields of `tfhd` in their order; each bit of the flags says whether one is there. */
function fragmentDefaults(view: DataView, tfhd: Box, inherited: SampleDefaults): SampleDefaults {
  const flags = view.getUint32(tfhd.body) & 0xffffff;
  let at = tfhd.body + 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0);
  const next = (bit: number): number | undefined => {
    if ((flags & bit) === 0) return undefined;
    at += 4;
    return at <= tfhd.end ? view.getUint32(at - 4) : undefined;
  };
  const duration = next(0x8);
  next(0x10);
  return { duration: duration ?? inherited.duration, flags: next(0x20) ?? inherited.flags };
}

function readRun(view: DataView, trun: Box, defaults: SampleDefaults) {
  if (trun.end - trun.body < 8) return null;
  const flags = view.getUint32(trun.body) & 0xffffff;
  const sampleCount = view.getUint32(trun.body + 4);
  const firstFlagsAt = trun.body + 8 + (flags & 0x1 ? 4 : 0);
  const samplesAt = firstFlagsAt + (flags & 0x4 ? 4 : 0);
  const has = { duration: flags & 0x100, size: flags & 0x200, flags: flags & 0x400, offset: flags & 0x800 };
  const stride = Object.values(has).filter(Boolean).length * 4;
  if (samplesAt + sampleCount * stride > trun.end || sampleCount === 0) return null;
  let duration = 0;
  if (!has.duration) duration = defaults.duration * sampleCount;
  else for (let n = 0; n < sampleCount; n += 1) duration += view.getUint32(samplesAt + n * stride);
  const flagsAt = samplesAt + (has.duration ? 4 : 0) + (has.size ? 4 : 0);
  const ownFlags = has.flags ? view.getUint32(flagsAt) : defaults.flags;
  const offsetAt = flagsAt + (has.flags ? 4 : 0);
  return {
    sampleCount,
    duration,
    firstFlags: flags & 0x4 ? view.getUint32(firstFlagsAt) : ownFlags,
    firstOffset: has.offset ? view.getInt32(offsetAt) : 0,
  };
}

/** All boxes at the end of a path of types below a box. */
function descend(bytes: Uint8Array, parent: Box, path: readonly string[]): Box[] {
  let found = [parent];
  for (const type of path) {
    found = found.flatMap((box) =>
      readBoxes(bytes, box.body, box.end).filter((child) => child.type === type),
    );
  }
  return found;
}

/** Version 1 of a full box has 64-bit times. */
function wide(view: DataView, box: Box): boolean {
  return box.end > box.body && view.getUint8(box.body) === 1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
