import { refuse, type SignatureRefusal } from './refusal.ts';

export interface FreshnessLimits {
  readonly clockSkewMs: number;
  readonly expirySkewMs: number;
  readonly maxLifetimeMs: number;
}

/** The times that a signature covers, in milliseconds. */
export interface SignedTimes {
  /** When the signature was made, once or twice. */
  readonly made: readonly number[];
  readonly expires?: number;
}

/**
 * Whether a signature is of now. Each time at which it was made may differ from our clock by the skew. With
 * `expires` a signature counts up to that time instead, but never longer than the cap after it was made.
 * Returns nothing when it is fresh. Source: federation-interop.md 3, security.md S8, S9.
 */
export function checkFreshness(
  { made, expires }: SignedTimes,
  now: number,
  limits: FreshnessLimits,
): SignatureRefusal | undefined {
  for (const time of made) {
    if (time - now > limits.clockSkewMs) {
      return refuse(
        401,
        'from-future',
        'The signature is from the future. Check the clock of the sending server.',
      );
    }
    const end =
      expires === undefined
        ? time + limits.clockSkewMs
        : Math.min(expires + limits.expirySkewMs, time + limits.maxLifetimeMs);
    if (now > end) {
      return refuse(401, 'stale', 'The signature is too old. Check the clock of the sending server.');
    }
  }
  return undefined;
}
