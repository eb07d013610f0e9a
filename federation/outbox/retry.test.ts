import { describe, expect, test } from 'vitest';
import { deliveryLimits } from '../../config/limits.ts';
import type { FetchAnswer } from '../../src/lib/net/safe-fetch.ts';
import { fail, ok } from '../../src/lib/result.ts';
import { judge, type Verdict } from './retry.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR_MS = 3_600_000;

function answer(status: number, headers: FetchAnswer['headers'] = {}) {
  return ok({ status, headers, finalUrl: new URL('https://a.example/inbox'), body: Buffer.alloc(0) });
}

/** The verdict on attempt `attempt`; without spread unless `random` says so. */
const verdictOn = (given: Parameters<typeof judge>[0], attempt = 1, random = 0.5, waitedMs = 0) =>
  judge(given, { attempt, queuedAt: new Date(NOW - waitedMs) }, NOW, () => random);

/** How long a verdict waits, in ms. */
function waitOf(verdict: Verdict): number {
  if (verdict.kind !== 'retry') throw new Error(`It was ${verdict.kind}.`);
  return Number(verdict.at) - NOW;
}

describe('the schedule', () => {
  /** All pauses until it is given up, with the least, the usual and the greatest spread. */
  const pauses = (random: number) => {
    const waits: number[] = [];
    for (let attempt = 1, waited = 0; ; attempt += 1) {
      const verdict = verdictOn(answer(401), attempt, random, waited);
      if (verdict.kind !== 'retry') return waits;
      waits.push(waitOf(verdict));
      waited += waitOf(verdict);
    }
  };

  test.for([0, 0.5, 1])('goes on for a week, and no half day longer (%d)', (random) => {
    const days = pauses(random).reduce((sum, wait) => sum + wait, 0) / (24 * HOUR_MS);
    expect(days).toBeGreaterThanOrEqual(7);
    expect(days).toBeLessThan(7.6);
  });

  test('begins within a minute, never gets shorter, and never sleeps longer than half a day', () => {
    const waits = pauses(0.5);
    expect(waits[0]).toBe(deliveryLimits.firstRetryMs);
    expect(waits[0]).toBeLessThanOrEqual(60_000);
    expect(waits.toSorted((x, y) => x - y)).toEqual(waits);
    expect(waits.at(-1)).toBeCloseTo(12 * HOUR_MS);
  });

  test('is spread by a fifth either way, so that servers do not come back all at once', () => {
    expect(pauses(0)[0]).toBeCloseTo(0.8 * deliveryLimits.firstRetryMs);
    expect(pauses(1)[0]).toBeCloseTo(1.2 * deliveryLimits.firstRetryMs);
  });
});

describe('what an answer means', () => {
  test.for([200, 202, 204, 299])('%i: delivered', (status) => {
    expect(verdictOn(answer(status))).toEqual({ kind: 'delivered', status });
  });

  test.for([301, 302, 307, 400, 403, 404, 405, 406, 410, 413, 415, 422])('%i: dead at once', (status) => {
    expect(verdictOn(answer(status))).toEqual({ kind: 'dead', status, error: `It answered ${status}.` });
  });

  test.for([
    [401, false],
    [408, false],
    [425, false],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [504, true],
  ] as const)('%i: later; what else waits for the server is held back: %s', ([status, holdHost]) => {
    expect(verdictOn(answer(status))).toMatchObject({ kind: 'retry', status, holdHost });
  });

  test.for(['blocked-address', 'blocked-url', 'too-many-redirects'])('%s: dead at once', (reason) => {
    expect(verdictOn(fail(reason, 'No.'))).toEqual({ kind: 'dead', status: null, error: `${reason}: No.` });
  });

  test.for(['timeout', 'connection-failed', 'bad-response', 'aborted', 'too-large'])(
    '%s: later',
    (reason) => {
      expect(verdictOn(fail(reason))).toMatchObject({ kind: 'retry', status: null, holdHost: true });
    },
  );

  test('after a week it is given up, unless it was hardly tried', () => {
    const week = deliveryLimits.givenUpAfterMs;
    const few = deliveryLimits.fewestAttempts;
    expect(verdictOn(answer(500), few, 0.5, week - 1).kind).toBe('retry');
    expect(verdictOn(answer(500), few - 1, 0.5, week).kind).toBe('retry');
    expect(verdictOn(answer(500), few, 0.5, week)).toMatchObject({ kind: 'dead', status: 500 });
    expect(verdictOn(answer(202), few, 0.5, week).kind).toBe('delivered');
  });
});

describe('Retry-After', () => {
  const first = deliveryLimits.firstRetryMs;
  test.for([
    ['7200', 2 * HOUR_MS],
    ['Sat, 21 Nov 2026 14:00:00 GMT', 2 * HOUR_MS],
    ['1', first],
    ['0', first],
    ['-5', first],
    ['Sat, 21 Nov 2020 14:00:00 GMT', first],
    ['soon', first],
    ['', first],
    ['999999999', deliveryLimits.longestRetryMs],
    ['Sat, 21 Nov 2099 14:00:00 GMT', deliveryLimits.longestRetryMs],
    ['9999999999', first],
  ] as const)('%j', ([header, wait]) => {
    const verdict = verdictOn(answer(429, { 'retry-after': header }));
    expect(waitOf(verdict)).toBe(wait);
    expect(verdict).toMatchObject({ askedMs: wait });
  });

  test('is asked for by 429 without it, and by no other answer', () => {
    expect(verdictOn(answer(429))).toMatchObject({ askedMs: first });
    expect(verdictOn(answer(503))).toMatchObject({ askedMs: 0 });
  });
});
