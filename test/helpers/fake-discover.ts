import type { Account, Status } from '../../web/src/api/types.ts';

interface Known {
  readonly accounts: readonly Account[];
  readonly statuses: readonly Status[];
}

/** What the fake server answers to screens that search; `undefined`: that is no question of theirs. */
export function answerDiscover(known: Known, call: string, query: URLSearchParams): unknown {
  const tag = /^GET \/api\/v1\/(?:tags|timelines\/tag)\/([^/]+)$/.exec(call)?.[1];
  if (tag !== undefined) {
    if (call.includes('/timelines/')) return [];
    return { id: tag, name: tag, url: `/tag/${tag}`, history: [], following: false, featuring: false };
  }
  if (call === 'GET /api/v1/trends/tags' || call === 'GET /api/v1/trends/statuses') return [];
  if (call === 'GET /api/v1/accounts/lookup') {
    return known.accounts.find(({ acct }) => acct === query.get('acct'));
  }
  if (call === 'GET /api/v1/favourites') return known.statuses.filter(({ favourited }) => favourited);
  if (call !== 'GET /api/v1/accounts/search') return undefined;
  const q = (query.get('q') ?? '').replace(/^@/, '');
  return known.accounts.filter(({ acct }) => acct.startsWith(q));
}
