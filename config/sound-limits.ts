/** Bounds of what is known and shown of sounds. */
export const soundLimits = {
  /** Every so many values of a known sound have a key; of one that is looked for, all have. */
  keyEvery: 2,
  /** Votes for the same place are counted together over so many values: about a second. */
  shiftWidth: 8,
  /** Sounds that a key stands for at most: one that stands for more says little. */
  mostPerKey: 400,
  /** Places with most votes that are compared value by value, and the votes they need. */
  candidates: 20,
  fewestVotes: 2,
  /** A sound that no video has any more is forgotten after so long. */
  unusedMs: 86_400_000,
  forgottenAtOnce: 200,
  /** Videos that one turn mutes, or lets be heard again, when something was decided about their sound. */
  settledAtOnce: 50,
  /** Videos of a report of use that are read in one question. */
  usageAtOnce: 500,
  /** What is said of the rights to a sound. */
  maxLicenceCharacters: 100,
  maxHolderCharacters: 200,
  maxSourceCharacters: 500,
  /** What is said anew of a sound is told to other servers after so long, once for all that was said meanwhile. */
  toldAfterMs: 2_000,
  /** Days of the trend line of a sound. */
  historyDays: 14,
  /** Videos from before sounds were known that are listened to in one turn. */
  heardAtOnce: 50,
} as const;
