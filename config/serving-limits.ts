/** Caps and times of ranked feeds, as they are served. Units are in the names. */
export const servingLimits = {
  /** Feeds that may wait for the engine at once; more do without it. */
  maxWaiting: 64,
  /** From so many on, each feed takes less time, and then the least that it can. */
  quickFrom: 6,
  leastFrom: 24,
  /** Videos chosen at once for one person. */
  slate: 60,
  /** Videos chosen at once for all who are not signed in, by language. */
  sharedSlate: 200,
  /** A slate is offered again from its top for this long. */
  slateMs: 5 * 60_000,
  /** One that is older is offered while the engine does not answer, up to this age. */
  staleMs: 60 * 60_000,
  /** What was chosen and why is kept, and cursors count, this long. */
  keptMs: 24 * 3_600_000,
  /** What was tried out is kept as long as what was watched. */
  exploredMs: 30 * 24 * 3_600_000,
  /** People whose last mark a process remembers, for when Redis is late. */
  marks: 10_000,
  /** So many videos left at once, one after the other, and something else is chosen. */
  skipsInARow: 3,
  /** Languages of which those who are not signed in get slates of their own; the most common of the videos here. */
  sharedLanguages: 24,
  sharedLanguagesMs: 60 * 60_000,
  /** Slates that are stored together, and how many may wait for it. */
  archive: { maxItems: 16, maxBytes: 512 * 1024, maxWaiting: 256, maxWaitingBytes: 8 * 1024 * 1024 },
  /** Rows that the engine reads at once while it loads. */
  loadedAtOnce: 5_000,
  /** Signals told while it loads that are taken in after it; further ones come by the log alone. */
  meanwhile: 100_000,
  /** How far back it reads what people did. */
  loadedDays: 400,
  /** Signals that the engine takes at once from the log, and how long it waits for some. */
  followedAtOnce: 2_000,
  followedWaitMs: 2_000,
  /** How often the engine looks whether the settings changed, besides being told. */
  settingsPollMs: 30_000,
  /** How many of what trends the engine knows of each scope, of how many scopes, and how often it looks. */
  trends: 200,
  trendScopes: 32,
  trendsMs: 10_000,
  /** Between two times of learning, and until the first after loading. */
  trainingMs: 2 * 3_600_000,
  firstTrainingMs: 2_000,
  /** How often everything is read anew: what no signal told of is put right. By chance up to so much later, not by all processes at once. */
  reloadMs: 24 * 3_600_000,
  reloadSpreadMs: 4 * 3_600_000,
  /** The same after something was missed: all processes lose the log at once. */
  staleSpreadMs: 5_000,
  /** A new engine is read in beside the old one if the whole process stays below this; else after that is ended. */
  besideMaxBytes: 1_400 * 1024 * 1024,
  /** How long the old one goes on at most once the new one is loaded, until that has learnt. */
  besideLearnMs: 10 * 60_000,
  /** The thread is begun again after so long, times two with each failure, up to the second. */
  restartMs: 1_000,
  maxRestartMs: 60_000,
  /** Memory of the thread beside its typed arrays. */
  maxHeapMb: 1_024,
  /** Of the settings that one person makes. */
  maxInterests: 50,
  maxLanguages: 20,
  maxSlider: 4,
} as const;
