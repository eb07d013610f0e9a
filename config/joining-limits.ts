/** Invites that people give to others. */
export const inviteLimits = {
  /** 96 random bits, which nobody finds by trying; in hex, as a code that begins with `-` is no word on a command line. */
  codeBytes: 12,
  maxCodeCharacters: 40,
  maxUses: 10_000,
  maxExpiresSeconds: 366 * 24 * 3_600,
  /** That one account has open at a time. */
  maxOpen: 100,
} as const;

/** Nobody is older than this; what is above it was mistyped. */
export const ageLimits = { maxYears: 130 } as const;

/** Passkeys, and how long the steps around them may take. */
export const passkeyLimits = {
  maxOfAccount: 20,
  maxNameCharacters: 60,
  /** Time to find the phone, the key or the finger. */
  challengeMs: 5 * 60_000,
  /** Proves that the person is there; after it, what is dear asks again. */
  freshMs: 10 * 60_000,
  handleBytes: 32,
  maxCredentialCharacters: 1_400,
  maxResponseCharacters: 16_000,
} as const;

/** Documents by which apps are known that nobody registers. */
export const clientDocumentLimits = {
  maxAddressCharacters: 400,
  /** Twice what the draft suggests. */
  maxBytes: 10 * 1024,
  deadlineMs: 5_000,
  freshMs: 3_600_000,
  /** While its server is away. */
  staleMs: 24 * 3_600_000,
  failureKeptMs: 60_000,
  failuresInMemory: 1_000,
} as const;
