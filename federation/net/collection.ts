import { isObject, type JsonObject, listOf, sameOrigin, typesOf, uriOf } from '../translate/read.ts';
import type { LoadDocument } from './document-loader.ts';

/** What reading one collection may cost (security.md R4). */
export interface CollectionLimits {
  readonly maxPages: number;
  readonly maxItems: number;
  readonly maxBytes: number;
}

export interface CollectionDeps {
  readonly loadDocument: LoadDocument;
  readonly limits: CollectionLimits;
  readonly signal?: AbortSignal;
}

/**
 * How the reading ended. `whole`: all that the collection has was seen. `cut`: a cap was met, a page led back,
 * or to another server. `again`: its server could not be asked just now. `unusable`: there is no such collection.
 */
type CollectionEnd = 'whole' | 'cut' | 'again' | 'unusable';

/** The end of a reading, and how many pages were asked for. */
export interface CollectionRead {
  readonly end: CollectionEnd;
  readonly pages: number;
}

/** One entry: an id, or an object that the collection embeds. */
export type CollectionItem = string | JsonObject;

const COLLECTIONS = ['Collection', 'OrderedCollection', 'CollectionPage', 'OrderedCollectionPage'];

/**
 * Reads a collection page by page in its own order, as far as the caps allow and `take` answers true. Only pages
 * of the collection's own origin are asked for, each once; what it says of its length is not believed (security.md
 * R4). `start` is the address, or the collection as another document of that origin embeds it.
 */
export async function readCollection(
  { loadDocument, limits, signal }: CollectionDeps,
  origin: string,
  start: unknown,
  take: (item: CollectionItem) => Promise<boolean> | boolean,
): Promise<CollectionRead> {
  const spent = { pages: 0, items: 0, bytes: 0 };
  const seen = new Set<string>();

  /** A page, asked for where only its address is given; or how the reading ends here. */
  async function open(page: unknown): Promise<JsonObject | CollectionEnd> {
    if (isObject(page) && (page.items ?? page.orderedItems ?? page.first) !== undefined) return page;
    const uri = uriOf(isObject(page) ? page.id : page);
    if (uri === null) return 'unusable';
    if (!sameOrigin(uri, origin) || seen.has(uri)) return 'cut';
    if (spent.pages >= limits.maxPages || spent.bytes >= limits.maxBytes) return 'cut';
    seen.add(uri);
    spent.pages += 1;
    const loaded = await loadDocument(uri, signal && { signal });
    if (!loaded.ok) return PASSING.has(loaded.reason) ? 'again' : 'unusable';
    spent.bytes += loaded.bytes;
    return typesOf(loaded.document).some((type) => COLLECTIONS.includes(type)) ? loaded.document : 'unusable';
  }

  const ended = (end: CollectionEnd) => ({ end, pages: spent.pages });
  let next: unknown = start;
  // An embedded page costs no request, but a chain of them must end as well.
  for (let opened = 0; opened <= 2 * limits.maxPages; opened += 1) {
    const page = await open(next);
    if (typeof page === 'string') return ended(page);
    for (const item of [...listOf(page.orderedItems), ...listOf(page.items)]) {
      if (typeof item !== 'string' && !isObject(item)) continue;
      if (spent.items >= limits.maxItems) return ended('cut');
      spent.items += 1;
      if (!(await take(item))) return ended('cut');
    }
    // A page may name the first one, too; it leads on to the next.
    next = (opened === 0 ? page.first : undefined) ?? page.next;
    if (next === undefined || next === null) return ended('whole');
  }
  return ended('cut');
}

const PASSING: ReadonlySet<string> = new Set(['timeout', 'connection-failed', 'server-error', 'aborted']);
