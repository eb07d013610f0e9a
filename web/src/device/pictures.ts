import { PICTURES } from './names.ts';

/** What pictures may take, of all of them and of one. */
const MOST_BYTES = 3_000_000;
const MOST_OF_ONE = 400_000;

/**
 * Keeps these pictures for when there is no connection, and no others, as many as there is room for: small ones of our own server that
 * everybody may see. Most of them are in the browser's own cache at that moment.
 */
export async function keepPictures(addresses: readonly string[]): Promise<void> {
  const wanted = [...new Set(addresses.map((address) => new URL(address, location.href)))].filter(
    ({ origin }) => origin === location.origin,
  );
  const cache = await caches.open(PICTURES);
  for (const { url } of await cache.keys()) {
    if (!wanted.some(({ href }) => href === url)) await cache.delete(url);
  }
  let left = MOST_BYTES;
  for (const { href } of wanted) {
    const kept = await cache.match(href);
    const picture = kept ?? (await fetch(href, { cache: 'force-cache', priority: 'low' }));
    const size = sizeOf(picture);
    if (size > Math.min(left, MOST_OF_ONE)) {
      if (kept) await cache.delete(href);
      continue;
    }
    left -= size;
    if (!kept) await cache.put(href, picture);
  }
}

/** In bytes; more than there is room for where it is not to be kept. */
function sizeOf({ ok, redirected, headers }: Response): number {
  const isPicture = headers.get('content-type')?.startsWith('image/') ?? false;
  const isForAll = !/private|no-store/.test(headers.get('cache-control') ?? '');
  const size = Number(headers.get('content-length'));
  return ok && !redirected && isPicture && isForAll && size > 0 ? size : Number.POSITIVE_INFINITY;
}

/** Forgets all of them. */
export async function forgetPictures(): Promise<void> {
  await caches.delete(PICTURES);
}
