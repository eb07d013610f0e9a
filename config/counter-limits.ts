/** Caps of counters. Units are in the names. */
export const counterLimits = {
  /** A video that this process was asked for so often within a window is hot; as many are watched for it at most. */
  hotReads: 25,
  windowMs: 2_000,
  maxWatched: 20_000,
  /** Counts of hot videos are so old at most, in Redis. */
  keptMs: 2_000,
  /** Redis gets so long to answer, before PostgreSQL is asked. */
  answerMs: 200,
  /** Rows that one step of a recount locks, and differences that it lists. */
  recountAtOnce: 500,
  listed: 1_000,
} as const;
