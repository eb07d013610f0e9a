import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';
import { isUnconfirmed, type Viewer } from '../modules/auth/index.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError } from './errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** `__Host-` binds the cookie to this very host; browsers take it over https only. */
function cookieName(origin: string): string {
  return origin.startsWith('https:') ? '__Host-vireo-session' : 'vireo-session';
}

/**
 * Finds out who asks. Null: nobody is signed in. Throws where a cookie is used from another site (A5), and for
 * whoever has not confirmed the e-mail address yet.
 */
export async function viewerOfRequest(
  deps: Pick<HttpDeps, 'auth' | 'config'>,
  req: Request,
): Promise<Viewer | null> {
  const viewer = await anyViewerOfRequest(deps, req);
  if (viewer && isUnconfirmed(viewer)) throw new ApiError('email-unconfirmed');
  return viewer;
}

/** The same, also for whoever has not confirmed the address: for what they may do all the same. */
export async function anyViewerOfRequest(
  deps: Pick<HttpDeps, 'auth' | 'config'>,
  req: Request,
): Promise<Viewer | null> {
  const bearer = bearerOf(req);
  if (bearer !== null) {
    const viewer = await deps.auth.viewerOf(bearer);
    if (viewer?.via === 'bearer') return viewer;
    // An app that speaks for itself is nobody who is signed in, and yet no stranger.
    if (!viewer && (await deps.auth.apps.isOfItself(bearer))) return null;
    throw new ApiError('not-signed-in', 'This token is not valid, or no longer.');
  }
  return viewerOfPage(deps, req);
}

/** Throws where the account may read, and do nothing else. */
export function refuseFrozen(viewer: Viewer): void {
  if (viewer.account.limits.frozen) throw new ApiError('frozen');
}

/** The token that a request names, null where it names none. */
export function bearerOf(req: Request): string | null {
  return /^Bearer ([\w-]{20,200})$/i.exec(req.headers.authorization ?? '')?.[1] ?? null;
}

/** Who has the session of one of our pages, whatever token the request names. Throws as the above. */
export async function viewerOfPage(
  deps: Pick<HttpDeps, 'auth' | 'config'>,
  req: Request,
): Promise<Viewer | null> {
  const token = parseCookie(req.headers.cookie ?? '')[cookieName(deps.config.origin)];
  if (!token) return null;
  const viewer = await deps.auth.viewerOf(token);
  if (viewer?.via !== 'cookie') return null;
  if (!SAFE_METHODS.has(req.method) && !comesFromOurPage(req, deps.config.origin))
    throw new ApiError('cross-site');
  return viewer;
}

/** Browsers name the page's origin on every unsafe request; its absence means no browser page sent it. */
export function comesFromOurPage(req: Request, origin: string): boolean {
  const from = req.headers.origin;
  if (from !== undefined) return from === origin;
  const site = req.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** Gives the browser its session. */
export function setSessionCookie(res: Response, origin: string, token: string, expires: Date): void {
  res.append('Set-Cookie', serialize(origin, token, expires));
}

/** Takes it away again. */
export function clearSessionCookie(res: Response, origin: string): void {
  res.append('Set-Cookie', serialize(origin, '', new Date(0)));
}

function serialize(origin: string, value: string, expires: Date): string {
  return stringifySetCookie({
    name: cookieName(origin),
    value,
    httpOnly: true,
    sameSite: 'lax',
    secure: origin.startsWith('https:'),
    path: '/',
    expires,
  });
}
