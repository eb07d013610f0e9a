import type { HttpDeps } from '../deps.ts';
import type { Describe } from '../page/describing.ts';
import type { PageHead } from '../page/head.ts';
import { packHead, profileHead, soundHead, tagHead } from '../page/places.ts';
import { playlistHead } from '../page/playlist.ts';

/** Pages that are no clip and that others lead to: where they are, and what says what they show. */
const places: readonly (readonly [path: RegExp, describe: Describe])[] = [
  [/^\/playlists\/(?<id>\d{1,19})\/?$/, playlistHead],
  [/^\/packs\/(?<id>\d{1,19})\/?$/, packHead],
  [/^\/sounds\/(?<id>\d{1,19})\/?$/, soundHead],
  [/^\/tags?\/(?<tag>[^/]+)\/?$/, tagHead],
  [/^\/@(?<handle>[^/@]+)\/?$/, profileHead],
];

/** What is told to everybody about the page at an address of this server; null where that is nothing. */
export async function linkedPage(deps: HttpDeps, address: string): Promise<PageHead | null> {
  const url = URL.parse(address);
  if (url?.origin !== deps.urls.origin) return null;
  for (const [path, describe] of places) {
    const found = path.exec(url.pathname)?.groups;
    if (!found) continue;
    const params = Object.fromEntries(Object.entries(found).map(([name, text]) => [name, decoded(text)]));
    const head = await describe({ deps, params, language: 'en', viewerId: async () => null });
    return head.status === 200 && head.canonical !== null ? head : null;
  }
  return null;
}

/** As the router reads a part of an address; what is no text finds nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
