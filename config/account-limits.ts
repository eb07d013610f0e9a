/** What a profile may say. */
export const profileLimits = {
  maxDisplayNameCharacters: 100,
  maxBioCharacters: 1_000,
  maxFields: 4,
  maxFieldCharacters: 255,
  /** Of an account of another server; more are left out. */
  maxRemoteFields: 16,
  maxRemoteFieldCharacters: 2_000,
  /** What is uploaded is cut to these. */
  avatarPixels: { width: 400, height: 400 },
  headerPixels: { width: 1_500, height: 500 },
  maxPictureBytes: 8 * 1024 * 1024,
  /** A page that is read to see whether it leads back to a profile. */
  maxPageBytes: 1024 * 1024,
  pageDeadlineMs: 10_000,
} as const;

/** How accounts of this server end. */
export const leavingLimits = {
  /** Time in which whoever left may come back. */
  graceMs: 30 * 24 * 3_600_000,
  /** Keys of deleted accounts sign what tells other servers of it, which takes a week where they are away, and longer by hand. */
  keysKeptMs: 30 * 24 * 3_600_000,
  /** Accounts that one round of upkeep deletes. */
  atOnce: 20,
} as const;

/** What is done to many actors by hand. */
export const operatorLimits = {
  /** Actors that get other keys in one transaction. */
  keysAtOnce: 20,
} as const;

/** What people take along from server to server. */
export const portabilityLimits = {
  maxFileBytes: 2 * 1024 * 1024,
  maxRows: 20_000,
  maxCellCharacters: 1_000,
  /** Of one line; those that Mastodon writes have four. */
  maxCells: 32,
  maxExportRows: 200_000,
  /** Lines done before other jobs have a turn; each may ask another server. */
  rowsPerRun: 20,
  /** Shown at once; the file of them holds all. */
  failuresKept: 100,
  /** Of what a file that overwrites does not name. */
  takenAwayAtOnce: 50,
  bookmarksAtOnce: 200,
  importsKept: 20,
} as const;

/** How often an account may move, of this server or another (security.md V6), and how many it may say are the same. */
export const moveLimits = { minDaysBetween: 30, maxAliases: 5 } as const;

/** What is done in one transaction where very much hangs on an account, and how often before other jobs have a turn. */
export const portionLimits = {
  /** Each of them tells other servers, and has its objects removed. */
  videos: 20,
  comments: 100,
  /** Rows that nobody is told of. */
  rows: 1_000,
  /** People whose accounts end, where the whole server closes. */
  accounts: 20,
  /** Follows looked at of which some are carried over, and people who block. */
  follows: 200,
  portionsPerRun: 20,
} as const;

/** Archives of accounts. */
export const archiveLimits = {
  /** Posts and reactions that are read at once. */
  atOnce: 40,
  /** Progress is written at most so often. */
  progressEveryMs: 1_000,
  /** A purge that meets an archive under way comes back after this. */
  purgePauseMs: 5 * 60_000,
  /** Expired at once; the others have their turn in the next round of upkeep. */
  expiredAtOnce: 100,
} as const;
