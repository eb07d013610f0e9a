export { createTrends, type TrendSubject } from './aggregator.ts';
export type { TrendDecision } from './decisions.ts';
export { createTrending, type LiveTrends, readTrendLists } from './live.ts';
export { plainTag } from './plain-tag.ts';
export type { Trending, TrendScope } from './scopes.ts';
