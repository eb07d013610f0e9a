import { SHARE_PATH } from './names.ts';

/** Addresses of the page that open without a connection. What the staff does there wants a server in any case. */
const PAGES =
  /^\/(?:$|(?:upload|search|find|packs|copyright|login|register|inbox|welcome|settings|studio|record|directory|authorize_interaction)(?:\/|$)|about(?:$|\/(?:rules|privacy|blocks|transparency)$)|(?:tags?|sounds|playlists|library|invite)\/|@)/;

/** What of a request its answer depends on. */
export interface Asked {
  readonly method: string;
  readonly mode: string;
  readonly destination: string;
  readonly url: string;
  readonly hasRange: boolean;
}

/** Who answers a request; null: the network alone, as if there were no worker. */
export type Answerer = 'page' | 'asset' | 'picture' | 'share' | null;

/**
 * Decides which requests the worker answers. The list names what it may touch, so that everything else stays out: the API, media, federation, frames
 * for other pages, signing in for apps, the pages of the staff.
 */
export function answererOf({ method, mode, destination, url, hasRange }: Asked, origin: string): Answerer {
  const address = new URL(url);
  if (address.origin !== origin || hasRange) return null;
  const { pathname } = address;
  if (mode === 'navigate') {
    if (method === 'POST') return pathname === SHARE_PATH ? 'share' : null;
    return method === 'GET' && destination === 'document' && PAGES.test(pathname) ? 'page' : null;
  }
  if (method !== 'GET') return null;
  if (pathname.startsWith('/assets/')) return destination === '' ? null : 'asset';
  if (pathname === '/favicon.svg') return 'asset';
  return destination === 'image' && /^\/(?:media|pictures)\//.test(pathname) ? 'picture' : null;
}
