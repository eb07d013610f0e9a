import type { Request, Response } from 'express';
import { parseId } from '../../lib/ids.ts';
import { allows, type Scope, type Viewer } from '../../modules/auth/index.ts';
import { isShown } from '../api/accounts/get-account.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import type { RateLimit } from '../limits.ts';
import { takeLimit } from '../mount.ts';
import { bearerOf, refuseFrozen, viewerOfRequest } from '../session.ts';

export const ACTIVITY_JSON = 'application/activity+json; charset=utf-8';

/**
 * Whoever has the token of a request, within the limit. These addresses take tokens only: no page can use the session
 * of a visitor there, whatever origin it is of (security.md A5).
 */
export async function signedIn(
  deps: HttpDeps,
  { req, res, limit }: { readonly req: Request; readonly res: Response; readonly limit: RateLimit },
): Promise<Viewer> {
  // What is answered is for one person at one moment, refusals as well (security.md P4).
  res.set({ 'Cache-Control': 'private, no-store', Vary: 'Authorization' });
  const viewer = bearerOf(req) === null ? null : await viewerOfRequest(deps, req);
  if (!viewer) {
    throw new ApiError('not-signed-in', undefined, { headers: { 'WWW-Authenticate': 'Bearer' } });
  }
  if (req.method !== 'GET') refuseFrozen(viewer);
  await takeLimit(deps, res, limit, `account:${viewer.account.id}`);
  return viewer;
}

/** Throws where the token may not do what needs this scope. */
export function demandScope(viewer: Viewer, scope: Scope): void {
  if (allows(viewer.scopes, scope)) return;
  throw new ApiError('scope-missing', `This token may not do that; it needs the scope ${scope}.`);
}

/**
 * Throws where an address below an actor is not that of the one who asks: of somebody else it is refused, of nobody it
 * is absent (security.md A10).
 */
export async function demandOwn(deps: HttpDeps, req: Request, { account }: Viewer): Promise<void> {
  const id = parseId<'account'>(String(req.params.id));
  if (id === account.id) return;
  const other = id === null ? null : await deps.accounts.byId(id);
  if (other?.domain === null && isShown(other)) {
    throw new ApiError('not-yours', 'This belongs to somebody else.');
  }
  throw new ApiError('not-found');
}
