import type { RequestHandler } from 'express';

/** What pages of other origins may ask. Nothing there needs a cookie: browsers send none where any origin may ask. */
const OPEN_TO_PAGES = /^\/(api|ap|nodeinfo|\.well-known)(\/|$)|^\/oauth\/(token|revoke|userinfo)$/;

const EXPOSED =
  'Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Idempotency-Key, Retry-After, Location';
const DAY_SECONDS = '86400';

/**
 * Lets apps that are web pages of their own use the API, with tokens (Fetch, "CORS protocol"). Cookies are never
 * allowed with it, so that no page can use the session of a visitor. Uploads answer their own preflights.
 */
export const openToPages: RequestHandler = (req, res, next) => {
  if (!OPEN_TO_PAGES.test(req.path)) return next();
  res.set('Access-Control-Allow-Origin', '*');
  res.set('Access-Control-Expose-Headers', EXPOSED);
  if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return next();
  res.set('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  // The star does not stand for Authorization.
  res.set('Access-Control-Allow-Headers', 'Authorization, Content-Type, Idempotency-Key, *');
  res.set('Access-Control-Max-Age', DAY_SECONDS);
  res.status(204).end();
};
