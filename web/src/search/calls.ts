import type { ApiAnswer, ApiFailure } from '../api/client.ts';
import { request } from '../api/client.ts';
import type { Tag } from '../api/schema.gen.ts';
import type { Account, SearchResults, Status } from '../api/types.ts';
import { type LoadPage, mapPage } from '../state/pages.ts';
import { hashtagNames, hashtagsIn, type Wish } from './query.ts';

/** People of one page. */
const PEOPLE = 20;
/** Hashtags that are shown for a search. */
const MOST_TAGS = 8;

const NOTHING = { ok: true, value: [], next: null } as const;

/** How a search is to be done. */
export interface Asking {
  readonly wish: Wish;
  /** Whether other servers may be asked, which takes its time. */
  readonly resolve: boolean;
  readonly signedIn: boolean;
  /** Ends what is under way for the first page. */
  readonly signal: AbortSignal;
}

function lookUp({ wish, resolve, signal }: Asking, type?: 'accounts') {
  const query = new URLSearchParams({ q: wish.text, ...(type ? { type } : {}) });
  if (resolve) query.set('resolve', 'true');
  return request<SearchResults>('GET', `/api/v2/search?${query}`, undefined, { signal });
}

/** Something by its web address: an account, or a clip. Asked for once. */
function byAddress(asking: Asking): () => Promise<ApiAnswer<SearchResults> | ApiFailure> {
  let found: Promise<ApiAnswer<SearchResults> | ApiFailure> | undefined;
  return () => {
    found ??= lookUp(asking);
    return found;
  };
}

function loadAccounts(asking: Asking, found: ReturnType<typeof byAddress>): LoadPage<Account> {
  const { wish, resolve, signedIn, signal } = asking;
  if (wish.kind === 'address') return () => mapPage(found(), ({ accounts }) => accounts);
  if (wish.kind === 'hashtag') return async () => NOTHING;
  // Who is not signed in finds people by their whole name only.
  if (!signedIn || (wish.kind === 'handle' && resolve)) {
    return () => mapPage(lookUp(asking, 'accounts'), ({ accounts }) => accounts);
  }
  return async (next) => {
    const offset = Number(next ?? 0);
    const query = new URLSearchParams({ q: wish.text, limit: String(PEOPLE), offset: String(offset) });
    const path = `/api/v1/accounts/search?${query}`;
    const page = await request<Account[]>('GET', path, undefined, next === null ? { signal } : {});
    if (!page.ok) return page;
    return { ...page, next: page.value.length < PEOPLE ? null : String(offset + PEOPLE) };
  };
}

function loadClips({ wish, signal }: Asking, found: ReturnType<typeof byAddress>): LoadPage<Status> {
  if (wish.kind === 'address') return () => mapPage(found(), ({ statuses }) => statuses);
  const [first, ...others] = hashtagsIn(wish);
  if (first === undefined) return async () => NOTHING;
  const query = new URLSearchParams(others.map((name) => ['all[]', name]));
  const path = `/api/v1/timelines/tag/${encodeURIComponent(first)}?${query}`;
  return (next) => request<Status[]>('GET', next ?? path, undefined, next === null ? { signal } : {});
}

function loadTags({ wish, signal }: Asking, trending: readonly Tag[]): LoadPage<Tag> {
  const known = new Map(trending.map((tag) => [tag.name, tag]));
  const names = hashtagNames(wish, [...known.keys()], MOST_TAGS);
  return async () => {
    const tags = await Promise.all(
      names.map(async (name) => {
        const trend = known.get(name);
        if (trend) return trend;
        const path = `/api/v1/tags/${encodeURIComponent(name)}`;
        const tag = await request<Tag>('GET', path, undefined, { signal });
        return tag.ok ? tag.value : null;
      }),
    );
    const written = new Set(hashtagsIn(wish));
    // Words put together are mostly no hashtag of anybody.
    const shown = tags
      .filter((tag) => tag !== null)
      .filter((tag) => written.has(tag.name.toLowerCase()) || usesOf(tag) > 0);
    return { ok: true, value: shown, next: null };
  };
}

/** Clips that were posted with a hashtag in the days that its numbers tell of. */
export function usesOf(tag: Tag): number {
  return tag.history.reduce((sum, { uses }) => sum + Number(uses), 0);
}

/** What a search loads, by what it looks for. */
export function searchCalls(asking: Asking, trending: readonly Tag[]) {
  const found = byAddress(asking);
  return {
    accounts: loadAccounts(asking, found),
    clips: loadClips(asking, found),
    tags: loadTags(asking, trending),
  };
}
