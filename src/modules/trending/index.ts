export {
  createTrends,
  type KnownDomain,
  type TrendScore,
  type TrendSubject,
  type Trends,
} from './aggregator.ts';
export type { DomainTrust } from './domains.ts';
export type { Trending, TrendScope } from './scopes.ts';
export type { Hold, Standing, TrendWindow } from './standing.ts';
