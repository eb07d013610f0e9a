export const releaseLimits = {
  /** Twice a day. */
  everyMs: 12 * 3_600_000,
  /** After a feed could not be read. */
  retryMs: 3_600_000,
  maxFeedBytes: 256 * 1024,
  maxReleases: 500,
} as const;
