import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feedLimits } from '../../../config/feed-limits.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { decodePlace, encodePlace, TOP, takeInOrder } from './place.ts';

const candidate = (id: number, author: number) => ({
  id: String(id) as VideoId,
  accountId: String(author) as AccountId,
});

function longestRun(authors: readonly string[]): number {
  let [longest, run] = [0, 0];
  authors.forEach((author, at) => {
    run = authors[at - 1] === author ? run + 1 : 1;
    longest = Math.max(longest, run);
  });
  return longest;
}

describe('the order of For You', () => {
  test('two in a row at most over all pages, nothing twice, and nothing left out that has a place', () => {
    const feeds = fc.record({
      authors: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 40 }),
      limits: fc.infiniteStream(fc.integer({ min: 1, max: 6 })),
    });
    fc.assert(
      fc.property(feeds, ({ authors, limits }) => {
        const all = authors.map((author, n) => candidate(n + 1, author));
        const authorOf = new Map(all.map(({ id, accountId }) => [id, accountId]));
        const shown: VideoId[] = [];
        let place: Pick<typeof TOP, 'run' | 'varied'> = TOP;
        let left = all;
        for (const limit of limits) {
          const part = takeInOrder(place, left, { limit, mayBeAlone: false });
          shown.push(...part.taken);
          left = left.filter(({ id }) => part.rest.includes(id));
          place = part;
          if (part.taken.length === 0) break;
        }
        expect(new Set(shown).size).toBe(shown.length);
        expect(longestRun(shown.map((id) => authorOf.get(id) ?? ''))).toBeLessThanOrEqual(feedLimits.maxRun);
        // What cannot be shown is of one creator, who has more than two for each gap between all others.
        expect(new Set(left.map(({ accountId }) => accountId)).size).toBeLessThanOrEqual(1);
        const [alone] = left;
        if (!alone) return;
        const own = all.filter(({ accountId }) => accountId === alone.accountId).length;
        expect(own).toBeGreaterThan(2 * (all.length - own + 1));
      }),
    );
  });

  test('one creator alone is shown whole where nobody else ever was', () => {
    const all = Array.from({ length: 9 }, (_, n) => candidate(n + 1, 1));
    expect(takeInOrder(TOP, all, { limit: 20, mayBeAlone: true }).taken).toHaveLength(9);
    expect(takeInOrder(TOP, all, { limit: 20, mayBeAlone: false }).taken).toHaveLength(2);
    expect(takeInOrder({ ...TOP, varied: true }, all, { limit: 20, mayBeAlone: true }).taken).toHaveLength(2);
  });

  test('a place survives its bytes, as far as it is kept', () => {
    const ids = Array.from(
      { length: 500 },
      (_, n) => String(9_223_372_036_854_775_807n - BigInt(n)) as VideoId,
    );
    for (const place of [
      TOP,
      {
        waiting: ids.slice(0, 60),
        shown: ids.slice(60, 90),
        run: { accountId: '7' as AccountId, length: 2 },
        varied: true,
        mark: 4_294_967_295,
      },
      { waiting: [], shown: ids, run: null, varied: false, mark: 0 },
    ]) {
      expect(decodePlace(encodePlace(place))).toEqual({
        ...place,
        shown: place.shown.slice(-feedLimits.shownKept),
      });
    }
  });
});
