/** Caps of what authors are told of how their videos do. Units are in the names. */

export const analyticsLimits = {
  /** Curves and breakdowns are made of so many people at least (ranking.md 6). */
  fewestPeople: 20,
  /** Quarters of an hour are kept this long, minutes this long; days for good. */
  quartersKeptDays: 92,
  minutesKeptMs: 3 * 3_600_000,
  /** How often what was noted is added up, and rows of it that one transaction takes. */
  foldMs: 2_000,
  talliesAtOnce: 10_000,
  /** Longest period that one answer tells of, by its steps. */
  maxDays: { hour: 31, day: 366, week: 2 * 366, month: 10 * 366 },
  /** The period where none is asked for. */
  usualDays: { hour: 2, day: 28, week: 12 * 7, month: 365 },
  /** Live: minutes, and hours. */
  liveMinutes: 60,
  liveHours: 48,
  /** Videos beside the figures of a channel, and on a page of their list. */
  topVideos: 10,
  videosPerPage: 40,
  maxVideosPerPage: 100,
  /** How far people watch the videos of a list: of the last days. */
  watchThroughDays: 90,
  /** Videos that an export reads at once. */
  exportedAtOnce: 500,
} as const;
