import type { AccountId, SoundId, VideoId } from '../../lib/ids.ts';
import type { Result } from '../../lib/result.ts';
import type { SearchToken } from './query.ts';

/** What is looked for among videos, with the people that it names known by id, and its days as the moments in which they begin. */
export interface VideoQuery {
  readonly tokens: readonly Exclude<SearchToken, { kind: 'from' }>[];
  /** Of one of these; null: of anybody. */
  readonly authors: readonly AccountId[] | null;
  readonly notAuthors: readonly AccountId[];
  /** That whoever asks reads: the endings of their words are known. */
  readonly languages: readonly string[];
  /** Milliseconds: the moment of the first page, by which all pages of a search are ranked. */
  readonly asOf: number;
  /** Null: from the best on. An index that answers with all it looks at may leave it aside. */
  readonly below: RankedVideo | null;
}

export interface RankedVideo {
  readonly id: VideoId;
  readonly score: number;
}

/** What an index found. It knows nothing of who asks: whoever shows it has to look what may be shown, at that moment. */
export interface Found {
  /** The best first, and no two of the same score and id. */
  readonly videos: readonly RankedVideo[];
  /** Where the index goes on; null: it has no more, or looks at no more. */
  readonly next: RankedVideo | null;
  /** Whether there is anything, wherever the page begins. */
  readonly isAnything: boolean;
}

/** Which index answers. */
export type SearchedBy = 'postgres' | 'opensearch';

export interface IndexState {
  readonly documents: number;
  /** Changes that the index does not know of yet. */
  readonly behind: number;
}

/** Of a search engine beside PostgreSQL. */
export interface EngineState {
  /** Null: it does not say, or has no index yet. */
  readonly documents: number | null;
  /** Changes that it was not told yet, and documents that a new index has still to get. */
  readonly behind: number;
  readonly isFilling: boolean;
  readonly failingSince: Date | null;
  readonly failure: string | null;
}

/**
 * An index of what may be found. PostgreSQL's is always there; an engine beside it (`opensearch/`) answers `videos` in its place, with the same
 * promises: it answers within a bounded time, however common a word is; it is told what changed from a table, so that a crash loses
 * nothing; and it holds public videos alone, of authors who let their posts be found.
 */
export interface SearchIndex {
  /** `unavailable`: it took too long. The detail says what would be found sooner. */
  videos(query: VideoQuery): Promise<Result<Found, 'unavailable'>>;
  /** The words of a query that nothing has, put as something that is there; null where there is nothing better. */
  corrected(tokens: readonly SearchToken[]): Promise<SearchToken[] | null>;
  /** Hashtags that begin so, or are written like it, those that most videos have first. */
  tags(text: string, most: number): Promise<string[]>;
  /** Accounts whose handle or name is like a text, the most alike first. */
  alikeAccounts(text: string, most: number): Promise<AccountId[]>;
  /** Sounds whose name has something like a text, the most alike first. */
  sounds(text: string, most: number): Promise<SoundId[]>;
  /** Sounds whose name begins so, those that most videos have first. */
  begunSounds(text: string, most: number): Promise<SoundId[]>;
  /** Takes in some of what changed; the number of changes. */
  follow(): Promise<number>;
  /** Has everything read anew; `follow` does it from there on. */
  restart(): Promise<void>;
  state(): Promise<IndexState>;
}
