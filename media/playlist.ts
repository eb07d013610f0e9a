import {
  averageBandwidth,
  type FragmentedFile,
  type PackagedRung,
  type Segment,
  segmentsOf,
} from './package.ts';

/** One size of a video for the master playlist. */
export interface Variant {
  readonly rung: number;
  readonly frameRate: number;
  readonly file: FragmentedFile;
  /** Relative address of its media playlist. */
  readonly uri: string;
}

/** The same, told by what is stored of a rung instead of by its file. */
export type StoredVariant = Omit<PackagedRung, 'key' | 'initLength' | 'segments'> & { readonly uri: string };

/** Sizes to start with, best first: the first entry of a master playlist is what many players begin on. */
const START_ORDER = [480, 720, 360];

/**
 * The media playlist of one rung (RFC 8216): every group of pictures is a segment, given as bytes of the one
 * file at `uri`. Own text instead of ffmpeg's, which leaks the time of encoding (media.md 1.3).
 */
export function mediaPlaylist(file: FragmentedFile, uri: string): string {
  const segments = segmentsOf(file);
  return lines([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${targetDuration(segments)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MAP:URI="${uri}",BYTERANGE="${file.initLength}@0"`,
    ...segments.flatMap((segment) => [
      `#EXTINF:${segment.duration.toFixed(6)},`,
      `#EXT-X-BYTERANGE:${segment.length}@${segment.offset}`,
      uri,
    ]),
    '#EXT-X-ENDLIST',
  ]);
}

/** The master playlist: the rung to start with first, then the others from large to small. */
export function masterPlaylist(given: readonly (Variant | StoredVariant)[]): string {
  const variants = given.map(stored);
  const rank = (variant: StoredVariant) => {
    const place = START_ORDER.indexOf(variant.rung);
    return place === -1 ? START_ORDER.length : place;
  };
  const start = variants.toSorted((a, b) => rank(a) - rank(b) || a.rung - b.rung)[0];
  const others = variants.filter((variant) => variant !== start).toSorted((a, b) => b.rung - a.rung);
  return lines([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...[...(start ? [start] : []), ...others].flatMap((variant) => [
      `#EXT-X-STREAM-INF:${attributes(variant)}`,
      variant.uri,
    ]),
  ]);
}

function stored(variant: Variant | StoredVariant): StoredVariant {
  if (!('file' in variant)) return variant;
  const { file, ...rest } = variant;
  const { width, height, codecs } = file;
  const bandwidths = { averageBandwidth: averageBandwidth(file), peakBandwidth: peakBandwidth(file) };
  return { ...rest, width, height, codecs, ...bandwidths };
}

function attributes(variant: StoredVariant): string {
  return [
    `BANDWIDTH=${variant.peakBandwidth}`,
    `AVERAGE-BANDWIDTH=${variant.averageBandwidth}`,
    `CODECS="${variant.codecs}"`,
    `RESOLUTION=${variant.width}x${variant.height}`,
    `FRAME-RATE=${variant.frameRate.toFixed(3)}`,
  ].join(',');
}

/**
 * The largest segment bit rate. A rest of less than half the target duration does not count (RFC 8216,
 * 4.1): one keyframe in a tenth of a second would look like a huge rate.
 */
export function peakBandwidth(file: FragmentedFile): number {
  const segments = segmentsOf(file);
  const shortest = targetDuration(segments) / 2;
  const rates = segments
    .filter((segment) => segment.duration >= shortest)
    .map((segment) => (segment.length * 8) / segment.duration);
  return Math.ceil(Math.max(averageBandwidth(file), ...rates));
}

/** The longest segment in whole seconds, at least 1 (RFC 8216, 4.3.3.1). */
function targetDuration(segments: readonly Segment[]): number {
  return Math.max(1, ...segments.map((segment) => Math.ceil(segment.duration)));
}

function lines(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}
