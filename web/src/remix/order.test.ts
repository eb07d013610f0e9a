import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  layouts,
  MOST_STITCHED_S,
  newRemix,
  ownSeconds,
  partOf,
  type Remix,
  remixFrom,
  sounds,
  volumesOf,
} from './order.ts';

const volume = fc.double({ min: 0, max: 1, noNaN: true });
const id = fc.bigInt({ min: 1n, max: 10n ** 19n }).map(String);
const anyRemix: fc.Arbitrary<Remix> = fc.oneof(
  fc.record({
    kind: fc.constant('duet' as const),
    of: id,
    layout: fc.constantFrom(...layouts),
    sound: fc.constantFrom(...sounds),
    volumes: fc.record({ original: volume, own: volume }),
  }),
  fc
    .record({ of: id, start: fc.integer({ min: 0, max: 500 }), tenths: fc.integer({ min: 1, max: 49 }) })
    .map(({ of, start, tenths }) => ({
      ...{ kind: 'stitch' as const, of, clip: { start, end: start + tenths / 10 } },
    })),
);

test('whatever was kept is read again as it was, and nothing else is', () => {
  fc.assert(
    fc.property(anyRemix, (remix) => {
      expect(remixFrom(JSON.parse(JSON.stringify(remix)))).toEqual(remix);
    }),
  );
  fc.assert(
    fc.property(anyRemix, fc.constantFrom('kind', 'of'), (remix, part) => {
      expect(remixFrom({ ...remix, [part]: 'x' })).toBeNull();
    }),
  );
  const duet = newRemix('duet', '7', 9);
  expect(remixFrom({ ...duet, layout: 'upside_down' })).toBeNull();
  expect(remixFrom({ ...duet, volumes: { original: 2, own: 1 } })).toBeNull();
  expect(remixFrom({ ...newRemix('stitch', '7', 9), clip: { start: 1, end: 7 } })).toBeNull();
  expect(remixFrom({ ...newRemix('stitch', '7', 9), clip: { start: 3, end: 3 } })).toBeNull();
  fc.assert(
    fc.property(fc.anything(), (value) => {
      remixFrom(value);
    }),
  );
});

test('a stitch begins with the first seconds until somebody chooses, and with no more than there is', () => {
  expect(newRemix('stitch', '7', 30)).toMatchObject({ clip: { start: 0, end: MOST_STITCHED_S } });
  expect(newRemix('stitch', '7', 2.5)).toMatchObject({ clip: { start: 0, end: 2.5 } });
});

test('each sound alone is as loud as it is, and a mix as somebody chose', () => {
  const volumes = { original: 0.2, own: 0.7 };
  expect(volumesOf({ sound: 'mix', volumes })).toEqual(volumes);
  expect(volumesOf({ sound: 'original', volumes })).toEqual({ original: 1, own: 0 });
  expect(volumesOf({ sound: 'own', volumes })).toEqual({ original: 0, own: 1 });
});

test('one’s own part is never longer than the server lets the whole be', () => {
  fc.assert(
    fc.property(anyRemix, fc.double({ min: 0, max: 500, noNaN: true }), (remix, limit) => {
      const most = ownSeconds(remix, 9, limit);
      expect(most).toBeGreaterThanOrEqual(0);
      expect(most).toBeLessThanOrEqual(limit);
      if (remix.kind === 'duet') expect(most).toBeLessThanOrEqual(9);
    }),
  );
  expect(ownSeconds(newRemix('stitch', '7', 30), 30, 60)).toBe(55);
  expect(ownSeconds(null, 9, 60)).toBe(60);
});

test('whatever its ends, a part is one that the server takes', () => {
  const tenth = fc.integer({ min: 0, max: 3_000 }).map((n) => n / 10);
  fc.assert(
    fc.property(tenth, fc.double({ min: 0.6, max: 9, noNaN: true }), (start, length) => {
      const { end } = partOf(start, start + length);
      expect(end - start).toBeLessThanOrEqual(MOST_STITCHED_S);
      expect(end - start).toBeGreaterThan(Math.min(length, MOST_STITCHED_S) - 0.01);
    }),
    { numRuns: 2_000 },
  );
});
