export { createTrends, type TrendScore, type TrendSubject, type Trends } from './aggregator.ts';
export type { TrendDecision } from './decisions.ts';
export type { DomainTrust } from './domains.ts';
export { createTrending } from './live.ts';
export { plainTag } from './plain-tag.ts';
export type { Trending, TrendScope } from './scopes.ts';
export type { Standing, TrendWindow } from './standing.ts';
