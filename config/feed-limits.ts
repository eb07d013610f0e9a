/** Caps of feeds and of what is told about watching. Units are in the names. */

export const feedLimits = {
  /** A cursor counts this long (ranking.md 7). */
  cursorMs: 24 * 3_600_000,
  /** Videos of For You that are chosen in one go. */
  slate: 60,
  /** In a row by one creator. */
  maxRun: 2,
  /** Of what a feed has shown, so many videos are remembered on the way down, whether they were watched or not. */
  shownKept: 400,
  /** The same, and what waits, in a `Link`: proxies take some 4 kB of headers, with a place of no more than 1.3 kB they stay below 2 kB. */
  linkShown: 120,
  linkWaiting: 30,
  /** Newest videos of each followed account that For You looks at. */
  newestOfFollowed: 5,
  /** Newest videos of all followed accounts that one page of Following looks at, about, and how many of each at least. */
  followedAtOnce: 4_000,
  fewestOfFollowed: 10,
  /** Newest videos that a page looks at before it ends early and the next one goes on. */
  candidates: 200,
  /** What is liked most, as far as For You looks. */
  trending: 120,
  /** Pages of apps of the Mastodon API that one account may be on at once. */
  places: 20,
  /** How often one page looks further down past what it may not show, before it ends. */
  rounds: 6,
} as const;

export const watchLimits = {
  eventsPerRequest: 100,
  /** What `navigator.sendBeacon` sends at most. */
  maxBytes: 64 * 1024,
  /** A playback reported later than this is taken as of then; one from the future as of now. */
  maxDelayMs: 24 * 3_600_000,
  /** A view is this long, or this part of a shorter video (ranking.md 6). */
  viewMs: 3_000,
  shortVideoMs: 12_000,
  viewPart: 0.25,
  completePart: 0.95,
  /** One playback counts for so many times the length of the video: loops are watching, too. */
  maxLoops: 10,
  /** Of a video whose length is not known. */
  maxUnknownMs: 600_000,
  /** Requests that are stored together, and how many may wait for it. */
  store: { maxItems: 32, maxBytes: 4_096, maxWaiting: 1_024, maxWaitingBytes: 65_536 },
  busyRetrySeconds: 10,
  /** How often what was counted is added to the videos, and rows of it that one transaction takes. */
  tallyMs: 2_000,
  talliesAtOnce: 20_000,
  /** An event is known again for so long: two days longer than a client may be late with it. */
  keptDays: 3,
  /** Once all events of a day are stored, keys of its views stay for so long: clocks differ, and some are still on their way to the stream. */
  keysKeptMs: 3_600_000,
} as const;
