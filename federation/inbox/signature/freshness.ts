import type { ParsedSignature } from './parse.ts';
import { refuse, type SignatureRefusal } from './refusal.ts';

export interface FreshnessLimits {
  readonly clockSkewMs: number;
  readonly expirySkewMs: number;
  readonly maxLifetimeMs: number;
}

const HTTP_DATE = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|\+0000)$/;
const SECONDS = /^\d{1,12}$/;
/** Only `expires` may have a fraction (draft-cavage-http-signatures-12 section 2.1.5). */
const SECONDS_WITH_FRACTION = /^\d{1,12}(?:\.\d{1,6})?$/;

/**
 * Whether a signature is of now. Each signed time (`date`, `(created)`) may differ from our clock by the
 * skew. With `expires` a signature counts up to that time instead, but never longer than the cap after it was
 * made. Returns nothing when it is fresh. Source: federation-interop.md 3, security.md S8, S9.
 */
export function checkFreshness(
  parsed: ParsedSignature,
  date: string | undefined,
  now: number,
  limits: FreshnessLimits,
): SignatureRefusal | undefined {
  const times = signedTimes(parsed, date);
  if (!Array.isArray(times)) return times;
  const expires = parsed.expires === undefined ? undefined : Number(parsed.expires) * 1000;
  if (expires !== undefined && !SECONDS_WITH_FRACTION.test(parsed.expires ?? '')) {
    return refuse(400, 'bad-time', 'The expires time of the signature cannot be read.');
  }
  for (const time of times) {
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

/** The times that the signature covers, in milliseconds; a time it does not cover could be anybody's. */
function signedTimes(parsed: ParsedSignature, date: string | undefined): number[] | SignatureRefusal {
  const times: number[] = [];
  if (parsed.covered.includes('date')) {
    const time = date !== undefined && HTTP_DATE.test(date) ? Date.parse(date) : Number.NaN;
    if (Number.isNaN(time)) return refuse(401, 'bad-time', 'The Date header cannot be read.');
    times.push(time);
  }
  if (parsed.covered.includes('(created)')) {
    if (!SECONDS.test(parsed.created ?? '')) {
      return refuse(400, 'bad-time', 'The created time of the signature cannot be read.');
    }
    times.push(Number(parsed.created) * 1000);
  }
  return times;
}
