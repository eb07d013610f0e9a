const HOST =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?::\d{1,5})?$/;

/**
 * The host of a server that somebody writes: by itself, as an address, or as the end of a handle. Null for what is no public name of a
 * server: the page leads people there, and nowhere else.
 */
export function serverHostOf(written: string): string | null {
  const text = written.trim();
  const isAddress = /^https?:\/\//i.test(text);
  const name = isAddress ? text : `https://${text.slice(text.lastIndexOf('@') + 1)}`;
  const url = URL.canParse(name) ? new URL(name) : null;
  if (url === null || url.username !== '' || url.password !== '') return null;
  if (!isAddress && !/^[^\s/\\?#]+\/?$/.test(text)) return null;
  return HOST.test(url.host) ? url.host : null;
}

/** Where a server asks its people what to do with a post of another one (FEP-3b86 and what Mastodon does). */
export function interactionUrl(host: string, uri: string): string {
  return `https://${host}/authorize_interaction?${new URLSearchParams({ uri })}`;
}
