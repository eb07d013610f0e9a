import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createIcons } from './index.ts';
import { readDrawing } from './shapes.ts';

const sign = readFileSync(new URL('../../../web/public/favicon.svg', import.meta.url), 'utf8');
const icons = createIcons(sign, { color: '#35c795', background: '#0c0d0f' });

/** Reads what `encodePng` writes: one chunk of data, no filters. */
function pixelsOf(png: Buffer) {
  const side = png.readUInt32BE(16);
  const data = png.subarray(png.indexOf('IDAT') + 4, png.indexOf('IEND') - 8);
  const rows = inflateSync(data);
  return {
    side,
    at: (x: number, y: number) => {
      const from = Math.floor(y * side) * (side * 4 + 1) + 1 + Math.floor(x * side) * 4;
      return [...rows.subarray(from, from + 4)];
    },
  };
}

const GREEN = [0x35, 0xc7, 0x95, 255];
const DARK = [0x0c, 0x0d, 0x0f, 255];
const NOTHING = [0, 0, 0, 0];

test('a tile has round corners, the sign in its colour, and its eye as the ground', () => {
  const { at, side } = pixelsOf(icons.png('tile', 192));
  expect(side).toBe(192);
  expect(at(0.01, 0.01)).toEqual(NOTHING);
  expect(at(0.99, 0.99)).toEqual(NOTHING);
  expect(at(0.5, 0.05)).toEqual(DARK);
  expect(at(0.4, 0.6)).toEqual(GREEN);
  expect(at(0.16 + 0.68 * (16.5 / 32), 0.16 + 0.68 * (12.5 / 32))).toEqual(DARK);
});

test('what launchers and phones cut fills its square, and the sign is within the middle of what is cut', () => {
  for (const kind of ['maskable', 'square'] as const) {
    const { at } = pixelsOf(icons.png(kind, 180));
    for (const corner of [0, 0.999]) expect(at(corner, corner)).toEqual(DARK);
  }
  // The safe zone is a circle with 0.4 of the side as its radius.
  const { at } = pixelsOf(icons.png('maskable', 512));
  for (let degrees = 0; degrees < 360; degrees += 1) {
    const angle = (degrees * Math.PI) / 180;
    expect(at(0.5 + 0.4 * Math.cos(angle), 0.5 + 0.4 * Math.sin(angle)), `at ${degrees}°`).toEqual(DARK);
  }
});

test('a silhouette is white and nothing, and one can see through its eye', () => {
  const { at } = pixelsOf(icons.png('silhouette', 96));
  expect(at(0.4, 0.6)).toEqual([255, 255, 255, 255]);
  expect(at(0.02, 0.02)).toEqual(NOTHING);
  expect(at(0.08 + 0.84 * (16.5 / 32), 0.08 + 0.84 * (12.5 / 32))[3]).toBe(0);
});

test('the version is that of the sign and its colours', () => {
  const other = createIcons(sign, { color: '#ff0000', background: '#0c0d0f' });
  expect(other.version).not.toBe(icons.version);
  expect(createIcons(sign, { color: '#35c795', background: '#0c0d0f' }).version).toBe(icons.version);
});

const svg = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">${inside}</svg>`;

test('paths may be written short: relative, again without their letter, and closed', () => {
  const [shape] = readDrawing(svg('<path fill="#000" d="M1 1h4v2l-1-.5-1 .5zM5.5.5L6 6 7 7"/>')).shapes;
  expect(shape?.outlines).toEqual([
    [
      ...[
        [1, 1],
        [5, 1],
        [5, 3],
        [4, 2.5],
        [3, 3],
      ],
    ],
    [
      ...[
        [5.5, 0.5],
        [6, 6],
        [7, 7],
      ],
    ],
  ]);
});

test.each([
  ['an arc', svg('<path d="M1 1a2 2 0 0 1 3 3"/>'), 'a path with a'],
  ['a rectangle', svg('<rect width="1" height="1"/>'), '<rect>'],
  ['too few numbers', svg('<path d="M1 1L2"/>'), 'too few numbers'],
  ['no path', svg('<path fill="#000"/>'), 'no d'],
  ['nothing', svg(''), 'is empty'],
  ['another shape', svg('').replace('0 0 8 8', '0 0 8 9'), 'square viewBox'],
])('a sign with %s is refused', (_name, text, reason) => {
  expect(() => readDrawing(text)).toThrow(reason);
});
