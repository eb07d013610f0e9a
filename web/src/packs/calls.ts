import { request } from '../api/client.ts';
import type { Pack, PackChange, PackFollowed, PackImport } from '../api/schema.gen.ts';
import type { Account } from '../api/types.ts';
import type { LoadPage } from '../state/pages.ts';

/** Packs of one page. */
const PAGE = 20;
/** People that are suggested while somebody types. */
const FOUND = 8;

const pathOf = (id: string) => `/api/v1/packs/${encodeURIComponent(id)}`;
type Facts = Pick<Pack, 'title' | 'description'>;

export const newestPacks: LoadPage<Pack> = (next) => request('GET', next ?? `/api/v1/packs?limit=${PAGE}`);

export const packCalls = {
  of: (accountId: string) => request<Pack[]>('GET', `/api/v1/accounts/${accountId}/packs?limit=40`),
  withMe: () => request<Pack[]>('GET', '/api/v1/packs/with_me?limit=40'),
  one: (id: string) => request<Pack>('GET', pathOf(id)),
  people: (id: string) => request<Account[]>('GET', `${pathOf(id)}/accounts`),
  create: (facts: Facts) => request<Pack>('POST', '/api/v1/packs', facts),
  edit: (id: string, facts: Facts) => request<Pack>('PUT', pathOf(id), facts),
  remove: (id: string) => request<object>('DELETE', pathOf(id)),
  add: (id: string, accountId: string) =>
    request<PackChange>('POST', `${pathOf(id)}/accounts`, { account_ids: [accountId] }),
  take: (id: string, accountId: string) =>
    request<Pack>('DELETE', `${pathOf(id)}/accounts`, { account_ids: [accountId] }),
  leave: (id: string) => request<Pack>('POST', `${pathOf(id)}/leave`, {}),
  follow: (id: string) => request<PackFollowed>('POST', `${pathOf(id)}/follow`, {}),
  read: (url: string) => request<Pack>('POST', '/api/v1/packs/read', { url }),
  import: (content: string, title: string) =>
    request<PackImport>('POST', '/api/v1/packs/import', { content, ...(title ? { title } : {}) }),
  takeDown: (id: string) => request<object>('POST', `/api/v1/admin/packs/${id}/take_down`, {}),
  find: (q: string) =>
    request<Account[]>('GET', `/api/v1/accounts/search?limit=${FOUND}&q=${encodeURIComponent(q)}`),
  exportPath: (id: string, format: 'json' | 'csv') => `${pathOf(id)}/export${format === 'csv' ? '_csv' : ''}`,
};
