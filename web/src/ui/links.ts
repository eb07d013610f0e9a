import type { Account, Status } from '../api/types.ts';

/** The page of an account on this server. */
export function profilePath(account: Account): string {
  return `/@${account.acct}`;
}

/** The page of a clip on this server. */
export function clipPath(status: Status): string {
  return `${profilePath(status.account)}/${status.id}`;
}

/** The page of a hashtag. */
export function tagPath(name: string): string {
  return `/tags/${encodeURIComponent(name)}`;
}

/** Where one comes from and goes to without having been there. */
const PASSING = /^\/(?:login|register|invite|welcome)(?:\/|$)/;

/** The sign-in page, which comes back to where we are. */
export function signInPath(): string {
  if (PASSING.test(location.pathname)) return '/login';
  return withNext('/login', location.pathname + location.search);
}

/** A page that goes on to `next` in the end. */
export function withNext(path: string, next: string | undefined): string {
  return next === undefined || next === '/' ? path : `${path}?next=${encodeURIComponent(next)}`;
}

/** Where to go after signing in: a path of our own origin, whatever the address says (security.md W3). */
export function safeNext(next: string | undefined): string {
  if (!next || !URL.canParse(next, location.origin)) return '/';
  const url = new URL(next, location.origin);
  if (url.origin !== location.origin) return '/';
  return url.pathname.replace(/^\/+/, '/') + url.search;
}
