import type { AccountId, VideoId } from '../../lib/ids.ts';

/** What is counted, by the names of its columns. `followers`: won; `unfollows`: lost. */
export const figureNames = [
  ...(['views', 'viewers', 'completions', 'skips', 'playbacks', 'watched_ms', 'likes', 'comments'] as const),
  ...(['reposts', 'shares', 'saves', 'followers', 'unfollows'] as const),
] as const;
export type FigureName = (typeof figureNames)[number];
/** `viewers`: people, each once a day (UTC). `playbacks`: those that were told to their end, which `watched_ms` adds up. */
export type Figures = Readonly<Record<FigureName, number>>;

export const NO_FIGURES = Object.fromEntries(figureNames.map((name) => [name, 0])) as Figures;

export const addFigures = (a: Figures, b: Partial<Figures>): Figures =>
  Object.fromEntries(figureNames.map((name) => [name, a[name] + (b[name] ?? 0)])) as Figures;

/** Where views come from. Their order is that in which they are stored: new ones go to the end, 16 at most. */
export const trafficSources = [
  ...(['other', 'for_you', 'following', 'local', 'federated', 'profile', 'tag', 'search', 'video'] as const),
] as const;
export type TrafficSource = (typeof trafficSources)[number];

/** How long rows of a table are: minutes for what goes on now, quarters for hours and days of every time zone. */
export type Grain = 'minute' | 'quarter' | 'day';

const MINUTE_MS = 60_000;
export const GRAIN_MS: Readonly<Record<Grain, number>> = {
  ...{ minute: MINUTE_MS, quarter: 15 * MINUTE_MS, day: 24 * 60 * MINUTE_MS },
};

/** When the row begins that a moment falls into. No time zone of today is off UTC by less than a quarter of an hour. */
export const startOfGrain = (grain: Grain, moment: number): number =>
  Math.floor(moment / GRAIN_MS[grain]) * GRAIN_MS[grain];

/** Whose figures: of all that an author published, or of one video. */
export type Subject = { readonly videoId: VideoId } | { readonly accountId: AccountId };

/** As `2026-11-27`, in UTC. */
export const dateOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10);
