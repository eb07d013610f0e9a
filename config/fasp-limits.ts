const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What auxiliary service providers (FASP) may cost, and what is believed of them. */
export const faspLimits = {
  /** Providers that wait for an answer of the staff; whoever asks then is told to come later. */
  maxWaiting: 20,
  /** Those who are accepted. */
  maxAccepted: 10,
  /** Registrations that one network may send in an hour. */
  registrationsPerHour: 10,
  /** Who was not answered for so long has to register anew; who was refused or removed is remembered for as long. */
  keptMs: 14 * DAY_MS,
  /** A body from a provider, and an answer of one. */
  maxBytes: 64 * 1024,
  maxAnswerBytes: 256 * 1024,
  deadlineMs: 10_000,
  maxNameCharacters: 100,
  maxUrlCharacters: 1_024,
  maxIdCharacters: 200,
  maxPolicies: 20,
  maxCapabilities: 30,
  /** How far the clock of a provider may be from ours. */
  clockSkewMs: 5 * MINUTE_MS,
  /** A later `expires` is cut to this long after the signature was made. */
  maxLifetimeMs: 5 * MINUTE_MS,
  /** How often a provider is asked what it is and can do. */
  infoEveryMs: 12 * HOUR_MS,
  /** The pause after the first failure; it doubles up to the longest. */
  firstRetryMs: MINUTE_MS,
  longestRetryMs: 12 * HOUR_MS,
  wakeMs: 5_000,
  /** Of one provider. */
  maxSubscriptions: 20,
  maxBackfills: 5,
  /** Objects of one request for what was published before; more are had by asking on. */
  maxBackfill: 10_000,
  /** Addresses in one announcement. */
  maxBatch: 100,
  perBackfill: 100,
  /** Announcements of one turn of the job; then others have theirs. */
  batchesPerTurn: 20,
  /** When something is told as trending, where a provider says nothing else (FASP data sharing v0.1); in minutes. */
  defaultThreshold: { timeframe: 15, shares: 3, likes: 3, replies: 3 },
  maxTimeframe: 24 * 60,
  maxThreshold: 1_000_000,
  trendingAtOnce: 200,
  watchMs: MINUTE_MS,
  /** Of somebody who lets themselves be found from now on, the newest so many. */
  videosOfAuthor: 100,
  /** Of what was shared, so many are looked at again at a time. */
  reviewedAtOnce: 2_000,
  reviewMs: 10 * MINUTE_MS,
  /** How often a provider is asked what trends, of which hours, and for how many posts. */
  trendsEveryMs: 10 * MINUTE_MS,
  trendsHours: 4,
  trendsCount: 40,
  /** Of hashtags that trend by a provider, the best so many, and posts of each. */
  trendingTags: 10,
  tagExamples: 3,
  /** A search or a list of suggestions waits for providers, and for the servers of whom they name, for so long. */
  peopleWaitMs: 1_000,
  /** A provider has so long to answer: what comes too late for one is there for the next. */
  peopleDeadlineMs: 3_000,
  /** People of one answer, those of them who are looked up for one person at once, and for everybody at once. */
  foundPeople: 10,
  lookedUpPeople: 5,
  lookedUpAtOnce: 20,
  /** Answers are good for so long. */
  searchedMs: 5 * MINUTE_MS,
  recommendedMs: 6 * HOUR_MS,
  /** Calls there and back that are shown of one provider, and what of one is kept. */
  maxCallbacks: 20,
  maxCallbackCharacters: 500,
  /** News that could not be told for so long are old. */
  newsKeptMs: 3 * DAY_MS,
} as const;
