const SECOND = 1_000;

/** When what runs in the background counts as silent, slow or late. */
export const watchOverLimits = {
  /** How often a worker says that it lives. */
  heartbeatMs: 15 * SECOND,
  /** A worker that said nothing for so long does not work any more. */
  silentMs: 120 * SECOND,
  /** Rows of workers that are gone. */
  workersKeptMs: 24 * 3_600 * SECOND,
  /** Upkeep that runs more often than this is written down this often only. */
  upkeepNotedMs: 60 * SECOND,
  /** A statement that takes longer counts as slow. */
  slowQueryMs: SECOND,
  /** One source of figures gets this long; the page is sent without those that are late. */
  figuresMs: 5 * SECOND,
  /** What is dear to count is counted this often at most. */
  dearFiguresMs: 60 * SECOND,
  /** How often the own certificate is looked at. */
  certificateMs: 3_600 * SECOND,
} as const;
