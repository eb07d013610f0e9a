import { request } from '../api/client.ts';
import type { Suggestion } from '../api/schema.gen.ts';
import type { Account, SearchResults } from '../api/types.ts';
import type { LoadPage } from '../state/pages.ts';

/** People of one page, and suggestions. */
const PEOPLE = 20;
const SUGGESTED = 12;

export const orders = ['active', 'new'] as const;
export type Order = (typeof orders)[number];
export const places = ['all', 'local'] as const;
export type Place = (typeof places)[number];

export const peopleCalls = {
  suggestions: () => request<Suggestion[]>('GET', `/api/v2/suggestions?limit=${SUGGESTED}`),
  dismiss: (id: string) => request<object>('DELETE', `/api/v1/suggestions/${id}`),
  /** What stands at the address of something on another server, or an account by its handle; its server is asked. */
  lookUp: (uri: string) =>
    request<SearchResults>('GET', `/api/v2/search?${new URLSearchParams({ q: uri, resolve: 'true' })}`),
};

/** Those who want to be found. */
export const loadDirectory =
  (order: Order, place: Place): LoadPage<Account> =>
  async (next) => {
    const offset = Number(next ?? 0);
    const query = new URLSearchParams({ order, limit: String(PEOPLE), offset: String(offset) });
    if (place === 'local') query.set('local', 'true');
    const page = await request<Account[]>('GET', `/api/v1/directory?${query}`);
    if (!page.ok) return page;
    return { ...page, next: page.value.length < PEOPLE ? null : String(offset + PEOPLE) };
  };
