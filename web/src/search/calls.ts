import type { ApiAnswer, ApiFailure } from '../api/client.ts';
import { request } from '../api/client.ts';
import type { Pack, SearchSuggestions, Sound, Tag, VideoSearch } from '../api/schema.gen.ts';
import type { Account, SearchResults, Status } from '../api/types.ts';
import { type LoadPage, mapPage } from '../state/pages.ts';
import { type Filters, withFilters } from './filters.ts';
import type { Wish } from './query.ts';
import { say } from './say.ts';

/** People, sounds or starter packs of one page. */
const PAGE = 20;
/** Hashtags that are shown for a search. */
const MOST_TAGS = 20;
/** Longer texts are no names of sounds or starter packs. */
const LONGEST_NAME = 100;
/** Of each kind, below the field. */
const SUGGESTED = 4;

const NOTHING = { ok: true, value: [], next: null } as const;

/** How a search is to be done. */
export interface Asking {
  readonly wish: Wish;
  readonly filters: Filters;
  /** Whether other servers may be asked, which takes its time. */
  readonly resolve: boolean;
  /** Whether the last word may still be in the making. */
  readonly isUnfinished: boolean;
  /** Ends what is under way for the first page. */
  readonly signal: AbortSignal;
  /** Hears what was searched for in place of what is written. */
  readonly onCorrected: (text: string | null) => void;
}

type Type = 'accounts' | 'hashtags';

function lookUp(
  { wish, resolve, signal }: Asking,
  more: { type?: Type; limit?: number; offset?: number } = {},
) {
  const query = new URLSearchParams({ q: wish.text });
  for (const [name, value] of Object.entries(more)) query.set(name, String(value));
  if (resolve) query.set('resolve', 'true');
  return request<SearchResults>('GET', `/api/v2/search?${query}`, undefined, more.offset ? {} : { signal });
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
  const { wish } = asking;
  if (wish.kind === 'address') return () => mapPage(found(), ({ accounts }) => accounts);
  if (wish.kind === 'hashtag') return async () => NOTHING;
  return byOffset((offset) =>
    mapPage(lookUp(asking, { type: 'accounts', limit: PAGE, offset }), ({ accounts }) => accounts),
  );
}

/** Pages of a list that is asked for by how much of it is there already. */
function byOffset<T>(load: (offset: number) => Promise<ApiAnswer<readonly T[]> | ApiFailure>): LoadPage<T> {
  return async (next) => {
    const offset = Number(next ?? 0);
    const page = await load(offset);
    if (!page.ok) return page;
    return { ...page, next: page.value.length < PAGE ? null : String(offset + PAGE) };
  };
}

function loadClips(asking: Asking, found: ReturnType<typeof byAddress>): LoadPage<Status> {
  const { wish, filters, isUnfinished, signal, onCorrected } = asking;
  if (wish.kind === 'address') return () => mapPage(found(), ({ statuses }) => statuses);
  if (wish.kind === 'handle' || wish.kind === 'name') return async () => NOTHING;
  const q = withFilters(wish.text, filters, new Date());
  const query = new URLSearchParams({ q, ...(/\d{4}/.test(wish.text) ? { time_zone: here() } : {}) });
  if (isUnfinished && q === wish.text) query.set('unfinished', 'true');
  return (next) => {
    if (next !== null) query.set('cursor', next);
    const path = `/api/v1/search/videos?${query}`;
    return mapPage(
      request<VideoSearch>('GET', path, undefined, next === null ? { signal } : {}).then(inTime),
      ({ statuses, corrected }) => {
        if (next === null) onCorrected(corrected);
        return statuses;
      },
      ({ next_cursor: cursor }) => cursor,
    );
  };
}

/** By whose days the dates in a search are meant. */
const here = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The server stops a search that takes too long, and then only another one helps. */
const inTime = <T>(answer: ApiAnswer<T> | ApiFailure): ApiAnswer<T> | ApiFailure =>
  answer.ok || answer.reason !== 'unavailable' ? answer : { ...answer, sentence: say('tooLong') };

function loadTags(asking: Asking): LoadPage<Tag> {
  const { kind } = asking.wish;
  if (kind !== 'hashtag' && kind !== 'words') return async () => NOTHING;
  return () => mapPage(lookUp(asking, { type: 'hashtags', limit: MOST_TAGS }), ({ hashtags }) => hashtags);
}

function loadSounds(asking: Asking): LoadPage<Sound> {
  return asking.wish.kind === 'words' ? named('sounds', asking) : async () => NOTHING;
}

/** By the words of its name and description, or by a hashtag of somebody in it. */
function loadPacks(asking: Asking): LoadPage<Pack> {
  const { kind } = asking.wish;
  return kind === 'hashtag' || kind === 'words' ? named('packs', asking) : async () => NOTHING;
}

function named<T>(what: 'sounds' | 'packs', { wish: { text }, signal }: Asking): LoadPage<T> {
  if (text.length > LONGEST_NAME) return async () => NOTHING;
  return byOffset((offset) => {
    const query = new URLSearchParams({ q: text, limit: String(PAGE), offset: String(offset) });
    const path = `/api/v1/search/${what}?${query}`;
    return request<T[]>('GET', path, undefined, offset > 0 ? {} : { signal });
  });
}

/** Clips that were posted with a hashtag in the days that its numbers tell of. */
export function usesOf(tag: Tag): number {
  return tag.history.reduce((sum, { uses }) => sum + Number(uses), 0);
}

/** What a search loads, by what it looks for. */
export function searchCalls(asking: Asking) {
  const found = byAddress(asking);
  return {
    accounts: loadAccounts(asking, found),
    clips: loadClips(asking, found),
    tags: loadTags(asking),
    sounds: loadSounds(asking),
    packs: loadPacks(asking),
  };
}

/** Who or what may be meant by what is being written. */
export function suggestionsFor(text: string, signal: AbortSignal) {
  const query = new URLSearchParams({ q: text, limit: String(SUGGESTED) });
  return request<SearchSuggestions>('GET', `/api/v1/search/suggestions?${query}`, undefined, { signal });
}
