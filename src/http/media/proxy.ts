import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { proxyLimits } from '../../../config/media-limits.ts';
import type { ByteRange } from '../../../media/storage/storage.ts';
import type { Place } from '../../modules/sounds/index.ts';
import type { ProxiedFile, ProxyFailure } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { networkOf } from '../limits.ts';
import { placeOf } from '../place.ts';
import { hasAlready, wantedRange } from './conditions.ts';
import { COMMON, drained, PREFLIGHT, pairsOf, permission } from './serve.ts';

const { chunkBytes, answersInFlight, answersPerNetwork } = proxyLimits;
/** The number of a video, with the token of one that is not for everybody before it. */
const PATH = /^\/(?:s\/(\d+\.[\w-]+)\/)?(\d{1,18})$/;
const CACHING = `private, max-age=${proxyLimits.maxAgeSeconds}`;
const RETRY_SECONDS = '5';

type Deps = Pick<HttpDeps, 'mediaUrls' | 'mediaAccess' | 'limits'> & {
  readonly config: Pick<HttpDeps['config'], 'regions'>;
  readonly urls: Pick<HttpDeps['urls'], 'origin'>;
  readonly videos: Pick<HttpDeps['videos'], 'proxiedSource'>;
  readonly proxiedFiles: Pick<HttpDeps['proxiedFiles'], 'file' | 'chunk'>;
};

/** One request for the bytes of a video that is held elsewhere. */
interface Asked {
  readonly videoId: string;
  readonly token: string | null;
  readonly place: Place;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/**
 * Passes on videos of other servers that are not copied (mode `proxy`): GET and HEAD, one byte range. Only the address
 * that is stored with the video is ever asked for, and only while the staff wants this and the viewer may see it,
 * which is looked at again before every chunk. What it costs is bounded by `proxyLimits`.
 */
export function createProxyHandler(deps: Deps, stallMs: number = proxyLimits.stallMs): RequestHandler {
  const takeSlot = answerSlots();
  return async (req, res) => {
    for (const [name, value] of pairsOf(COMMON)) res.setHeader(name, value);
    const [, token = null, videoId = ''] = PATH.exec(req.path) ?? [];
    if (videoId === '') throw new ApiError('not-found');
    if (req.method === 'OPTIONS') {
      for (const [name, value] of pairsOf(PREFLIGHT)) res.setHeader(name, value);
      res.status(204).end();
      return;
    }
    if (req.method !== 'GET' && req.method !== 'HEAD') throw new ApiError('not-found');
    const network = networkOf(req.ip);
    await deps.limits.take(proxyLimits.requests, `network:${network}`);
    if (res.destroyed) return;
    const gone = new AbortController();
    const giveBack = takeSlot(network);
    res.once('close', () => {
      giveBack();
      gone.abort();
    });
    res.setTimeout(stallMs, () => res.destroy());
    await answer(
      deps,
      { videoId, token, place: placeOf(req, deps.config.regions), signal: gone.signal },
      req,
      res,
    );
  };
}

async function answer(deps: Deps, asked: Asked, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = await sourceOf(deps, asked);
  const found = await deps.proxiedFiles.file(url, asked.signal);
  if (res.destroyed) return;
  if (!found.ok) throw refusedBy(found);
  const { file } = found;
  if (hasAlready(req, file.etag)) {
    res.writeHead(304, { ETag: file.etag, 'Cache-Control': CACHING }).end();
    return;
  }
  const range = wantedRange(req, file.size, file.etag);
  if (range === 'unsatisfiable') {
    const about = { 'Content-Range': `bytes */${file.size}`, 'Content-Length': 0 };
    res.writeHead(416, { ...about, 'Cache-Control': 'no-store' }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  const begin = () => {
    res.writeHead(range ? 206 : 200, {
      ...{ ETag: file.etag, 'Cache-Control': CACHING, 'Content-Type': file.type },
      'Content-Length': end - start + 1,
      // nginx would fetch on what its client does not take.
      'X-Accel-Buffering': 'no',
      ...(range && { 'Content-Range': `bytes ${start}-${end}/${file.size}` }),
    });
  };
  if (req.method === 'HEAD') {
    begin();
    res.end();
  } else {
    await sendChunks(deps, asked, file, { start, end }, res, begin);
  }
}

/** Sends a range chunk by chunk, each when the client has taken the one before. */
async function sendChunks(
  deps: Deps,
  asked: Asked,
  file: ProxiedFile,
  { start, end }: ByteRange,
  res: ServerResponse,
  begin: () => void,
): Promise<void> {
  const last = Math.floor(end / chunkBytes);
  for (let at = Math.floor(start / chunkBytes); at <= last; at += 1) {
    if (res.headersSent && (await sourceOf(deps, asked)) !== file.url) throw new ApiError('not-found');
    const got = await deps.proxiedFiles.chunk(file, at, asked.signal);
    if (res.destroyed) return;
    if (!got.ok) throw refusedBy(got);
    const part = got.chunk.subarray(Math.max(0, start - at * chunkBytes), end + 1 - at * chunkBytes);
    if (!res.headersSent) begin();
    if (at === last) res.end(part);
    else if (!res.write(part)) await drained(res);
  }
}

/** Where the file of a video lies, if this viewer may have its bytes from here now. */
async function sourceOf(deps: Deps, { videoId, token, place }: Asked): Promise<string> {
  await permission(deps, { ownerId: videoId, key: null, token, isHeard: true }, () => place);
  const url = await deps.videos.proxiedSource(videoId);
  if (url === null) throw new ApiError('not-found');
  return url;
}

function refusedBy({ reason, detail }: ProxyFailure): ApiError {
  // The client is still there, so that this server is going away.
  return reason === 'left' ? busy('This server is shutting down.') : new ApiError(reason, detail);
}

function busy(detail: string): ApiError {
  return new ApiError('unavailable', detail, { headers: { 'Retry-After': RETRY_SECONDS } });
}

/** Bounds how many answers go out at once, each of which holds a chunk in memory. */
function answerSlots(): (network: string) => () => void {
  let taken = 0;
  const byNetwork = new Map<string, number>();
  return (network) => {
    const own = byNetwork.get(network) ?? 0;
    if (own >= answersPerNetwork) {
      throw new ApiError('too-many-requests', undefined, { headers: { 'Retry-After': RETRY_SECONDS } });
    }
    if (taken >= answersInFlight)
      throw busy('Too many are watching videos of other servers. Try again soon.');
    taken += 1;
    byNetwork.set(network, own + 1);
    return () => {
      taken -= 1;
      const left = (byNetwork.get(network) ?? 1) - 1;
      if (left > 0) byNetwork.set(network, left);
      else byNetwork.delete(network);
    };
  };
}
