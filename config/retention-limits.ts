const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long things are kept that have no setting, and how the runs that take them away are bounded. */
export const retentionLimits = {
  /** One run ends then; what is left is taken in the next, a moment later. Others wait for it meanwhile. */
  runMs: 30_000,
  /** Whoever began a run and has not ended it by then is dead. */
  staleRunMs: 10 * 60_000,
  /** A class that failed is tried again after this, where it would have to wait longer. */
  retryMs: 5 * 60_000,
  /** No run has succeeded for so long: somebody has to look. */
  overdueMs: 48 * HOUR_MS,
  maxErrorCharacters: 1_000,
  /** Deliveries and jobs that failed for good. */
  deadKeptMs: 90 * DAY_MS,
  notificationsKeptMs: 180 * DAY_MS,
  /** Uploaded files and posters that one transaction gives up. */
  filesAtOnce: 100,
  /** Removals that failed for good and are tried again in one run. */
  removalsAtOnce: 100,
} as const;

/** When a disk, or the share of a bucket, is too full (design/operations.md, rank 1). Parts of the whole. */
export const roomLimits = {
  /** No new copies of what other servers have. */
  noCopies: 0.85,
  /** Copies are made again. */
  copiesAgain: 0.8,
  /** Nothing is taken in at all. */
  full: 0.94,
  takesAgain: 0.9,
  /** What one upload may fill it to. */
  afterUpload: 0.95,
  /** How long the answer of the file system is good. */
  askedAgainMs: 2_000,
} as const;

/** How often what is stored is added up, and what a search for what does not belong together remembers. */
export const storageUseLimits = {
  measuredEveryMs: 10 * 60_000,
  /** Adding up may take one part in so many of the time. */
  shareOfTime: 100,
  findingsKept: 1_000,
  findingsListed: 40,
} as const;
