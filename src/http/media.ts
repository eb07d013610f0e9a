import { pipeline } from 'node:stream/promises';
import type { IRouter, Request, Response } from 'express';
import { isMediaKey, parseMediaKey } from '../../media/keys.ts';
import { contentTypeOf } from '../../media/storage/storage.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError } from './errors.ts';

/** Content-hashed paths never change what they stand for. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

/**
 * Serves stored media: GET and HEAD, one byte range, for any origin, cacheable for ever. Only keys of our
 * own making are looked up (security.md W8); types are fixed by the key and never sniffed (M3).
 */
export function mountMedia(router: IRouter, deps: HttpDeps): void {
  router.use('/media', (_req, res, next) => {
    setCommonHeaders(res);
    next();
  });
  router.options('/media/*path', (_req, res) => {
    res.set('Access-Control-Allow-Methods', 'GET, HEAD');
    res.set('Access-Control-Allow-Headers', 'Range');
    res.set('Access-Control-Max-Age', '86400');
    res.status(204).end();
  });
  // Express answers HEAD by the same handler.
  router.get('/media/:owner/:name', async (req, res) => {
    const key = `media/${req.params.owner}/${req.params.name}`;
    if (!isMediaKey(key)) throw new ApiError('not-found');
    await send(deps, key, req, res);
  });
  router.all(['/media', '/media/*path'], () => {
    throw new ApiError('not-found');
  });
}

/** Headers that promise something are set last: what fails before them is not cached. */
async function send(deps: HttpDeps, key: string, req: Request, res: Response): Promise<void> {
  const stat = await deps.storage.stat(key);
  if (!stat) throw new ApiError('not-found');
  const etag = `"${parseMediaKey(key)?.hash}"`;
  if (hasAlready(req, etag)) {
    res.set('ETag', etag).set('Cache-Control', IMMUTABLE).status(304).end();
    return;
  }
  const range = wantedRange(req, stat.size, etag);
  if (range === 'unsatisfiable') {
    res.set('Cache-Control', 'no-store').set('Content-Range', `bytes */${stat.size}`).status(416).end();
    return;
  }
  const object = req.method === 'HEAD' ? null : await deps.storage.open(key, range ?? undefined);
  if (!object && req.method !== 'HEAD') throw new ApiError('not-found');
  if (range) res.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${stat.size}`);
  res.set('ETag', etag).set('Cache-Control', IMMUTABLE);
  res.set('Content-Length', String(range ? range.end - range.start + 1 : stat.size));
  res.set('Content-Type', object?.contentType ?? contentTypeOf(key));
  if (!object) {
    res.end();
    return;
  }
  // A viewer who swipes on breaks the connection; that is no failure.
  await pipeline(object.stream, res).catch(() => res.destroy());
}

/** Any of the tags listed, weak or strong, or `*` (RFC 9110, 13.1.2). */
function hasAlready(req: Request, etag: string): boolean {
  const tags = req.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags !== undefined && (tags.includes(etag) || tags[0] === '*');
}

/**
 * The one range asked for (RFC 9110, 14.1). Null, which stands for the whole object: no range, several,
 * other units, none that makes sense, or one for another version of the object.
 */
function wantedRange(
  req: Request,
  size: number,
  etag: string,
): { start: number; end: number } | 'unsatisfiable' | null {
  const header = req.method === 'GET' ? req.headers.range : undefined;
  if (header === undefined || (req.headers['if-range'] ?? etag) !== etag) return null;
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(header) ?? [];
  if (first === '' && last === '') return null;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start < size ? { start, end } : 'unsatisfiable';
}

function setCommonHeaders(res: Response): void {
  res.set('Accept-Ranges', 'bytes');
  res.set('Access-Control-Allow-Origin', '*');
  res.set('Access-Control-Expose-Headers', 'Content-Range, Content-Length, ETag');
  res.set('Cross-Origin-Resource-Policy', 'cross-origin');
  res.set('X-Content-Type-Options', 'nosniff');
  res.set('Content-Security-Policy', "default-src 'none'; sandbox");
}
