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
