import { LRUCache } from 'lru-cache';
import { outwardLimits } from '../../../config/page-limits.ts';
import type { ListedPage } from '../../modules/listing/index.ts';
import type { HttpDeps } from '../deps.ts';
import { sitemapOf } from './writing.ts';

const kinds = ['videos', 'accounts', 'playlists', 'packs'] as const;
type Kind = (typeof kinds)[number];

/** The days are asked for among all there is: so often at most, for each server of this process, however many ask at once. */
const indexes = new WeakMap<object, LRUCache<'index', Promise<string>>>();

/** Names one sitemap for each day on which something was published that may be listed, the newest first. */
export function sitemapIndex(deps: HttpDeps): Promise<string> {
  const kept = indexes.get(deps) ?? new LRUCache({ max: 1, ttl: outwardLimits.sitemapMs });
  indexes.set(deps, kept);
  const known = kept.get('index');
  if (known !== undefined) return known;
  const index = writtenIndex(deps);
  kept.set('index', index);
  // What failed is made again.
  index.catch(() => kept.delete('index'));
  return index;
}

async function writtenIndex({ listing, urls }: HttpDeps): Promise<string> {
  const days: Readonly<Record<Kind, string[]>> = {
    ...{ videos: await listing.videoDays(), accounts: await listing.accountDays() },
    ...{ playlists: await listing.playlistDays(), packs: await listing.packDays() },
  };
  const entries: ListedPage[] = kinds.flatMap((kind) =>
    days[kind].map((day) => ({ url: `${urls.origin}/sitemaps/${kind}/${day}.xml`, changedAt: null })),
  );
  return sitemapOf('sitemapindex', entries.slice(0, outwardLimits.maxSitemaps));
}

/** What of one day may be listed; null where there is no such sitemap. */
export async function sitemapPage(deps: HttpDeps, kind: string, text: string): Promise<string | null> {
  const isKind = (kinds as readonly string[]).includes(kind);
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  if (!isKind || day === null || Number.isNaN(day.getTime())) return null;
  const of: Readonly<Record<Kind, () => Promise<ListedPage[]>>> = {
    videos: () => deps.listing.videosOn(day, outwardLimits.maxInSitemap),
    accounts: () => deps.listing.accountsOn(day, outwardLimits.maxInSitemap),
    playlists: () => deps.listing.playlistsOn(day, outwardLimits.maxInSitemap),
    packs: () => deps.listing.packsOn(day, outwardLimits.maxInSitemap),
  };
  const entries = await of[kind as Kind]();
  return entries.length === 0 ? null : sitemapOf('urlset', entries);
}
