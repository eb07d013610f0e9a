import { searchLimits } from '../../../config/search-limits.ts';
import type { Db } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import { datesIn, startOfDate } from '../../lib/days.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { Driven } from './driven.ts';
import { parseQuery, printQuery, type SearchToken } from './query.ts';
import type { Found, RankedVideo, SearchedBy, SearchIndex, VideoQuery } from './search-index.ts';
import { shownOf } from './shown.ts';

/** Who asks; the languages and the time zone are those that the browser or app names. */
export interface Searcher {
  readonly id: AccountId | null;
  readonly languages: readonly string[];
  /** By whose days dates are meant. */
  readonly timeZone: string;
}

/** Where a page begins: below the last video of the page before, as they were ranked at the first. */
export interface SearchPlace {
  readonly asOf: number;
  readonly below: RankedVideo | null;
  readonly by: SearchedBy;
}

export interface VideoSearch {
  readonly q: string;
  readonly limit: number;
  /** Null: at the top. */
  readonly place: SearchPlace | null;
  /** The last word may be unfinished: what begins so is found, too. */
  readonly isUnfinished?: boolean;
  /** Besides what the query says. */
  readonly accountId?: AccountId | undefined;
}

export interface FoundVideos {
  readonly ids: VideoId[];
  /** Null: that was all. */
  readonly next: SearchPlace | null;
  /** What was searched for in place of words that nothing has; null where it was what is written. */
  readonly corrected: string | null;
}

interface Deps {
  readonly db: Db;
  readonly index: Pick<SearchIndex, 'corrected'>;
  readonly driven: Driven;
  readonly unlistedDomains: UnlistedDomains;
  readonly now: () => number;
  readonly accountsOf: (handle: string) => Promise<readonly AccountId[]>;
}

/** Videos by what is written, the best first, of those that somebody may see. Pages follow each other without gaps or doubles. */
export async function searchVideos(
  deps: Deps,
  searcher: Searcher,
  search: VideoSearch,
): Promise<Result<FoundVideos, 'unavailable'>> {
  const asOf = search.place?.asOf ?? deps.now();
  const tokens = unfinished(parseQuery(search.q), search);
  if (tokens.length === 0) return ok({ ids: [], next: null, corrected: null });
  const { place } = search;
  const ask = async (wanted: readonly SearchToken[]): Promise<Result<Answer, 'unavailable'>> => {
    const below = place?.below ?? null;
    const query = await queryOf(deps, searcher, wanted, { asOf, accountId: search.accountId, below });
    if (query === null) return ok({ query, found: NOTHING, by: place?.by ?? 'postgres' });
    const answer = await deps.driven.videos(query, place?.by ?? null);
    return answer.ok ? ok({ ...answer, query }) : answer;
  };
  let answer = await ask(tokens);
  let corrected: SearchToken[] | null = null;
  if (answer.ok && !answer.found.isAnything) {
    corrected = await deps.index.corrected(tokens);
    if (corrected) answer = await ask(corrected);
  }
  if (!answer.ok) return answer;
  const page = await visiblePage(deps, searcher.id, answer, search);
  if (!page.ok) return page;
  const isCorrected = corrected !== null && page.shown.length > 0;
  return ok({
    ids: page.shown.map(({ id }) => id),
    next: page.last === null ? null : { asOf, below: page.last, by: answer.by },
    corrected: isCorrected && corrected ? printQuery(finished(corrected, search)) : null,
  });
}

const NOTHING: Found = { videos: [], next: null, isAnything: false };

interface Answer {
  /** Null: it names nobody who is known. */
  readonly query: VideoQuery | null;
  readonly found: Found;
  readonly by: SearchedBy;
}

/** The last word of what is being written, as a beginning. */
function unfinished(
  tokens: readonly SearchToken[],
  { q, isUnfinished }: VideoSearch,
): readonly SearchToken[] {
  const last = tokens.at(-1);
  if (!isUnfinished || last?.kind !== 'word' || last.not || /[\s"]$/.test(q)) return tokens;
  return [...tokens.slice(0, -1), { ...last, begins: true }];
}

/** The same as it is written by somebody who has not finished. */
function finished(tokens: readonly SearchToken[], { isUnfinished }: VideoSearch): readonly SearchToken[] {
  const last = tokens.at(-1);
  return isUnfinished && last?.kind === 'word'
    ? [...tokens.slice(0, -1), { ...last, begins: false }]
    : tokens;
}

/** Null where it names nobody who is known: then nobody has posted it. */
async function queryOf(
  deps: Deps,
  searcher: Searcher,
  wanted: readonly SearchToken[],
  {
    asOf,
    accountId,
    below,
  }: {
    readonly asOf: number;
    readonly accountId: AccountId | undefined;
    readonly below: RankedVideo | null;
  },
): Promise<VideoQuery | null> {
  const people = async (not: boolean): Promise<AccountId[] | null> => {
    const handles = wanted.flatMap((token) =>
      token.kind === 'from' && token.not === not ? [token.handle] : [],
    );
    if (handles.length === 0) return null;
    const known = handles.map((handle) =>
      handle === 'me' ? (searcher.id === null ? [] : [searcher.id]) : deps.accountsOf(handle),
    );
    return (await Promise.all(known)).flat();
  };
  const named = await people(false);
  const authors = accountId === undefined ? named : [accountId].filter((id) => named?.includes(id) ?? true);
  if (authors?.length === 0) return null;
  return {
    tokens: wanted
      .filter((token) => token.kind !== 'from')
      .map((token) => atMoment(token, searcher.timeZone)),
    ...{ authors, notAuthors: (await people(true)) ?? [], languages: searcher.languages, asOf },
    below,
  };
}

/** A day, as the moment in which it begins in a time zone; everything else as it is. */
function atMoment<T extends SearchToken>(token: T, timeZone: string): T {
  if (!('when' in token) || token.when.includes('T')) return token;
  const begins = startOfDate(token.when, datesIn(timeZone));
  return { ...token, when: new Date(begins).toISOString() };
}

function below(videos: readonly RankedVideo[], last: RankedVideo | null): readonly RankedVideo[] {
  if (!last) return videos;
  const isBelow = ({ id, score }: RankedVideo) =>
    score < last.score || (score === last.score && BigInt(id) < BigInt(last.id));
  return videos.filter(isBelow);
}

interface Page {
  readonly shown: RankedVideo[];
  /** Where the next page begins; null: that was all. */
  readonly last: RankedVideo | null;
}

/**
 * What may be seen is looked up in the order of the rank, until the page is full: of most searches the first few. Where the index has more, it
 * is asked for them, so many times; whoever may see few of them goes on where that ended.
 */
async function visiblePage(
  deps: Deps,
  viewerId: AccountId | null,
  { query, found, by }: Answer,
  { limit, place }: VideoSearch,
): Promise<Result<Page, 'unavailable'>> {
  const shown: RankedVideo[] = [];
  let some = found;
  let from = place?.below ?? null;
  for (let round = 1; ; round += 1) {
    await addVisible(deps, viewerId, { shown, videos: below(some.videos, from), limit });
    if (shown.length > limit) return ok({ shown: shown.slice(0, limit), last: shown[limit - 1] ?? null });
    if (some.next === null || query === null) return ok({ shown, last: null });
    // What is not below where it was to go on would be gone through for ever.
    if (below([some.next], from).length === 0) return ok({ shown, last: null });
    if (round === searchLimits.engineRounds) return ok({ shown, last: some.next });
    from = some.next;
    const more = await deps.driven.videos({ ...query, below: from }, by);
    if (!more.ok) return more;
    some = more.found;
  }
}

async function addVisible(
  deps: Deps,
  viewerId: AccountId | null,
  page: { readonly shown: RankedVideo[]; readonly videos: readonly RankedVideo[]; readonly limit: number },
): Promise<void> {
  const { shown, videos, limit } = page;
  for (let at = 0; at < videos.length && shown.length <= limit; at += searchLimits.checkedAtOnce) {
    const some = videos.slice(at, at + searchLimits.checkedAtOnce);
    const visible = new Set(
      await shownOf(
        deps,
        viewerId,
        some.map(({ id }) => id),
      ),
    );
    // An engine may name one twice.
    for (const video of some) {
      if (visible.has(video.id) && !shown.some(({ id }) => id === video.id)) shown.push(video);
    }
  }
}
