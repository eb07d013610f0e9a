/** What a server is asked for by an address of `authorize_interaction`: `acct:name@server` is a handle, everything else itself. */
export function wantedOf(uri: string): string {
  return uri.trim().replace(/^acct:@?/i, '');
}

/** The path of an address of this server, like that of a playlist; null where it is elsewhere, or no address of the web. */
export function ownPath(uri: string, origin: string): string | null {
  if (!/^https?:\/\//i.test(uri.trim()) || !URL.canParse(uri)) return null;
  const url = new URL(uri);
  const isOurs = url.origin === origin && url.pathname !== '/authorize_interaction';
  return isOurs ? url.pathname.replace(/^\/+/, '/') + url.search : null;
}
