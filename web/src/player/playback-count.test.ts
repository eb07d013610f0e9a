import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countPlayback } from './playback-count.ts';

const MOVED = -1;

/** What is told of a clip of so many seconds that comes to these positions, and is left then. */
function toldOf(duration: number | null, positions: readonly number[]): [string, number][] {
  const told: [string, number][] = [];
  const playback = countPlayback(duration, (what, seconds) => told.push([what, seconds]));
  for (const position of positions) {
    if (position === MOVED) playback.moved();
    else playback.at(position);
  }
  playback.end();
  playback.end();
  return told;
}

const upTo = (seconds: number) => Array.from({ length: seconds * 4 + 1 }, (_, n) => n / 4);

test.each<[string, number | null, number[], [string, number][]]>([
  ['nothing that ran', 20, [0], []],
  ['left at once', 20, upTo(2), [['skip', 2]]],
  [
    'three seconds of a long clip',
    20,
    upTo(4),
    [
      ['view', 3],
      ['watch', 4],
    ],
  ],
  [
    'a quarter of a short clip',
    8,
    upTo(3),
    [
      ['view', 2],
      ['watch', 3],
    ],
  ],
  [
    'to the end, and over again',
    2,
    [...upTo(2), ...upTo(1)],
    [
      ['view', 0.5],
      ['complete', 2],
      ['watch', 3],
    ],
  ],
  ['moved on', 20, [0, 0.25, MOVED, 10, 10.25, MOVED, 3, 3.25], [['skip', 0.75]]],
  [
    'of unknown length',
    null,
    upTo(3),
    [
      ['view', 3],
      ['watch', 3],
    ],
  ],
])('%s', (_name, duration, positions, expected) => {
  expect(toldOf(duration, positions)).toEqual(expected);
});

/** The masks that are told of a clip that comes to these positions, by what they are told with. */
function masksOf(duration: number | null, positions: readonly number[]): Record<string, string | null> {
  const masks: Record<string, string | null> = {};
  const playback = countPlayback(duration, (what, _seconds, mask) => {
    masks[what] = mask;
  });
  for (const position of positions) {
    if (position === MOVED) playback.moved();
    else playback.at(position);
  }
  playback.end();
  return masks;
}

test.each<[string, number | null, number[], Record<string, string | null>]>([
  ['the first quarter', 64, upTo(16), { view: null, watch: '000000000000ffff' }],
  ['all of it', 16, upTo(16), { view: null, complete: '1fffffffffffffff', watch: 'ffffffffffffffff' }],
  ['two places', 64, [0, 2, 4, MOVED, 60, 64], { view: null, watch: 'f00000000000000f' }],
  ['less than a view', 64, [0, 1], { skip: null }],
  ['of unknown length', null, upTo(4), { view: null, watch: null }],
])('which parts were watched: %s', (_name, duration, positions, expected) => {
  expect(masksOf(duration, positions)).toEqual(expected);
});

test('parts are counted once, however often the clip tells its time', () => {
  const bits = (mask: string | null | undefined) =>
    BigInt(`0x${mask}`).toString(2).replaceAll('0', '').length;
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 0.5, noNaN: true }), { minLength: 20, maxLength: 80 }),
      (steps) => {
        let position = 0;
        const positions = [0, ...steps.map((step) => (position += step))].filter((at) => at < 40);
        const { watch } = masksOf(40, positions);
        const ran = positions.at(-1) ?? 0;
        if (ran < 3) return;
        expect(Math.abs(bits(watch) - (ran / 40) * 64)).toBeLessThanOrEqual(1);
      },
    ),
  );
});
