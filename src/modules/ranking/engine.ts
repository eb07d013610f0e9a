import type { Signal } from '../signals/index.ts';
import type { Trending, TrendScope } from '../trending/index.ts';

/** Where a candidate came from; a video may come from several. */
export const candidateSources = ['collaborative', 'content', 'social', 'trending', 'exploration'] as const;
export type CandidateSource = (typeof candidateSources)[number];

/** A part of a score. All parts of an item add up to its score. */
export interface Contribution {
  /** What it is of, by a fixed name: `because-watched`, `tag-affinity`, `trending`, `followed-boost` … */
  readonly feature: string;
  readonly value: number;
  /** What the words for it need: ids of videos or accounts, hashtags, numbers. */
  readonly about?: Readonly<Record<string, string | number>>;
}

export interface RankedItem {
  readonly videoId: string;
  readonly score: number;
  readonly sources: readonly CandidateSource[];
  readonly contributions: readonly Contribution[];
  /** Where it was chosen to find out whether it is good: how likely this choice was (for inverse propensity scoring). */
  readonly propensity: number | null;
}

export interface RankedFeed {
  readonly items: readonly RankedItem[];
  /** Of the settings and the model that ranked it. */
  readonly weightsVersion: string;
}

export interface FeedRequest {
  /** Null: nobody who is signed in. */
  readonly userId: string | null;
  readonly n: number;
  readonly at: number;
  /** Not these, whatever else holds: what waits or was shown already. */
  readonly without?: readonly string[];
  /** False: nothing of what the engine knows of the person is used but follows, blocks and mutes. */
  readonly isPersonal?: boolean;
  /** The person's own sliders, over the settings of the server. */
  readonly sliders?: Readonly<Record<string, number>>;
  readonly languages?: readonly string[];
  /** What there is time for: `quick` puts the list in order without regard to how alike its videos are, `least` does not search all vectors either. */
  readonly effort?: 'full' | 'quick' | 'least';
}

/** Ranking without HTTP, database or wall clock: the same events, times and random numbers give the same answers. */
export interface RankingEngine {
  /** Takes an event in. Events are told in the order of their times; a little disorder does no harm. */
  ingest(event: Signal): void;
  feed(request: FeedRequest): RankedFeed;
  trending(scope: TrendScope, n: number, at: number): readonly Trending[];
  /** Forgets all that was learnt of somebody, as if they had never been here; what others chose about them stays until `account-removed`. */
  forget(userId: string): void;
  /** Learns from all that was told so far. Whoever holds the engine says when; a feed before the first time does without. */
  train(at: number): void;
}
