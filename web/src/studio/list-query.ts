/** In which state clips are listed, and in which order. */
export const states = ['published', 'scheduled', 'draft', 'processing', 'uploading', 'failed'] as const;
export type State = (typeof states)[number];
export const sorts = ['date', 'views', 'likes', 'comments'] as const;
export type Sort = (typeof sorts)[number];

export interface ListQuery {
  /** Null: all of them. */
  readonly state: State | null;
  readonly sort: Sort;
  /** Words of the caption; empty: any. */
  readonly search: string;
}

/** What the address of the page asks for; what makes no sense is left out. */
export function readListQuery(query: Readonly<Record<string, string>>): ListQuery {
  return {
    state: states.find((state) => state === query.state) ?? null,
    sort: sorts.find((sort) => sort === query.sort) ?? 'date',
    search: (query.q ?? '').slice(0, 200),
  };
}

/** The same for the address of the page and for the server, without what is usual. */
export function writeListQuery({ state, sort, search }: ListQuery): URLSearchParams {
  return new URLSearchParams({
    ...(state === null ? {} : { state }),
    ...(sort === 'date' ? {} : { sort }),
    ...(search.trim() === '' ? {} : { q: search.trim() }),
  });
}
