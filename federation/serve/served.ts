import type { JsonObject } from '../translate/read.ts';
import type { Reader } from './access.ts';

/** Who asks: proven already, or provable where it matters. */
export interface Asking {
  /** Null where nobody is proven. */
  readonly reader: Reader | null;
  readonly prove: () => Promise<Reader | null>;
}

/**
 * What an address of ours answers: a document, gone, nothing, or nothing yet (503). `page` is where people are led
 * instead; `limited`: not for everybody.
 */
export type Served =
  | { readonly status: 200; readonly document: JsonObject; readonly page: string; readonly limited?: true }
  | { readonly status: 410; readonly document: JsonObject }
  | { readonly status: 503; readonly page: string }
  | { readonly status: 404 };

export const CONTEXT = 'https://www.w3.org/ns/activitystreams';

export const absent: Served = { status: 404 };

/** Of something that was deleted. */
export function tombstoneAt(uri: string, deletedAt: Date): Served {
  const document = { '@context': CONTEXT, id: uri, type: 'Tombstone', deleted: deletedAt.toISOString() };
  return { status: 410, document };
}

/** What a request asks of a collection: the collection itself, or one page of it, from where the last one ended. */
interface PageQuery {
  readonly page: boolean;
  /** As the `next` of the page before wrote it; not yet an id. */
  readonly cursor: string | null;
}

/** A request for one of our documents. */
export interface Question extends PageQuery {
  readonly asking: Asking;
}

/** Where a collection comes from: `load` gives the items after a cursor, and where the next page begins, if any. */
export interface Source {
  readonly type?: 'Collection' | 'OrderedCollection';
  readonly total: () => Promise<number>;
  readonly load: (
    cursor: string | null,
  ) => Promise<{ readonly items: readonly unknown[]; readonly next: string | null }>;
}

/** A collection as all of ours are: its number of items, and pages that are found through `first` and `next`. */
export async function collectionAt(
  uri: string,
  page: string,
  query: PageQuery,
  source: Source,
): Promise<Served> {
  const { type = 'OrderedCollection' } = source;
  if (!query.page) {
    const document = {
      '@context': CONTEXT,
      id: uri,
      type,
      totalItems: await source.total(),
      first: `${uri}?page=true`,
    };
    return { status: 200, page, document };
  }
  const { items, next } = await source.load(query.cursor);
  const at = (cursor: string | null) =>
    `${uri}?page=true${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
  return {
    status: 200,
    page,
    document: {
      '@context': CONTEXT,
      id: at(query.cursor),
      type: `${type}Page`,
      partOf: uri,
      ...(next === null ? {} : { next: at(next) }),
      [type === 'Collection' ? 'items' : 'orderedItems']: items,
    },
  };
}
