import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIds, idNodes, idSchema, parseId } from './ids.ts';

const EPOCH_MS = Date.UTC(2024, 0, 1);
const END_MS = EPOCH_MS + 2 ** 41 - 1;
const MAX_BIGINT = 9_223_372_036_854_775_807n;

/** A clock that shows one time after the other, and then stays. */
function clockOf(times: readonly number[]) {
  let at = 0;
  return { now: () => times[Math.min(at++, times.length - 1)] ?? EPOCH_MS };
}

const time = fc.integer({ min: EPOCH_MS, max: END_MS });
const node = fc.integer({ min: 0, max: idNodes - 1 });

function strictlyRising(ids: readonly string[]): boolean {
  return ids.every((id, at) => at === 0 || BigInt(id) > BigInt(ids[at - 1] ?? '0'));
}

describe('the ids of one process', () => {
  test('strictly rise, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 50 }), node, (times, own) => {
        const ids = createIds(clockOf(times), own);
        expect(strictlyRising(times.map(() => ids.next()))).toBe(true);
      }),
    );
  });

  test('strictly rise when more are made in a millisecond than it has room for, or the clock steps back', () => {
    const now = Date.UTC(2026, 0, 1);
    const ids = createIds(clockOf([...Array(10_000).fill(now), ...Array(10_000).fill(now - 60_000)]), 7);
    expect(strictlyRising(Array.from({ length: 20_000 }, () => ids.next()))).toBe(true);
  });

  test('sort by time', () => {
    fc.assert(
      fc.property(time, time, node, node, (one, other, nodeOfOne, nodeOfOther) => {
        fc.pre(one !== other);
        const [first, second] = [
          createIds(clockOf([one]), nodeOfOne),
          createIds(clockOf([other]), nodeOfOther),
        ];
        expect(BigInt(first.next()) < BigInt(second.next())).toBe(one < other);
      }),
    );
  });

  test('made for a moment of the past sort by it, and never after now', () => {
    const now = Date.UTC(2026, 6, 1);
    const moment = fc.integer({ min: 0, max: now });
    fc.assert(
      fc.property(moment, moment, node, (one, other, own) => {
        fc.pre(Math.floor(one / 1_000) < Math.floor(other / 1_000) && one >= EPOCH_MS === other >= EPOCH_MS);
        const ids = createIds(clockOf([now]), own);
        const [first, second] = [ids.at(one), ids.at(other)];
        expect(BigInt(first) < BigInt(second)).toBe(true);
        expect([parseId(first), parseId(second)]).toEqual([first, second]);
      }),
    );
    const ids = createIds(clockOf([now, now, now + 1]), 1, () => 0.999_999);
    const ahead = ids.at(Date.UTC(2099, 0, 1));
    ids.next();
    expect(BigInt(ahead) < BigInt(ids.next())).toBe(true);
    expect(parseId(createIds(clockOf([now]), 0, () => 0).at(0))).toBe('1');
    expect(parseId(ids.at(-5))).not.toBeNull();
  });

  test('are ids, up to the year 2093', () => {
    fc.assert(
      fc.property(time, node, (now, own) => {
        const id = createIds(clockOf([now]), own).next();
        expect(parseId(id)).toBe(id);
      }),
    );
    expect(new Date(END_MS).getUTCFullYear()).toBe(2093);
  });

  test('are ids where the clock stands before the epoch', () => {
    const ids = createIds(clockOf([0]), 0);
    const made = [ids.next(), ids.next()];
    expect(made.map(parseId)).toEqual(made);
    expect(strictlyRising(made)).toBe(true);
  });
});

test('the ids of all processes that run at once differ', () => {
  const now = Date.UTC(2026, 0, 1);
  const sources = Array.from({ length: idNodes }, (_, own) => createIds(clockOf([now]), own));
  const made = sources.flatMap((ids) => Array.from({ length: 20 }, () => ids.next()));
  expect(new Set(made).size).toBe(made.length);
  fc.assert(
    fc.property(node, node, fc.array(time, { minLength: 1, maxLength: 30 }), (one, other, times) => {
      fc.pre(one !== other);
      const both = [createIds(clockOf(times), one), createIds(clockOf(times), other)];
      const ids = both.flatMap((source) => times.map(() => source.next()));
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

describe('an id from outside', () => {
  test('is a positive number that a bigint of PostgreSQL holds', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -MAX_BIGINT, max: 2n * MAX_BIGINT }), (number) => {
        expect(parseId(String(number)) !== null).toBe(number > 0n && number <= MAX_BIGINT);
      }),
    );
    expect(parseId(String(MAX_BIGINT))).toBe(String(MAX_BIGINT));
    expect(parseId(String(MAX_BIGINT + 1n))).toBeNull();
  });

  test('has one spelling', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        fc.pre(!/^[1-9]\d{0,18}$/.test(text));
        expect(parseId(text)).toBeNull();
      }),
    );
    for (const text of ['', '0', '01', '+1', '-1', '1.0', '1e3', ' 1', '1\n', '１', '0x1', '1'.repeat(20)])
      expect(parseId(text), JSON.stringify(text)).toBeNull();
  });

  test('is told from others by its schema', () => {
    expect(idSchema().safeParse('12').data).toBe('12');
    expect(idSchema().safeParse(12).success).toBe(false);
    expect(idSchema().safeParse('12; drop table jobs').success).toBe(false);
  });
});
