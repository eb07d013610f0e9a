import { hlsLimits } from '../config/media-limits.ts';
import { fail, ok, type Result } from '../src/lib/result.ts';

/**
 * Reads HLS playlists of other servers (RFC 8216), as far as a finished recording needs it. Nothing here opens
 * anything: what to fetch, and in which order, is told as plain addresses. Every text is answered with a plan
 * or a reason; none throws (security.md M3).
 */

export type HlsRefusal =
  | 'not-a-playlist'
  | 'playlist-broken'
  | 'playlist-too-large'
  | 'playlist-encrypted'
  | 'playlist-unsupported'
  | 'playlist-nested'
  | 'bad-address'
  | 'is-live'
  | 'too-long';

/** Bytes of a file; null where the whole file is meant. */
export interface Part {
  readonly url: string;
  readonly range: { readonly start: number; readonly length: number } | null;
}

/** One size of the recording. */
export interface SourceVariant {
  readonly url: string;
  /** Bits per second at the peak; 0 where it is not said. */
  readonly bandwidth: number;
  /** Null where it is not said. */
  readonly shortSide: number | null;
  /** Whether its codecs name sound and nothing else. */
  readonly isSoundOnly: boolean;
  /** Where its sound lies, where that is a file of its own. */
  readonly audioUrl: string | null;
}

export interface MasterPlaylist {
  readonly kind: 'master';
  readonly variants: readonly SourceVariant[];
}

export interface MediaPlaylist {
  readonly kind: 'media';
  /** What to fetch, in order; the initialisation section first, neighbours in one file joined. */
  readonly parts: readonly Part[];
  readonly hasMap: boolean;
  readonly durationSeconds: number;
  /** Known where every part is a range. */
  readonly bytes: number | null;
}

export interface PlaylistCaps {
  readonly maxDurationSeconds: number;
}

type Outcome<T extends object> = Result<T, HlsRefusal>;

/** Whether a file is a playlist, by its first bytes. */
export function isPlaylist(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 16))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '');
  return /^#EXTM3U(?:[\r\n \t]|$)/.test(text);
}

/** Reads a playlist that was fetched from `baseUrl`. */
export function readPlaylist(
  text: string,
  baseUrl: string,
  caps: PlaylistCaps,
): Outcome<{ playlist: MasterPlaylist | MediaPlaylist }> {
  if (text.length > hlsLimits.maxPlaylistBytes) return fail('playlist-too-large');
  const lines = linesOf(text);
  if (lines === null) return fail('playlist-too-large');
  if (lines[0] !== '#EXTM3U') return fail('not-a-playlist');
  const isMaster = lines.some((line) => line.startsWith('#EXT-X-STREAM-INF:'));
  const read = isMaster ? readMaster(lines, baseUrl) : readMedia(lines, baseUrl, caps);
  return read;
}

/** Trimmed lines that say something, or null where they are too many or too long. */
function linesOf(text: string): string[] | null {
  const lines = text.replace(/^\ufeff/, '').split('\n', hlsLimits.maxLines + 1);
  if (lines.length > hlsLimits.maxLines) return null;
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  return said.some((line) => line.length > hlsLimits.maxLineCharacters) ? null : said;
}

function readMaster(lines: readonly string[], baseUrl: string): Outcome<{ playlist: MasterPlaylist }> {
  const sounds = new Map<string, { readonly url: string | null; readonly isDefault: boolean }>();
  const variants: (Omit<SourceVariant, 'audioUrl'> & { readonly group: string | undefined })[] = [];
  let pending: ReadonlyMap<string, string> | null = null;
  for (const line of lines) {
    if (line.startsWith('#EXT-X-SESSION-KEY:') && isKey(line)) return encrypted();
    if (line.startsWith('#EXT-X-MEDIA:')) {
      const media = attributesOf(line);
      const group = media.get('GROUP-ID');
      if (media.get('TYPE') !== 'AUDIO' || group === undefined) continue;
      const uri = media.get('URI');
      const url = uri === undefined ? null : addressOf(uri, baseUrl);
      if (uri !== undefined && url === null) return badAddress();
      const isDefault = media.get('DEFAULT') === 'YES';
      if (!sounds.has(group) || (isDefault && !sounds.get(group)?.isDefault)) {
        sounds.set(group, { url, isDefault });
      }
    } else if (line.startsWith('#EXT-X-STREAM-INF:')) {
      pending = attributesOf(line);
    } else if (!line.startsWith('#') && pending) {
      const url = addressOf(line, baseUrl);
      if (url === null) return badAddress();
      if (variants.length >= hlsLimits.maxVariants) return fail('playlist-too-large');
      variants.push({ url, ...variantFacts(pending), group: pending.get('AUDIO') });
      pending = null;
    }
  }
  if (variants.length === 0) return fail('playlist-broken', 'The playlist names no file.');
  const playlist: MasterPlaylist = {
    kind: 'master',
    variants: variants.map(({ group, ...variant }) => ({
      ...variant,
      audioUrl: (group === undefined ? undefined : sounds.get(group))?.url ?? null,
    })),
  };
  return ok({ playlist });
}

const SOUND_CODECS = /^(?:mp4a|opus|ac-3|ec-3|flac|alac|vorbis|mp3)/i;

function variantFacts(attributes: ReadonlyMap<string, string>) {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/i.exec(attributes.get('RESOLUTION') ?? '') ?? [];
  const codecs = (attributes.get('CODECS') ?? '').split(',').flatMap((codec) => codec.trim() || []);
  const bandwidth = /^\d{1,12}$/.test(attributes.get('BANDWIDTH') ?? '')
    ? Number(attributes.get('BANDWIDTH'))
    : 0;
  return {
    bandwidth,
    shortSide: width && height ? Math.min(Number(width), Number(height)) : null,
    isSoundOnly: codecs.length > 0 && codecs.every((codec) => SOUND_CODECS.test(codec)),
  };
}

/** The best first: up to `maxShortSide` from large to small, then the larger ones from small to large. */
export function variantsByWorth(
  { variants }: MasterPlaylist,
  maxShortSide: number,
): readonly SourceVariant[] {
  const side = (variant: SourceVariant) => variant.shortSide ?? 0;
  const withPicture = variants.filter((variant) => !variant.isSoundOnly);
  const fitting = withPicture.filter((variant) => side(variant) <= maxShortSide);
  const larger = withPicture.filter((variant) => side(variant) > maxShortSide);
  return [
    ...fitting.toSorted((a, b) => side(b) - side(a) || b.bandwidth - a.bandwidth),
    ...larger.toSorted((a, b) => side(a) - side(b) || a.bandwidth - b.bandwidth),
  ];
}

/** What is known while a media playlist is read, line by line. */
interface MediaState {
  readonly parts: Part[];
  segments: number;
  map: Part | null;
  seconds: number | null;
  byteRange: { length: number; start: number | null } | null;
  total: number;
  isComplete: boolean;
}

function readMedia(
  lines: readonly string[],
  baseUrl: string,
  caps: PlaylistCaps,
): Outcome<{ playlist: MediaPlaylist }> {
  const state: MediaState = {
    ...{ parts: [], segments: 0, map: null, seconds: null, byteRange: null, total: 0, isComplete: false },
  };
  for (const line of lines.slice(1)) {
    const refusal = line.startsWith('#') ? readTag(line, state, baseUrl) : readSegment(line, state, baseUrl);
    if (refusal) return refusal;
    if (state.segments > hlsLimits.maxSegments) return fail('playlist-too-large');
    if (state.total > caps.maxDurationSeconds) {
      return fail('too-long', `The video is longer than ${caps.maxDurationSeconds} seconds.`);
    }
  }
  if (!state.isComplete) return fail('is-live', 'The playlist has no end: it is a live broadcast.');
  if (state.segments === 0) return fail('playlist-broken', 'The playlist names no file.');
  const parts = joined(state.parts);
  const bytes = parts.reduce<number | null>(
    (sum, { range }) => (sum === null || range === null ? null : sum + range.length),
    0,
  );
  return ok({
    playlist: {
      ...{ kind: 'media', parts, hasMap: state.map !== null },
      ...{ durationSeconds: state.total, bytes },
    },
  });
}

type Refused = Extract<Outcome<object>, { ok: false }>;

function readTag(line: string, state: MediaState, baseUrl: string): Refused | null {
  const colon = line.indexOf(':');
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + 1);
  switch (name) {
    case '#EXTINF': {
      const seconds = /^\d{1,9}(?:\.\d{1,12})?(?=,|$)/.exec(value)?.[0];
      if (seconds === undefined) return fail('playlist-broken', 'A part has no length.');
      state.seconds = Number(seconds);
      return null;
    }
    case '#EXT-X-BYTERANGE':
      state.byteRange = byteRangeOf(value);
      return state.byteRange ? null : fail('playlist-broken', 'A byte range makes no sense.');
    case '#EXT-X-MAP':
      return readMap(line, state, baseUrl);
    case '#EXT-X-KEY':
      return isKey(line) ? encrypted() : null;
    case '#EXT-X-ENDLIST':
      state.isComplete = true;
      return null;
    // The parts would not be one recording when put one after the other.
    case '#EXT-X-DISCONTINUITY':
    case '#EXT-X-GAP':
    case '#EXT-X-I-FRAMES-ONLY':
    case '#EXT-X-DEFINE':
      return fail('playlist-unsupported', `${name.slice(1)} is not supported.`);
    default:
      return null;
  }
}

function readMap(line: string, state: MediaState, baseUrl: string): Refused | null {
  const attributes = attributesOf(line);
  const url = addressOf(attributes.get('URI') ?? '', baseUrl);
  if (url === null) return badAddress();
  const text = attributes.get('BYTERANGE');
  const range = text === undefined ? null : byteRangeOf(text);
  if (text !== undefined && range === null) return fail('playlist-broken', 'A byte range makes no sense.');
  const map = { url, range: range && { start: range.start ?? 0, length: range.length } };
  if (state.map) {
    const isSame =
      state.map.url === url &&
      state.map.range?.start === map.range?.start &&
      state.map.range?.length === map.range?.length;
    return isSame ? null : fail('playlist-unsupported', 'The recording changes its format half way.');
  }
  if (state.segments > 0) return fail('playlist-unsupported', 'The recording changes its format half way.');
  state.map = map;
  state.parts.push(map);
  return null;
}

function readSegment(line: string, state: MediaState, baseUrl: string): Refused | null {
  const url = addressOf(line, baseUrl);
  if (url === null) return badAddress();
  if (state.seconds === null) return fail('playlist-broken', 'A part has no length.');
  let range: Part['range'] = null;
  if (state.byteRange) {
    // Without a place it follows what came before it in the same file (RFC 8216, 4.3.2.2).
    const before = state.parts.at(-1);
    const next = before?.url === url && before.range ? before.range.start + before.range.length : null;
    const start = state.byteRange.start ?? next;
    if (start === null) return fail('playlist-broken', 'A byte range has no start.');
    range = { start, length: state.byteRange.length };
  }
  state.parts.push({ url, range });
  state.segments += 1;
  state.total += state.seconds;
  state.seconds = null;
  state.byteRange = null;
  return null;
}

/** Neighbours in one file are fetched with one request. */
function joined(parts: readonly Part[]): Part[] {
  const all: Part[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    const isNext =
      last?.range &&
      part.range &&
      last.url === part.url &&
      last.range.start + last.range.length === part.range.start;
    if (isNext && last.range && part.range) {
      const { start, length } = last.range;
      all[all.length - 1] = { url: part.url, range: { start, length: length + part.range.length } };
    } else all.push(part);
  }
  return all;
}

const MAX_OFFSET = 2 ** 40;

function byteRangeOf(text: string): { length: number; start: number | null } | null {
  const [, length, start] = /^(\d{1,13})(?:@(\d{1,13}))?$/.exec(text.trim()) ?? [];
  if (length === undefined) return null;
  const numbers = [Number(length), Number(start ?? 0)];
  if (numbers[0] === 0 || numbers.some((number) => number > MAX_OFFSET)) return null;
  return { length: Number(length), start: start === undefined ? null : Number(start) };
}

/** `NAME=value` and `NAME="value"`, separated by commas. The first of a name counts. */
function attributesOf(line: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', quoted, plain] of line
    .slice(line.indexOf(':') + 1)
    .matchAll(/([A-Z0-9-]{1,60})=(?:"([^"]*)"|([^",]*))(?:,|$)/g)) {
    if (!found.has(name)) found.set(name, quoted ?? plain ?? '');
  }
  return found;
}

/** An absolute http(s) address without credentials, or null. The fetch layer judges it further. */
function addressOf(text: string, baseUrl: string): string | null {
  if (text === '' || text.length > hlsLimits.maxLineCharacters) return null;
  const url = URL.parse(text, baseUrl);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  url.hash = '';
  return url.href;
}

function isKey(line: string): boolean {
  return attributesOf(line).get('METHOD') !== 'NONE';
}

function encrypted(): Refused {
  return fail('playlist-encrypted', 'The recording is encrypted.');
}

function badAddress(): Refused {
  return fail('bad-address', 'The playlist names something that is no web address.');
}

/** What the bytes at the start of a part are. */
export type PartKind = 'init' | 'fragment' | 'transport-stream';

/** Tells the kind of a part by its first bytes, or null where it is no part of a recording (security.md M3). */
export function partKind(head: Uint8Array): PartKind | null {
  const box = Buffer.from(head.subarray(4, 8)).toString('latin1');
  if (box === 'ftyp' || box === 'moov') return 'init';
  if (['styp', 'moof', 'sidx', 'emsg', 'prft', 'free', 'skip'].includes(box)) return 'fragment';
  const isSynced = [0, 188, 376].every((at) => at >= head.length || head[at] === 0x47);
  return head.length >= 188 && isSynced ? 'transport-stream' : null;
}
