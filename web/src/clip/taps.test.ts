import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTaps } from './taps.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function rig() {
  const told: string[] = [];
  const taps = createTaps({
    single: () => told.push('single'),
    double: ({ x, y }) => told.push(`double ${x},${y}`),
  });
  const press = (x: number, y: number, afterMs = 0) => {
    vi.advanceTimersByTime(afterMs);
    taps.press({ x, y }, Date.now());
  };
  return { told, taps, press };
}

test('one press is a single one, a moment later', () => {
  const { told, press } = rig();
  press(10, 10);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(300);
  expect(told).toEqual(['single']);
});

test('two near each other are a double one at the second, and each further one is another', () => {
  const { told, press } = rig();
  press(10, 10);
  press(12, 11, 120);
  press(14, 12, 120);
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual(['double 12,11', 'double 14,12']);
});

test.each([
  ['far from each other', 200, 100],
  ['long after each other', 10, 400],
])('two %s are no double one', (_name, x, afterMs) => {
  const { told, press } = rig();
  press(10, 10);
  press(x, 10, afterMs);
  vi.advanceTimersByTime(1_000);
  expect(told.filter((one) => one !== 'single')).toEqual([]);
});

test('a page that is left hears nothing any more', () => {
  const { told, taps, press } = rig();
  press(10, 10);
  taps.stop();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([]);
});
