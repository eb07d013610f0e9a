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

/** The sign-in page, which comes back to where we are. */
export function signInPath(): string {
  const here = location.pathname + location.search;
  return here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`;
}

/** Where to go after signing in: a path of our own origin, whatever the address says (security.md W3). */
export function safeNext(next: string | undefined): string {
  if (!next || !URL.canParse(next, location.origin)) return '/';
  const url = new URL(next, location.origin);
  if (url.origin !== location.origin) return '/';
  return url.pathname.replace(/^\/+/, '/') + url.search;
}
