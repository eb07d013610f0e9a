import { deliveryLimits } from '../../config/limits.ts';
import type { FetchAnswer } from '../../src/lib/net/safe-fetch.ts';
import type { Failure, Ok } from '../../src/lib/result.ts';

/** What one attempt to deliver means. `holdHost`: the trouble is the server's, not this activity's. */
export type Verdict =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'dead'; readonly status: number | null; readonly error: string }
  | {
      readonly kind: 'retry';
      readonly status: number | null;
      readonly error: string;
      readonly at: Date;
      readonly holdHost: boolean;
    };

/** Refusals that may pass: keys not fetched yet, slow servers, limits. All other 4xx are final. */
const PASSING = new Set([401, 408, 425, 429]);
/** Failures of our own guards, which no other attempt will pass. */
const FINAL_FAILURES = new Set(['blocked-address', 'blocked-url', 'too-many-redirects']);

/**
 * Judges attempt number `attempt` (1 for the first). Retries go on for about five days: 30 s, then three
 * times as long each time, at most 12 h, spread by a fifth (fedify.md 3.2).
 */
export function judge(
  answer: Ok<FetchAnswer> | Failure,
  attempt: number,
  now: number,
  random: () => number,
): Verdict {
  const status = answer.ok ? answer.status : null;
  if (answer.ok && answer.status >= 200 && answer.status < 300)
    return { kind: 'delivered', status: answer.status };
  const error = answer.ok ? `It answered ${answer.status}.` : `${answer.reason}: ${answer.detail ?? ''}`;
  const final = answer.ok
    ? answer.status >= 300 && answer.status < 500 && !PASSING.has(answer.status)
    : FINAL_FAILURES.has(answer.reason);
  if (final || attempt >= deliveryLimits.maxAttempts) return { kind: 'dead', status, error };
  const pause = Math.min(deliveryLimits.firstRetryMs * 3 ** (attempt - 1), deliveryLimits.longestRetryMs);
  const asked = answer.ok ? retryAfterMs(answer.headers['retry-after'], now) : 0;
  const wait = Math.max(pause * (0.8 + random() * 0.4), asked);
  const holdHost = status === null || status === 429 || status >= 500;
  return { kind: 'retry', status, error, at: new Date(now + wait), holdHost };
}

/** `Retry-After` in ms: seconds or a date, at most the longest pause of ours. */
function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), deliveryLimits.longestRetryMs) : 0;
}
