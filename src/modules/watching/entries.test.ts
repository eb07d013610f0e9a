import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { entryOf, eventsOf } from './entries.ts';
import { type TakenEvent, watchKinds, watchSources } from './model.ts';

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((all) => all.join(''));
const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String);

const event = fc.record({
  ...{ key: hex(32), viewKey: hex(32), videoId: id.map((text) => text as VideoId) },
  ...{ kind: fc.constantFrom(...watchKinds), watchedMs: fc.option(fc.nat()), at: fc.nat() },
  ...{ source: fc.constantFrom(...watchSources), mask: fc.option(hex(16)) },
});
const shared = fc.record({
  accountId: fc.option(id.map((text) => text as AccountId)),
  ...{ receivedAt: fc.nat(), network: fc.option(hex(16)) },
});
const report: fc.Arbitrary<TakenEvent[]> = fc
  .tuple(shared, fc.array(event, { minLength: 1, maxLength: 5 }))
  .map(([facts, events]) => events.map((one) => ({ ...one, ...facts })));

test('what goes into the stream comes out of it: masks, keys and all', () => {
  fc.assert(
    fc.property(fc.array(report, { maxLength: 5 }), (reports) => {
      expect(eventsOf(entryOf(reports))).toEqual(reports.flat());
    }),
  );
});

test('an entry that is damaged is refused as a whole', () => {
  const key = 'a'.repeat(32);
  const good: unknown[] = [key, key, '7', 0, null, 5, 0, 'f'.repeat(16)];
  const entry = (events: unknown[]) => JSON.stringify([[5, null, null, events]]);
  expect(eventsOf(entry([good]))).toHaveLength(1);
  const broken: [at: number, value: unknown][] = [
    ...([
      [0, 'x'],
      [1, key.slice(1)],
      [2, '7 or 1'],
      [3, 4],
      [3, -1],
      [4, -5],
    ] as const),
    ...([
      [5, 1.5],
      [6, 99],
      [7, 'F'.repeat(16)],
      [7, 'f'.repeat(15)],
    ] as const),
  ].map(([at, value]) => [at, value]);
  for (const [at, value] of broken) {
    expect(eventsOf(entry([good, good.with(at, value)])), `${at}: ${value}`).toBeNull();
  }
  for (const text of ['', '{', '[]x', 'null', '{"a":1}']) expect(eventsOf(text)).toBeNull();
});
