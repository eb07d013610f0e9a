import type { Request, Response } from 'express';
import { trendUpkeep } from '../../../../config/trend-limits.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { searchOf } from '../../query.ts';

interface Asked {
  readonly deps: HttpDeps;
  readonly viewer: Viewer | null;
  readonly req: Request;
  readonly res: Response;
}

/**
 * Reads what trends for those who may know it (`TRENDS_FOR`), and says by headers which part comes next and how long it may be kept: what
 * everybody may read, by caches, too. A signature is only looked at where it decides something.
 */
export async function offered<T>(
  { deps, viewer, req, res }: Asked,
  read: () => Promise<T[]>,
  page?: { readonly offset: number; readonly limit: number },
): Promise<T[]> {
  const { trendsFor } = deps.config.exchange;
  if (viewer === null && trendsFor !== 'everyone') await admit(deps, req);
  const items = await read();
  if (viewer === null) {
    const isForAll = trendsFor === 'everyone';
    res.set('Cache-Control', isForAll ? `public, max-age=${trendUpkeep.cachedSeconds}` : 'private, no-cache');
    res.vary('Authorization, Cookie, Signature');
  }
  if (page && items.length >= page.limit) {
    const search = searchOf(req);
    search.set('offset', String(page.offset + page.limit));
    const url = Object.assign(new URL(deps.config.origin), { pathname: req.path, search });
    res.set('Link', `<${url.href}>; rel="next"`);
  }
  return items;
}

async function admit(deps: HttpDeps, req: Request): Promise<void> {
  const request = { path: req.originalUrl, rawHeaders: req.rawHeaders, ip: req.ip ?? 'unknown' };
  const isSigned = deps.config.exchange.trendsFor === 'signed' && (await deps.signerOf(request)) !== null;
  if (!isSigned) {
    throw new ApiError(
      'not-signed-in',
      'What trends here is for people with an account here. Sign in first.',
    );
  }
}
