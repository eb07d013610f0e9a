/** What the staff does to accounts and posts, and what people say against it. Units are in the names. */

const day = 24 * 3_600_000;

export const measureLimits = {
  /** Within this, a suspension and a removal can be taken back; then what they hide is removed for good. */
  undoMs: 30 * day,
  /** What upkeep removes for good in one round. */
  purgedAtOnce: 20,
  /** Captions that a search of the staff looks through, the newest first. */
  searchedVideos: 20_000,
  maxFactsCharacters: 5_000,
  maxRules: 20,
  /** Reports that one of them settles; as many as can be changed at once. */
  maxReports: 500,
  /** Measures of one account that are shown at once. */
  maxListed: 200,
} as const;

export const appealLimits = {
  /** After a measure, it can be appealed against for this long: six months (DSA, article 20). */
  openMs: 183 * day,
  maxCharacters: 2_000,
  maxListed: 100,
} as const;
