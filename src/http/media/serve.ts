import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { mediaLinkLimits, servingLimits } from '../../../config/media-limits.ts';
import { parseMediaKey } from '../../../media/keys.ts';
import { type ByteRange, contentTypeOf } from '../../../media/storage/storage.ts';
import type { MediaAccess } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError, answerError } from '../errors.ts';
import { hasAlready, wantedRange } from './conditions.ts';
import type { HotObjects } from './hot-objects.ts';
import { offloadOf } from './offload.ts';

const { blockBytes } = servingLimits;
/** The token in the path of what is not for everybody, and the path without it. */
const SIGNED = /^\/s\/([0-9]+\.[A-Za-z0-9_-]+)(\/.*)$/;
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

type Deps = Pick<HttpDeps, 'storage' | 'log' | 'config' | 'mediaUrls' | 'mediaAccess'> & {
  readonly hot: HotObjects;
};

/** Answers a request for media; false where the request is for something else. */
export type MediaHandler = (req: IncomingMessage, res: ServerResponse) => boolean;

/** What is served, once it is known to exist. */
interface Served {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly cacheControl: string;
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
  const [, token, keyPath] = SIGNED.exec(path) ?? [null, null, path];
  const key = `media${keyPath}`;
  const parts = method === 'GET' || method === 'HEAD' ? parseMediaKey(key) : null;
  if (parts === null) throw new ApiError('not-found');
  const { access, cacheControl } = await permission(deps, parts.ownerId, token ?? null);
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
  await send(deps, { key, size, etag: `"${parts.hash}"`, cacheControl }, req, res);
}

/** Who else may be given it, and how it may be cached, where it may be given. What is not for everybody is absent without its token. */
export async function permission(
  deps: Pick<Deps, 'mediaUrls' | 'mediaAccess'>,
  ownerId: string,
  token: string | null,
): Promise<{ access: MediaAccess; cacheControl: string }> {
  const seconds = token === null ? null : deps.mediaUrls.secondsLeft(token, ownerId);
  if (token !== null && seconds === null) throw new ApiError('not-found');
  if (seconds === 0) throw new ApiError('link-expired');
  const access = await deps.mediaAccess.of(ownerId);
  if (access === null || (access === 'private' && seconds === null)) throw new ApiError('not-found');
  if (seconds === null) return { access, cacheControl: IMMUTABLE };
  const maxAge = Math.min(seconds, mediaLinkLimits.maxAgeSeconds);
  return { access, cacheControl: `private, max-age=${maxAge}` };
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
