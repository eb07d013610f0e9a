export const maintenanceLimits = {
  /** When whoever was turned away from a locked server may come again. Other servers take longer by themselves each time. */
  retryAfterSeconds: 300,
  maxNoteLength: 500,
  /** Redis answers within this long, or whoever runs a command hears that it does not. */
  redisAnswerMs: 5_000,
  /** Whoever asks for trends anew waits for a worker for so long. */
  trendsAnewMs: 60_000,
  /** A table with fewer dead rows is not worth the reading of it. */
  vacuumDeadRows: 1_000,
  /** Of the rows that live; the server of PostgreSQL looks after a table by itself from a fifth on. */
  vacuumDeadShare: 0.05,
} as const;
