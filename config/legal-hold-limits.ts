/** What is kept for authorities. */
export const legalHoldLimits = {
  maxReasonCharacters: 1_000,
  maxReferenceCharacters: 200,
  /** A released hold can be taken up again for so many days; then its copies go. */
  releasedDays: 30,
  /** Comments in one record of an export. */
  commentsPerRecord: 1_000,
  /** Whoever said why may fetch the export for so long. */
  exportOpenMs: 3_600_000,
  maxListed: 200,
} as const;
