import { deliveryLimits } from '../../config/limits.ts';
import { retryAfterMs } from '../../src/lib/net/retry-after.ts';
import type { FetchAnswer } from '../../src/lib/net/safe-fetch.ts';
import type { Failure, Ok } from '../../src/lib/result.ts';

/** What one attempt to deliver means. */
export type Verdict =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'dead'; readonly status: number | null; readonly error: string }
  | {
      readonly kind: 'retry';
      readonly status: number | null;
      readonly error: string;
      readonly at: Date;
      /** The trouble is the server's, not this activity's. */
      readonly holdHost: boolean;
      /** The pause that the server asked for; 0 where it asked for none. */
      readonly askedMs: number;
    };

/** What is known of a delivery before the attempt that is judged. */
export interface Attempt {
  /** 1 for the first. */
  readonly attempt: number;
  readonly queuedAt: Date;
}

/** Refusals that may pass: keys not fetched yet, slow servers, limits. All other 4xx are final. */
const PASSING = new Set([401, 408, 425, 429]);
/** Failures of our own guards, which no other attempt will pass. */
const FINAL_FAILURES = new Set(['blocked-address', 'blocked-url', 'too-many-redirects']);
const TOO_MANY_REQUESTS = 429;

/**
 * Judges an attempt. Retries go on for a week: after 30 s, then three times as long each time, at most 12 h,
 * spread by a fifth (fedify.md 3.2). What waited for a week without being tried, as this server was off or the
 * other one was down, gets its first few tries all the same.
 */
export function judge(
  answer: Ok<FetchAnswer> | Failure,
  { attempt, queuedAt }: Attempt,
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
  const isOld = now - Number(queuedAt) >= deliveryLimits.givenUpAfterMs;
  if (final || (isOld && attempt >= deliveryLimits.fewestAttempts)) return { kind: 'dead', status, error };
  const pause = Math.min(deliveryLimits.firstRetryMs * 3 ** (attempt - 1), deliveryLimits.longestRetryMs);
  const askedMs = answer.ok ? pauseAskedFor(answer, now) : 0;
  const wait = Math.max(pause * (0.8 + random() * 0.4), askedMs);
  const holdHost = status === null || status === TOO_MANY_REQUESTS || status >= 500;
  return { kind: 'retry', status, error, at: new Date(now + wait), holdHost, askedMs };
}

/** 429 asks for a pause with or without `Retry-After`, which is seconds or a date; at most our own longest. */
function pauseAskedFor({ status, headers }: FetchAnswer, now: number): number {
  const least = status === TOO_MANY_REQUESTS ? deliveryLimits.firstRetryMs : 0;
  const asked = retryAfterMs(headers['retry-after'], now) ?? least;
  return Math.min(Math.max(asked, least), deliveryLimits.longestRetryMs);
}
