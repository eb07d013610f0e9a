import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createThroughput } from './throughput.ts';

/** What is counted on after these requests: bits per second and seconds. */
function learnt(requests: readonly (readonly [bitsPerSecond: number, seconds: number])[]): number | null {
  const throughput = createThroughput();
  for (const [bits, seconds] of requests) throughput.note((bits * seconds) / 8, seconds * 1_000);
  return throughput.bitsPerSecond();
}

test('nothing is known before the first answer, nor from tiny ones', () => {
  expect(learnt([])).toBeNull();
  const throughput = createThroughput();
  throughput.note(2_000, 100);
  throughput.note(100_000, 0);
  expect(throughput.bitsPerSecond()).toBeNull();
});

test('a steady line is known from its first answer', () => {
  expect(learnt([[4_000_000, 0.1]])).toBeCloseTo(4_000_000, 0);
});

test('what is counted on lies between the slowest and the fastest answer', () => {
  const answers = fc.array(
    fc.tuple(fc.double({ min: 1e6, max: 1e8, noNaN: true }), fc.double({ min: 0.2, max: 10, noNaN: true })),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(answers, (requests) => {
      const bits = learnt(requests) ?? 0;
      const all = requests.map(([one]) => one);
      expect(bits).toBeGreaterThanOrEqual(Math.min(...all) * 0.999);
      expect(bits).toBeLessThanOrEqual(Math.max(...all) * 1.001);
    }),
  );
});

test('a fall is followed at once, a rise with care', () => {
  const steady = Array.from({ length: 20 }, () => [8e6, 0.5] as const);
  const slow = Array.from({ length: 4 }, () => [1e6, 1] as const);
  expect(learnt([...steady, ...slow])).toBeLessThan(3e6);
  expect(learnt([...slow, [8e6, 0.5]])).toBeLessThan(3e6);
});
