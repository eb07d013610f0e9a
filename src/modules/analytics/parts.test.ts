import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addEncoded,
  addPart,
  addReleased,
  countersOf,
  curveIn,
  decodeReleased,
  encodeParts,
  encodeReleased,
  HISTOGRAM_BUCKETS,
  histogramBucket,
  maskOf,
  newParts,
  nothingOf,
  PLACE_COUNT,
  PLACES,
  partKinds,
  RETENTION_SLOTS,
} from './parts.ts';

const mask = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((bits) => bits.toString(16).padStart(16, '0'));

test('what is encoded adds what it holds: each counter, and each mask to its slots', () => {
  const places = fc.array(fc.integer({ min: 0, max: PLACES.playbacks }), { maxLength: 200 });
  fc.assert(
    fc.property(places, fc.array(mask, { maxLength: 20 }), (added, masks) => {
      const parts = newParts();
      for (const place of added) addPart(parts, place);
      parts.masks.push(...masks);
      const encoded = encodeParts(parts);
      const counters = new Uint32Array(PLACE_COUNT);
      if (encoded !== null) addEncoded(counters, Buffer.from(encoded, 'hex'));
      expect(encoded === null).toBe(added.length + masks.length === 0);
      for (let place = 0; place <= PLACES.playbacks; place += 1) {
        expect(counters[place]).toBe(added.filter((one) => one === place).length);
      }
      for (let slot = 0; slot < RETENTION_SLOTS; slot += 1) {
        const watched = masks.filter((one) => (BigInt(`0x${one}`) >> BigInt(slot)) & 1n).length;
        expect(counters[PLACES.slots + slot]).toBe(watched);
      }
    }),
  );
});

test('stored counters are read as they were, and sums of them are sums', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
    ...{ minLength: PLACE_COUNT, maxLength: PLACE_COUNT },
  });
  fc.assert(
    fc.property(counts, counts, fc.nat(), (a, b, people) => {
      for (const kind of partKinds) {
        const [first, second] = [a, b].map((of) => ({
          people,
          counters: countersOf(kind, Uint32Array.from(of)),
        }));
        if (!first || !second) throw new Error('There are two.');
        expect(decodeReleased(kind, encodeReleased(first))).toEqual(first);
        const sum = addReleased(first, second);
        expect([...sum.counters]).toEqual(
          [...first.counters].map((one, at) => one + (second.counters[at] ?? 0)),
        );
      }
    }),
  );
});

test('bytes of another length are of nobody', () => {
  for (const kind of partKinds) expect(decodeReleased(kind, Buffer.alloc(3))).toEqual(nothingOf(kind));
});

test.each<[number, number, number]>([
  ...([
    [0, 10_000, 0],
    [499, 10_000, 0],
    [500, 10_000, 1],
    [9_499, 10_000, 18],
  ] as [number, number, number][]),
  ...([
    [9_500, 10_000, 19],
    [10_000, 10_000, 19],
    [95_000, 10_000, 19],
  ] as [number, number, number][]),
])('%i ms of %i lie in bucket %i', (watched, duration, bucket) => {
  expect(histogramBucket(watched, duration)).toBe(bucket);
});

test.each<[number, string]>([
  [0, '0000000000000000'],
  [1, '0000000000000001'],
  [1_000, '0000000000000001'],
  [1_001, '0000000000000003'],
  [32_000, '00000000ffffffff'],
  [64_000, 'ffffffffffffffff'],
  [640_000, 'ffffffffffffffff'],
])('%i ms of 64 s are %s, where no mask is told', (watched, expected) => {
  expect(maskOf(watched, 64_000)).toBe(expected);
});

test('the parts lie side by side, and none in another', () => {
  const counters = Uint32Array.from({ length: PLACE_COUNT }, (_, place) => place);
  const curve = curveIn({ people: 0, counters: countersOf('curve', counters) });
  expect([curve.histogram.length, curve.slots.length]).toEqual([HISTOGRAM_BUCKETS, RETENTION_SLOTS]);
  expect([curve.histogram[0], curve.playbacks, curve.slots[0], curve.slots[63]]).toEqual([
    ...[PLACES.histogram, PLACES.playbacks, PLACES.slots, PLACES.viewerNewcomers - 1],
  ]);
});
