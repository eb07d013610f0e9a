import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { mediaLinkLimits, servingLimits } from '../../../config/media-limits.ts';
import { parseMediaKey } from '../../../media/keys.ts';
import { type ByteRange, contentTypeOf } from '../../../media/storage/storage.ts';
import { factsOfRegion, isWithin, type Place } from '../../modules/sounds/index.ts';
import type { RegionalAccess } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError, answerError } from '../errors.ts';
import { placeOfRaw, type Trusts } from '../place.ts';
import { hasAlready, wantedRange } from './conditions.ts';
import type { HotObjects } from './hot-objects.ts';
import { offloadOf } from './offload.ts';

const { blockBytes } = servingLimits;
/**
 * The token in the path of what is not for everybody, and the path without it. `r` has no other meaning than to make the path another one
 * than that under which the same was for everybody, wherever they are: that may be kept on the way.
 */
const SIGNED = /^\/(?:r|s\/([0-9]+\.[A-Za-z0-9_-]+))(\/.*)$/;
/** Pictures and texts of a video, in which nothing is heard. */
const SEEN = /\.(?:jpg|webp|png|vtt)$/;
/** Content-hashed paths never change what they stand for. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** Of every answer, as names and values in turn: Node takes them so without a copy. */
export const COMMON = [
  ...['Accept-Ranges', 'bytes'],
  ...['Access-Control-Allow-Origin', '*'],
  ...['Access-Control-Expose-Headers', 'Content-Range, Content-Length, ETag'],
  ...['Cross-Origin-Resource-Policy', 'cross-origin'],
  ...['X-Content-Type-Options', 'nosniff'],
  ...['Content-Security-Policy', "default-src 'none'; sandbox"],
];
/** Of the answer to a question whether another page may ask, beside those. */
export const PREFLIGHT = [
  ...['Access-Control-Allow-Methods', 'GET, HEAD'],
  ...['Access-Control-Allow-Headers', 'Range'],
  ...['Access-Control-Max-Age', '86400'],
];

type Deps = Pick<HttpDeps, 'storage' | 'log' | 'config' | 'mediaUrls' | 'mediaAccess' | 'urls'> & {
  readonly hot: HotObjects;
  readonly trusts: Trusts;
};

/** Answers a request for media; false where the request is for something else. */
export type MediaHandler = (req: IncomingMessage, res: ServerResponse) => boolean;

/** What is asked for, and by which token. */
interface Asked {
  readonly ownerId: string;
  /** Null for what is passed on from another server. */
  readonly key: string | null;
  readonly token: string | null;
  readonly isHeard: boolean;
}

/** What is served, once it is known to exist. */
interface Served {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly cacheControl: string;
}

/** What may be given, and to whom else. */
interface Permission {
  readonly access: 'public' | 'private';
  readonly cacheControl: string;
  /** Where its sound is muted where somebody is: what is given in its place. */
  readonly muted: string | null;
}

/**
 * Serves stored media: GET and HEAD, one byte range, for any origin, cacheable for ever. Only keys of our
 * own making are looked up (security.md W8); types are fixed by the key and never sniffed (M3). It stands
 * before Express, which would cost as much as all the rest: nothing of it is needed here.
 */
export function createMediaHandler(deps: Deps): MediaHandler {
  return (req, res) => {
    const path = mediaPathOf(req.url ?? '');
    if (path === null) return false;
    answer(deps, path, req, res).catch((error) => {
      if (!res.headersSent) for (const [name, value] of pairsOf(COMMON)) res.setHeader(name, value);
      answerError(deps.log, error, res);
    });
    return true;
  };
}

/** What follows `/media` in an address, up to the query; null where it is an address of something else. */
function mediaPathOf(url: string): string | null {
  if (!url.startsWith('/media')) return null;
  const query = url.indexOf('?');
  const path = query < 0 ? url.slice(6) : url.slice(6, query);
  return path === '' || path.startsWith('/') ? path : null;
}

async function answer(deps: Deps, path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method } = req;
  if (method === 'OPTIONS' && path.length > 1) {
    res.writeHead(204, [...COMMON, ...PREFLIGHT]).end();
    return;
  }
  const [, token, keyPath] = SIGNED.exec(path) ?? [null, undefined, path];
  const askedKey = `media${keyPath}`;
  const parts = method === 'GET' || method === 'HEAD' ? parseMediaKey(askedKey) : null;
  if (parts === null) throw new ApiError('not-found');
  const isHeard = !SEEN.test(parts.suffix);
  const asked = { ownerId: parts.ownerId, key: askedKey, token: token ?? null, isHeard };
  const place = () => placeOfRaw(req, deps.config.regions, deps.trusts);
  const { access, cacheControl, muted } = await permission(deps, asked, place);
  const key = muted ?? askedKey;
  const size = await deps.hot.sizeOf(key);
  if (size === null) throw new ApiError('not-found');
  const offload = await offloadOf(deps.config.serving, deps.storage, key, access);
  if (offload?.kind === 'internal') {
    const about = ['X-Accel-Redirect', offload.path, 'Content-Type', contentTypeOf(key)];
    // The other headers are its own to give: it would drop ours, or send both.
    res.writeHead(200, [...about, 'Cache-Control', cacheControl]).end();
    return;
  }
  // An address of the object storage is signed for one method.
  if (offload?.kind === 'redirect' && method === 'GET') {
    const about = ['Cache-Control', `public, max-age=${servingLimits.redirectMaxAgeSeconds}`];
    res.writeHead(302, [...COMMON, ...about, 'Location', offload.url, 'Content-Length', '0']).end();
    return;
  }
  const { hash } = muted === null ? parts : (parseMediaKey(muted) ?? parts);
  await send(deps, { key, size, etag: `"${hash}"`, cacheControl }, req, res);
}

/** Who else may be given it, and how it may be cached, where it may be given. What is not for everybody is absent without its token. */
export async function permission(
  deps: Pick<Deps, 'mediaUrls' | 'mediaAccess'> & { readonly urls: Pick<Deps['urls'], 'origin'> },
  { ownerId, key, token, isHeard }: Asked,
  place: () => Place,
): Promise<Permission> {
  const seconds = token === null ? null : deps.mediaUrls.secondsLeft(token, ownerId);
  if (token !== null && seconds === null) throw new ApiError('not-found');
  if (seconds === 0) throw new ApiError('link-expired');
  const found = await deps.mediaAccess.of(ownerId);
  const regional = typeof found === 'object' ? found : null;
  const access = typeof found === 'object' ? (found?.access ?? null) : found;
  if (access === null || (access === 'private' && seconds === null)) throw new ApiError('not-found');
  if (regional && isHeard) {
    const muted = givenFrom(place(), regional, key, deps.urls.origin);
    // Nobody on the way keeps it for somebody who is elsewhere.
    const maxAge = seconds ?? mediaLinkLimits.maxAgeSeconds;
    return { access: 'private', cacheControl: `private, max-age=${maxAge}`, muted };
  }
  if (seconds === null) return { access, cacheControl: IMMUTABLE, muted: null };
  const maxAge = Math.min(seconds, mediaLinkLimits.maxAgeSeconds);
  return { access, cacheControl: `private, max-age=${maxAge}`, muted: null };
}

/**
 * What is given in place of an object where its sound is muted; null: itself, elsewhere. Throws where nothing is given there: status 451,
 * with who withholds it (RFC 7725).
 */
function givenFrom(
  place: Place,
  { regions, given }: RegionalAccess,
  key: string | null,
  origin: string,
): string | null {
  const here = regions.filter((region) => isWithin(region, place));
  const strictest = here.find(({ action }) => action === 'refuse') ?? here[0];
  if (!strictest) return null;
  const isMuted = strictest.action === 'mute';
  const muted = isMuted && key !== null ? given.get(key) : undefined;
  if (muted !== undefined) return muted;
  const facts = factsOfRegion(strictest, place);
  const detail = isMuted ? `${facts} It cannot be given without its sound so far.` : facts;
  throw new ApiError('sound-region', detail, { headers: { Link: `<${origin}/>; rel="blocked-by"` } });
}

async function send(deps: Deps, served: Served, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { key, size, etag, cacheControl } = served;
  if (hasAlready(req, etag)) {
    res.writeHead(304, [...COMMON, 'ETag', etag, 'Cache-Control', cacheControl]).end();
    return;
  }
  const range = wantedRange(req, size, etag);
  if (range === 'unsatisfiable') {
    const about = ['Cache-Control', 'no-store', 'Content-Range', `bytes */${size}`, 'Content-Length', '0'];
    res.writeHead(416, [...COMMON, ...about]).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const length = end - start + 1;
  // Headers that promise something are written last: what fails before them is not cached.
  const begin = () => {
    const about = ['ETag', etag, 'Cache-Control', cacheControl, 'Content-Length', String(length)];
    if (range) about.push('Content-Range', `bytes ${start}-${end}/${size}`);
    res.writeHead(range ? 206 : 200, [...COMMON, ...about, 'Content-Type', contentTypeOf(key)]);
  };
  if (req.method === 'HEAD' || length === 0) {
    begin();
    res.end();
  } else if (length > servingLimits.widestFromMemory) {
    await stream(deps, key, { start, end }, res, begin);
  } else {
    await sendBlocks(deps, served, { start, end }, res, begin);
  }
}

/** Sends a range block by block, each when the client has taken the one before. */
async function sendBlocks(
  deps: Deps,
  { key, size }: Served,
  range: ByteRange,
  res: ServerResponse,
  begin: () => void,
): Promise<void> {
  const last = Math.floor(range.end / blockBytes);
  let next: Buffer | null = null;
  for (let at = Math.floor(range.start / blockBytes); at <= last; at += 1) {
    const from = Math.max(range.start, at * blockBytes);
    const found = next ?? deps.hot.block(key, size, at);
    next = null;
    if (found === 'busy') return stream(deps, key, { start: from, end: range.end }, res, begin);
    const block = found instanceof Buffer ? found : await found;
    if (res.destroyed) return;
    if (!block) throw new ApiError('not-found');
    const part = block.subarray(from - at * blockBytes, range.end + 1 - at * blockBytes);
    if (!res.headersSent) {
      begin();
      // A range that crosses from one block into the next goes out in one piece.
      if (at + 1 === last) {
        const following = deps.hot.block(key, size, last);
        if (following instanceof Buffer) {
          next = following;
          res.cork();
        }
      }
    }
    if (at === last) res.end(part);
    else if (!res.write(part) && next === null) await drained(res);
  }
}

/** Sends a range straight from storage, headers first where they have not gone out yet. */
async function stream(
  deps: Deps,
  key: string,
  range: ByteRange,
  res: ServerResponse,
  begin: () => void,
): Promise<void> {
  const object = await deps.storage.open(key, range);
  if (!object) throw new ApiError('not-found');
  if (!res.headersSent) begin();
  // A viewer who swipes on breaks the connection; that is no failure.
  await pipeline(object.stream, res).catch(() => res.destroy());
}

/** Waits until more can be written, or nothing can any more. */
export function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
  });
}

/** Names with their values. */
export function* pairsOf(flat: readonly string[]): Generator<[string, string]> {
  for (let at = 0; at + 1 < flat.length; at += 2) yield [flat[at] ?? '', flat[at + 1] ?? ''];
}
