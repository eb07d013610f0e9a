/** Caps of what a classifier is told, and of what it may answer. */
export const classifierLimits = {
  maxAnswerBytes: 64 * 1024,
  maxLabels: 100,
  maxLabelCharacters: 64,
  /** Of all that is said of a video. */
  maxTextCharacters: 20_000,
  /** How long the addresses in a request are good. */
  linkSeconds: 3_600,
  connectMs: 10_000,
  /** Videos that one worker asks about at a time. */
  atOnce: 4,
  /** What nobody works on any more after so long is decided as if there had been no answer. */
  abandonedMs: 15 * 60_000,
  abandonedAtOnce: 100,
  keptDays: 365,
} as const;
