import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveryLimits } from '../../config/limits.ts';
import { afterAnswer, afterFailure, type HostState, UNKNOWN_HOST } from './circuit.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const HOUR_MS = 3_600_000;

const fails = (state: HostState, now: number, askedMs = 0, random = 0.5) =>
  afterFailure(state, { now, askedMs }, deliveryLimits, () => random);

/** The state after that many failures, each at the time at which the host is tried again. */
function failed(times: number): HostState {
  let state: HostState = UNKNOWN_HOST;
  for (let n = 0; n < times; n += 1) state = fails(state, state.openUntil ?? START);
  return state;
}

describe('the circuit of a host', () => {
  test('opens with the third failure in a row, for as long as a first retry waits', () => {
    expect([1, 2, 3].map((times) => failed(times).openUntil)).toEqual([
      null,
      null,
      START + deliveryLimits.firstRetryMs,
    ]);
    const answered = afterAnswer(failed(2));
    expect(fails(fails(answered, START), START).openUntil).toBeNull();
  });

  test('stays open three times as long after each probe that fails, up to an hour', () => {
    const pauses = [4, 5, 6, 7, 8, 30].map(
      (times) => (failed(times).openUntil ?? 0) - (failed(times - 1).openUntil ?? 0),
    );
    expect(pauses).toEqual([90_000, 270_000, 810_000, 2_430_000, HOUR_MS, HOUR_MS]);
  });

  test('does not count what was under way when it opened, and is closed by any answer', () => {
    const open = failed(3);
    expect(fails(open, START)).toEqual(open);
    expect(afterAnswer(open)).toEqual(UNKNOWN_HOST);
    expect(afterAnswer({ ...open, scheme: 'rfc9421' })).toEqual({ ...UNKNOWN_HOST, scheme: 'rfc9421' });
  });

  test('opens at once where a pause is asked for, for no less', () => {
    expect(fails(UNKNOWN_HOST, START, 2 * HOUR_MS)).toMatchObject({
      failures: 1,
      openUntil: START + 2 * HOUR_MS,
    });
    expect(fails(failed(3), START, 2 * HOUR_MS).openUntil).toBe(START + 2 * HOUR_MS);
  });

  test('whatever comes: failing since the first failure, no pause beyond what is due, none that shrinks', () => {
    const step = fc.record({
      answers: fc.boolean(),
      passesMs: fc.nat(2 * HOUR_MS),
      askedMs: fc.oneof(fc.constant(0), fc.nat(deliveryLimits.longestRetryMs)),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state: HostState = UNKNOWN_HOST;
        let now = START;
        let since: number | null = null;
        for (const { answers, passesMs, askedMs, random } of steps) {
          now += passesMs;
          const before: HostState = state;
          state = answers ? afterAnswer(state) : fails(state, now, askedMs, random);
          since = answers ? null : (since ?? now);
          expect(state.failingSince).toBe(since);
          expect(state.failures === 0).toBe(answers || since === null);
          if (answers) expect(state.openUntil).toBeNull();
          else expect(state.openUntil ?? 0).toBeGreaterThanOrEqual(before.openUntil ?? 0);
          const longest = Math.max(1.2 * deliveryLimits.longestProbePauseMs, deliveryLimits.longestRetryMs);
          expect((state.openUntil ?? now) - now).toBeLessThanOrEqual(longest);
        }
      }),
    );
  });
});
