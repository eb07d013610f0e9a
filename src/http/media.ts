import { pipeline } from 'node:stream/promises';
import type { IRouter, Request, Response } from 'express';
import parseRange from 'range-parser';
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
  router.options('/media/*path', (_req, res) => {
    setCommonHeaders(res);
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
}

async function send(deps: HttpDeps, key: string, req: Request, res: Response): Promise<void> {
  const stat = await deps.storage.stat(key);
  if (!stat) throw new ApiError('not-found');
  setCommonHeaders(res);
  const etag = `"${parseMediaKey(key)?.hash}"`;
  res.set('ETag', etag);
  res.set('Cache-Control', IMMUTABLE);
  if (req.headers['if-none-match'] === etag) {
    res.status(304).end();
    return;
  }
  const range = wantedRange(req, stat.size, etag);
  if (range === 'unsatisfiable') {
    res.set('Content-Range', `bytes */${stat.size}`).status(416).end();
    return;
  }
  if (range) res.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${stat.size}`);
  res.set('Content-Length', String(range ? range.end - range.start + 1 : stat.size));
  const object = req.method === 'HEAD' ? null : await deps.storage.open(key, range ?? undefined);
  res.set('Content-Type', object?.contentType ?? contentTypeOf(key));
  if (!object) {
    res.end();
    return;
  }
  // A viewer who swipes on breaks the connection; that is no failure.
  await pipeline(object.stream, res).catch(() => res.destroy());
}

/** The one range asked for; several ranges get the whole object, which RFC 9110 allows. */
function wantedRange(
  req: Request,
  size: number,
  etag: string,
): { start: number; end: number } | 'unsatisfiable' | null {
  const header = req.headers.range;
  if (header === undefined || (req.headers['if-range'] ?? etag) !== etag) return null;
  const ranges = parseRange(size, header);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return null;
  return ranges[0] ?? null;
}

function setCommonHeaders(res: Response): void {
  res.set('Accept-Ranges', 'bytes');
  res.set('Access-Control-Allow-Origin', '*');
  res.set('Access-Control-Expose-Headers', 'Content-Range, Content-Length, ETag');
  res.set('Cross-Origin-Resource-Policy', 'cross-origin');
  res.set('X-Content-Type-Options', 'nosniff');
  res.set('Content-Security-Policy', "default-src 'none'; sandbox");
}
