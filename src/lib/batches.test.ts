import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BatchLimits, createBatches } from './batches.ts';

const roomy: BatchLimits = { maxItems: 10, maxBytes: 1_000, maxWaiting: 100, maxWaitingBytes: 10_000 };

/** A worker whose batches end when the test says so. */
function heldBatches(limits: BatchLimits, bytesOf: (item: number) => number = () => 1) {
  const batches: { items: readonly number[]; end: () => void; fail: (error: unknown) => void }[] = [];
  const add = createBatches<number, string>({
    limits,
    bytesOf,
    run: (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, end: () => resolve(items.map((item) => `did ${item}`)), fail: reject });
      }),
  });
  return { add, batches };
}

/** Lets everything happen that waits for nothing. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('batches', () => {
  test('a call that comes alone is a batch at once; those that come meanwhile share the next', async () => {
    const { add, batches } = heldBatches(roomy);
    const answers = [1, 2, 3].map(add);
    expect(batches.map(({ items }) => items)).toEqual([[1]]);
    batches[0]?.end();
    await settled();
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3]]);
    batches[1]?.end();
    expect(await Promise.all(answers)).toEqual(['did 1', 'did 2', 'did 3']);
  });

  test('nobody is answered before the own batch has ended', async () => {
    const { add, batches } = heldBatches(roomy);
    const answered: number[] = [];
    for (const item of [1, 2]) void add(item)?.then(() => answered.push(item));
    await settled();
    expect(answered).toEqual([]);
    batches[0]?.end();
    await settled();
    expect(answered).toEqual([1]);
    batches[1]?.end();
    await settled();
    expect(answered).toEqual([1, 2]);
  });

  test('hold no more items, nor bytes, than they may; a large item goes alone', async () => {
    const { add, batches } = heldBatches({ ...roomy, maxItems: 3, maxBytes: 10 }, (item) => item);
    for (const item of [1, 2, 2, 2, 2, 9, 50, 4, 6, 1]) add(item);
    for (let at = 0; at < 6; at += 1) {
      batches[at]?.end();
      await settled();
    }
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 2, 2], [2], [9], [50], [4, 6], [1]]);
  });

  test('take no more than may wait, by number and by bytes, and take again once there is room', async () => {
    const { add, batches } = heldBatches({ ...roomy, maxWaiting: 2 });
    expect([1, 2, 3, 4].map((item) => add(item) !== undefined)).toEqual([true, true, true, false]);
    batches[0]?.end();
    await settled();
    expect(add(5)).toBeDefined();
    const { add: addLarge } = heldBatches({ ...roomy, maxWaitingBytes: 10 }, (item) => item);
    expect([99, 6, 4, 1].map((item) => addLarge(item) !== undefined)).toEqual([true, true, true, false]);
  });

  test('a failure that is nobody’s fault is that of all, and the next batch is tried', async () => {
    const { add, batches } = heldBatches(roomy);
    const answers = [1, 2, 3].map((item) => Promise.resolve(add(item)).catch((error) => String(error)));
    batches[0]?.end();
    await settled();
    const late = add(4);
    batches[1]?.fail(new Error('The database is away.'));
    expect(await Promise.all(answers)).toEqual([
      'did 1',
      'Error: The database is away.',
      'Error: The database is away.',
    ]);
    await settled();
    batches[2]?.end();
    expect(await late).toBe('did 4');
  });

  test('every caller gets the own outcome, whoever else is poison, and all are worked off in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ isPoison: fc.boolean(), pause: fc.boolean() }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        async (calls, maxItems) => {
          const kept: number[] = [];
          const add = createBatches<number, number>({
            limits: { ...roomy, maxItems },
            isFaultOfItem: (error) => error === 'poison',
            run: async (items) => {
              await settled();
              if (items.some((item) => calls[item]?.isPoison)) throw 'poison';
              kept.push(...items);
              return items.map((item) => item * 2);
            },
          });
          const outcomes: Promise<number | string>[] = [];
          for (const [item, { pause }] of calls.entries()) {
            if (pause) await settled();
            outcomes.push(Promise.resolve(add(item) ?? 'full').catch((error: string) => error));
          }
          const expected = calls.map(({ isPoison }, item) => (isPoison ? 'poison' : item * 2));
          expect(await Promise.all(outcomes)).toEqual(expected);
          expect(kept).toEqual([...calls.keys()].filter((item) => !calls[item]?.isPoison));
        },
      ),
      { numRuns: 200 },
    );
  });
});
