import { beforeEach, describe, expect, test } from 'vitest';
import { createSharedWork } from './shared-work.ts';

let signals: AbortSignal[];
let ends: ReturnType<typeof Promise.withResolvers<number>>[];
const { signal: stays } = new AbortController();

beforeEach(() => {
  signals = [];
  ends = [];
});

const work = (signal: AbortSignal): Promise<number> => {
  const end = Promise.withResolvers<number>();
  signals.push(signal);
  ends.push(end);
  return end.promise;
};

describe('work that is shared', () => {
  test('is done once for all who ask while it runs, and anew afterwards', async () => {
    const share = createSharedWork<number>();
    const answers = [1, 2, 3].map(() => share('a', stays, work));
    const other = share('b', stays, work);
    expect(ends).toHaveLength(2);
    ends[0]?.resolve(7);
    ends[1]?.resolve(8);
    expect(await Promise.all([...answers, other])).toEqual([7, 7, 7, 8]);
    const again = share('a', stays, work);
    ends[2]?.resolve(9);
    expect(await again).toBe(9);
  });

  test('goes on while anybody waits, and ends with the last', async () => {
    const share = createSharedWork<number>();
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [first, second].map(({ signal }) => share('a', signal, work));
    first.abort();
    expect(await answers[0]).toBeNull();
    expect(signals[0]?.aborted).toBe(false);
    second.abort();
    expect(await answers[1]).toBeNull();
    expect(signals[0]?.aborted).toBe(true);
    // Who comes now does not get what was given up, nor is it ended for them when that ends.
    const late = share('a', stays, work);
    expect(ends).toHaveLength(2);
    ends[0]?.reject(new Error('It was given up.'));
    await new Promise((done) => setImmediate(done));
    const beside = share('a', stays, work);
    expect(ends).toHaveLength(2);
    ends[1]?.resolve(5);
    expect(await Promise.all([late, beside])).toEqual([5, 5]);
  });

  test('that fails, fails for all; that somebody leaves afterwards is nothing', async () => {
    const share = createSharedWork<number>();
    const leaving = new AbortController();
    const answers = [share('a', leaving.signal, work), share('a', stays, work)];
    ends[0]?.reject(new Error('No.'));
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    leaving.abort();
    expect(signals[0]?.aborted).toBe(false);
    expect(await share('a', leaving.signal, work)).toBeNull();
    expect(ends).toHaveLength(1);
  });
});
