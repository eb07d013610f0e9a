/** What the staff writes and is shown. */
export const staffLimits = {
  maxRoleNameCharacters: 60,
  maxReasonCharacters: 1_000,
  /** Entries of the log in one file. */
  maxExported: 100_000,
  exportedAtOnce: 500,
  maxCommentCharacters: 1_000,
  /** Addresses of sessions are forgotten after this many days. */
  addressDays: 30,
  /** What was there before a deed, so that it can be taken back: addresses of people may be in it. */
  undoDays: 30,
} as const;
