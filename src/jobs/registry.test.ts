import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JobName, jobSpecs, queueNames, retryDelayMs, specOf } from './registry.ts';

const HOUR_MS = 3_600_000;
const names = Object.keys(jobSpecs) as JobName[];
const name = fc.constantFrom(...names);
const attempt = fc.integer({ min: 1, max: 10_000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the pause before the next try', () => {
  test('is at least four fifths of the first pause and at most six fifths of an hour', () => {
    fc.assert(
      fc.property(name, attempt, random, (job, tries, chance) => {
        const pause = retryDelayMs(job, tries, () => chance);
        expect(pause).toBeGreaterThanOrEqual(Math.round(jobSpecs[job].retryDelayMs * 0.8));
        expect(pause).toBeLessThanOrEqual(HOUR_MS * 1.2);
        expect(Number.isInteger(pause)).toBe(true);
      }),
    );
  });

  test('doubles until it has reached the hour', () => {
    fc.assert(
      fc.property(name, attempt, (job, tries) => {
        const [pause, next] = [tries, tries + 1].map((count) => retryDelayMs(job, count, () => 0.5));
        expect(next).toBe(Math.min((pause ?? 0) * 2, HOUR_MS));
      }),
    );
  });

  test('differs between those that failed together', () => {
    expect(retryDelayMs('deliver.host', 1, () => 0)).not.toBe(retryDelayMs('deliver.host', 1, () => 0.9));
  });
});

describe('every kind of job', () => {
  test.for(names)('%s has a queue that is served, tries, and time', (job) => {
    const { queue, maxAttempts, timeoutMs } = jobSpecs[job];
    expect(queueNames).toContain(queue);
    expect(maxAttempts).toBeGreaterThan(0);
    expect(timeoutMs).toBeGreaterThan(0);
    expect(specOf(job)).toBe(jobSpecs[job]);
  });

  test('is one that was declared', () => {
    for (const other of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'media.process ', ''])
      expect(specOf(other), other).toBeUndefined();
  });
});
