/** Caps of what people are told while it happens: notifications, streams and pushes. Units are in the names. */

/** What is kept for one account to be told of. */
export const notificationLimits = {
  /** Of one account; older ones are forgotten. */
  kept: 1_000,
  /** What was published longer ago than this and comes only now is no news to anybody. */
  newsMs: 2 * 24 * 3_600_000,
  /** Likes of one post, and the like, within this long are one group. */
  groupMs: 12 * 3_600_000,
  /** Accounts of one group that are shown with it. */
  sampleAccounts: 8,
  /** An account is new for this long, where its owner asked for news of new accounts to be set aside. */
  newAccountMs: 30 * 24 * 3_600_000,
  /** Up to where unread ones are counted. */
  unreadDefault: 100,
  unreadMax: 1_000,
  maxTypesInQuery: 30,
  defaultPageItems: 40,
  maxPageItems: 80,
  maxRequestsAtOnce: 40,
} as const;

/** Connections on which people are told at once. They are counted by each process alone. */
export const liveLimits = {
  perAccount: 10,
  perNetwork: 50,
  subscriptionsPerConnection: 20,
  /** Of one message that a client sends. */
  maxMessageBytes: 4_096,
  /** A client that has not taken this much is cut off. */
  maxBufferedBytes: 1024 * 1024,
  pingMs: 20_000,
  /** How often sessions of open connections are looked at: what ended is closed within a second (security.md P6). */
  checkMs: 400,
  /** Events that wait to be told; more than these are left out, and apps find them when they look. */
  maxWaiting: 2_000,
  /** What was published longer ago is not told as new. */
  newsMs: 6 * 3_600_000,
  maxTagCharacters: 100,
  /** Comments of a branch that was hidden, or is shown again: those after them are found when a page is opened again. */
  maxToldOfBranch: 200,
} as const;

/** Messages that are pushed to apps through the services of their makers. */
export const pushLimits = {
  /** Subscriptions of one account; the oldest gives way. */
  perAccount: 20,
  maxEndpointCharacters: 2_048,
  maxKeyCharacters: 200,
  /** What happened longer ago is not pushed any more: its app finds it when it is opened. */
  newsMs: 24 * 3_600_000,
  /** How long a service keeps a message for a device that is off. */
  ttlSeconds: 48 * 3_600,
  deadlineMs: 15_000,
  /** Services take 4,096 bytes at least (RFC 8291, section 4), so a text may be this long in any script. */
  maxTitleCharacters: 100,
  maxBodyCharacters: 140,
  maxIconCharacters: 500,
  /** Of the HTML of a post, to find its first words. */
  maxReadCharacters: 4_000,
  /** Messages that one worker sends at once. */
  atOnce: 8,
} as const;
