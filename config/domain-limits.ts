const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Lists of domains, whoever wrote them. */
export const domainListLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxRows: 20_000,
  maxCells: 50,
  /** Lines that are named to whoever brings a list; the others are counted. */
  problemsShown: 200,
} as const;

/** Lists of others that this server follows. */
export const subscriptionLimits = {
  max: 50,
  everyMs: DAY_MS,
  firstRetryMs: HOUR_MS,
  longestRetryMs: 7 * DAY_MS,
  deadlineMs: 60_000,
  /** Of one round of the upkeep. */
  perRound: 5,
} as const;

/** What other servers say of whom they block. */
export const peerBlockLimits = {
  maxWatched: 100,
  everyMs: DAY_MS,
  perRound: 5,
  maxBytes: 4 * 1024 * 1024,
  deadlineMs: 60_000,
  /** So many servers that are asked suspend a domain, and at least one of them newly: then the staff is told. */
  peersToTell: 3,
  /** How long a block counts as a new one. */
  newsMs: 30 * DAY_MS,
} as const;

/** What the staff does to several domains at once. */
export const domainBulkLimits = {
  maxDomains: 1_000,
  /** Accounts that one transaction of a purge marks. */
  accountsAtOnce: 100,
} as const;

/** Follows that a suspension ended can be brought back for so long, so many at once. */
export const endedFollowLimits = {
  keptMs: 30 * DAY_MS,
  atOnce: 100,
} as const;
