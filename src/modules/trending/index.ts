export type { Trending, TrendScope } from './scopes.ts';
