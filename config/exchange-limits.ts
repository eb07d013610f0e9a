const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What asking other servers for what trends there may cost, and how much their word may count. */
export const exchangeLimits = {
  /** Servers that may be named. */
  maxPeers: 50,
  /** How often it is looked whether somebody is to be asked. */
  wakeMs: 5_000,
  maxBytes: 1024 * 1024,
  deadlineMs: 15_000,
  /** Of the list of one server, the best so many. */
  maxItems: 40,
  /** Videos of one author that count on the word of one server. */
  perAuthor: 3,
  /** Videos that are brought here on the word of one server in a day. */
  videosPerDay: 200,
  /** Posts that are looked at on the word of one auxiliary service in a day: it does not say which have a video. */
  postsPerDay: 1_000,
  /** After so many failures in a row the pause is as long as it gets; a server that answers again begins anew. */
  firstRetryMs: 60_000,
  longestRetryMs: 12 * HOUR_MS,
  /** What was told counts for so long after it was told last. */
  countsMs: 2 * HOUR_MS,
  /** What became of it is shown for so long. */
  keptMs: 7 * DAY_MS,
  /** What one job asks of the server that a post is of, one after another, with this pause between them. */
  perTurn: 25,
  pauseMs: 100,
  /** Servers that one look at what is due has asked. */
  hostsAtOnce: 100,
  /** Tries of one post whose server cannot be asked just now, and the pause before the second; it doubles. */
  maxAttempts: 4,
  retryMs: 60_000,
} as const;

/** What a new server begins with, of servers and accounts that the staff chose. */
export const packLimits = {
  maxTopics: 10,
  maxHosts: 5,
  maxAccounts: 20,
  /** Videos of one pack, at most and by default. */
  maxVideos: 500,
  defaultVideos: 120,
  /** Videos of one author. */
  perAuthor: 20,
  /** What the copies of one pack may take together. */
  maxBytes: 4 * 1024 * 1024 * 1024,
  /** Posts of one page of a list, and pages. */
  perPage: 40,
  maxPages: 3,
  /** Newest posts of one outbox. */
  perOutbox: 20,
  atOnce: 3,
  shown: 10,
  /** Copies are wanted for so long, whoever watches them. */
  countsMs: 30 * DAY_MS,
} as const;
