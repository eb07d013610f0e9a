/** Caps of mail and of what is proved by it. Units are in the names. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What one mail may be, and how it is sent. */
export const mailLimits = {
  /** Connections to the mail server. Providers refuse those who open many. */
  atOnce: 2,
  connectMs: 10_000,
  /** A server that says nothing for this long is given up for this try. */
  silenceMs: 30_000,
  maxSubjectCharacters: 150,
  maxNameCharacters: 60,
  /** Of what a mail server says, in the log. */
  maxAnswerCharacters: 300,
  /** What could not be sent within this is news to nobody. */
  keptMs: 3 * day,
} as const;

/** Links that are mailed, by what they do. Each counts once (security.md A7). */
export const linkLimits = {
  tokenBytes: 32,
  lastMs: { confirm: 3 * day, change: 1 * day, reset: 30 * minute },
  /** Mails with a link that one account gets in an hour, of each kind, whoever asks. */
  perHour: 4,
  /** An account whose address nobody confirmed within this is removed, and its name is free again. */
  unconfirmedMs: 7 * day,
  /** Accounts that one round of upkeep removes. */
  atOnce: 100,
} as const;

/** What is mailed to those who want it. */
export const digestLimits = {
  /** Hour of the day, where the reader is, at which digests leave; weekly ones on Monday. */
  hour: 8,
  weekday: 1,
  maxItems: 20,
  /** Digests that one round of upkeep sets off. */
  atOnce: 500,
  maxTimeZoneCharacters: 60,
  /** The first one tells of what happened since this at most. */
  maxTextCharacters: 200,
} as const;

/** How often the staff is told of people who wait for an answer, and how many of them are named. */
export const waitingLimits = { everyMs: hour, maxNamed: 10 } as const;
