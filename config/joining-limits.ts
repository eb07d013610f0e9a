/** Invites that people give to others. */
export const inviteLimits = {
  /** 96 random bits: nobody finds one by trying. */
  codeBytes: 12,
  maxCodeCharacters: 40,
  maxUses: 10_000,
  maxExpiresSeconds: 366 * 24 * 3_600,
  /** That one account has open at a time. */
  maxOpen: 100,
} as const;

/** Nobody is older than this; what is above it was mistyped. */
export const ageLimits = { maxYears: 130 } as const;
