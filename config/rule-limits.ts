/** Caps of what rules read and keep. */
export const ruleLimits = {
  maxRules: 500,
  maxNameCharacters: 100,
  maxWords: 500,
  maxWordCharacters: 100,
  maxLabels: 20,
  maxRegexCharacters: 500,
  /** Instructions of a compiled expression: each character of a text costs at most so many steps. */
  maxProgram: 2_000,
  /** Of one field; what stands behind them is not looked at. */
  maxTextCharacters: 20_000,
  maxLinksRead: 200,
  /** Of the text around what was found, for the log. */
  excerptCharacters: 120,
  keptHitsDays: 30,
  /** How long a text is remembered for rules about duplicates. */
  maxDuplicateHours: 168,
  /** Of each field, for a dry run. */
  triedOn: 1_000,
  shownPerField: 50,
} as const;

export const raidLimits = {
  /** How long raid mode lasts where nobody says. */
  hours: 24,
  maxHours: 168,
} as const;

export const hashLimits = {
  /** Bits of 64 by which a frame may differ from a listed one: other clips differ by 22 and more (media.md 5.2). */
  distance: 10,
  maxDistance: 16,
  maxLabelCharacters: 200,
  /** Two a second, three minutes. */
  maxFrames: 360,
  /** Fewer say too little of a video. */
  fewestFrames: 3,
  /** Eight a second, three minutes. */
  maxSoundValues: 1_500,
  /** For how long evidence can be looked at after somebody has said why. */
  evidenceOpenMs: 3_600_000,
  maxImportBytes: 8 * 1024 * 1024,
  maxImportLines: 20_000,
} as const;
