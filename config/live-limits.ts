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
} as const;
