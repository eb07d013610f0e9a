/** Caps of the streams in Redis: what was watched on its way to PostgreSQL, and what followers hear. Units are in the names. */

export const signalLimits = {
  /** Signals of one entry, and how many entries are kept: some hours of a small server, half an hour of a busy one, and 200 MB of it at most. */
  perEntry: 100,
  maxEntries: 20_000,
  /** Entries that a follower reads at once. */
  readAtOnce: 100,
  /** Rows that wait in PostgreSQL and are told in one go. */
  toldAtOnce: 500,
  /** What was watched waits so many to a row. */
  perRow: 50,
  /** Rows that wait at most, while Redis is away: some 100 MB. Beyond, the older half goes, and followers begin anew from PostgreSQL. */
  maxWaiting: 100_000,
} as const;

export const watchStreamLimits = {
  /** What waits in Redis. Beyond it, events go straight to PostgreSQL, as fast as that takes them. */
  maxBytes: 128 * 1024 * 1024,
  /** Reports that make one entry, their events (counted as bytes), and what may wait for the next. */
  append: { maxItems: 256, maxBytes: 2_000, maxWaiting: 4_096, maxWaitingBytes: 200_000 },
  /** How long Redis may take, before the events are stored by PostgreSQL instead. */
  appendMs: 1_000,
  /** After Redis failed or was full, it is not asked for so long. */
  restMs: 1_000,
  /** Events of one transaction, about, and entries that are read at once for it. */
  eventsAtOnce: 20_000,
  entriesAtOnce: 100,
  /** An entry that cannot be read is kept up to this length. */
  setAsideLength: 1_000_000,
  /** How long the consumer waits for something new; then, for what comes with it; and after a failure. */
  blockMs: 1_000,
  gatherMs: 20,
  retryMs: 500,
  /** How far apart its transactions begin, where one left nothing behind. */
  apartMs: 250,
  /** Where another process consumes, it is asked so often whether it still does. */
  turnMs: 500,
  /** Redis is asked again so soon. */
  awayMs: 50,
} as const;
