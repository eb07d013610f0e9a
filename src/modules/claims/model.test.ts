import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  afterStep,
  type ClaimState,
  type ClaimStep,
  claimStates,
  counterAfter,
  counterStates,
} from './model.ts';
import { afterWorkingDays } from './working-days.ts';

const steps: readonly ClaimStep[] = ['confirm', 'uphold', 'reject', 'reopen', 'restore', 'withdraw'];

/** From the first state along those steps that can be taken. */
function walk(taken: readonly ClaimStep[]) {
  let state: ClaimState = 'unconfirmed';
  const visited: ClaimState[] = [state];
  for (const step of taken) {
    state = afterStep(state, step) ?? state;
    visited.push(state);
  }
  return visited;
}

test('nothing is decided about a claim that nobody confirmed, and what was withdrawn stays so', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 30 }), (taken) => {
      const visited = walk(taken);
      const firstDecided = visited.findIndex((state) => ['upheld', 'rejected', 'restored'].includes(state));
      if (firstDecided >= 0) expect(visited.slice(0, firstDecided)).toContain('open');
      const withdrawn = visited.indexOf('withdrawn');
      if (withdrawn >= 0) expect(new Set(visited.slice(withdrawn))).toEqual(new Set(['withdrawn']));
    }),
  );
});

test('only what was upheld is restored, and each decision of the staff has a way back', () => {
  for (const state of claimStates) {
    expect(afterStep(state, 'restore')).toBe(state === 'upheld' ? 'restored' : null);
  }
  expect(afterStep('restored', 'uphold')).toBe('upheld');
  expect(afterStep('rejected', 'reopen')).toBe('open');
  for (const state of counterStates) {
    expect(counterAfter(state, 'sue')).toBe(state === 'waiting' ? 'sued' : null);
    expect(counterAfter(state, 'accept')).toBe(state === 'accepted' ? null : 'accepted');
    expect(counterAfter(state, 'reject')).toBe(state === 'rejected' ? null : 'rejected');
  }
});

test('working days leave out Saturday and Sunday, whatever day it begins on', () => {
  const friday = new Date('2026-11-27T15:00:00Z');
  expect(afterWorkingDays(friday, 1).toISOString()).toBe('2026-11-30T15:00:00.000Z');
  expect(afterWorkingDays(friday, 10).toISOString()).toBe('2026-12-11T15:00:00.000Z');
  fc.assert(
    fc.property(
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }),
      fc.nat(40),
      (from, days) => {
        const to = afterWorkingDays(from, days);
        const passed = Math.round((to.getTime() - from.getTime()) / 86_400_000);
        const working = Array.from({ length: passed }, (_, n) =>
          new Date(from.getTime() + (n + 1) * 86_400_000).getUTCDay(),
        ).filter((day) => day !== 0 && day !== 6);
        expect(working).toHaveLength(days);
      },
    ),
  );
});
