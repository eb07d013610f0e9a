const DAY_MS = 24 * 3_600_000;

export const databaseLimits = {
  /**
   * A migration that waits this long for a lock lets those pass that wait behind it, and comes again. Shorter than the
   * second after which PostgreSQL looks for deadlocks (`deadlock_timeout`): then it is not a request that it ends.
   */
  migrationLockMs: 500,
  migrationTries: 120,
  migrationPauseMs: 1_000,
  /** One statement of a migration. What takes longer on a large database belongs into a job (docs/upgrading.md). */
  migrationStatementMs: 1_800_000,
} as const;

export const backupLimits = {
  /** A part of a table in the backup, before it is compressed: what lies on the disk meanwhile. */
  partBytes: 64 * 1024 * 1024,
  /** Objects that are copied at a time. */
  copiesAtOnce: 4,
  objectsPerPage: 500,
  /** No good backup for longer than this: somebody has to look. */
  staleMs: 1.5 * DAY_MS,
  /** Somebody who was told and did nothing is told again. */
  tellAgainMs: 3 * DAY_MS,
  /** A week, less what one night differs from another. */
  rehearsalEveryMs: 6.5 * DAY_MS,
  /** After a failure, until the next hour comes round. */
  retryMs: 3_600_000,
  /** What somebody is still making is not swept away. */
  unfinishedMs: 2 * DAY_MS,
  /** How often a process that works on backups says how far it is. */
  tellMs: 2_000,
  /** Whoever said nothing for as long does not work on it any more. */
  cutOffMs: 120_000,
  /** How often workers look whether the staff asked for something. */
  askedEveryMs: 3_000,
  runsKeptMs: 400 * DAY_MS,
  /** Every backup that is younger stays. */
  allMs: 2 * DAY_MS,
  daily: 7,
  weekly: 4,
  monthly: 12,
  maxManifestBytes: 32 * 1024 * 1024,
  /** Of the newest accounts, in a rehearsal. */
  keysTried: 200,
  maxReportedFaults: 1_000,
} as const;
