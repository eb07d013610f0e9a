import type { Outline, Point } from './shapes.ts';

/** Lines that are looked at in each row of pixels. */
const LINES = 8;

/** How much of each pixel of a square picture lies within outlines, 0 to 1: what they go around in either direction (nonzero). */
export function coverageOf(outlines: readonly Outline[], side: number): Float32Array {
  const covered = new Float32Array(side * side);
  for (let line = 0; line < side * LINES; line += 1) {
    const row = covered.subarray(Math.floor(line / LINES) * side, (Math.floor(line / LINES) + 1) * side);
    let winding = 0;
    let from = 0;
    for (const { x, turn } of crossings(outlines, (line + 0.5) / LINES)) {
      if (winding === 0) from = x;
      winding += turn;
      if (winding === 0) addSpan(row, from, x);
    }
  }
  return covered;
}

/** Where outlines cross a horizontal line, from left to right, and whether downwards. */
function crossings(outlines: readonly Outline[], y: number): { x: number; turn: number }[] {
  const found: { x: number; turn: number }[] = [];
  for (const outline of outlines) {
    for (const [n, [x, top]] of outline.entries()) {
      const [nextX, bottom] = outline[(n + 1) % outline.length] as Point;
      if (top <= y === bottom <= y) continue;
      found.push({ x: x + ((y - top) / (bottom - top)) * (nextX - x), turn: bottom > top ? 1 : -1 });
    }
  }
  return found.sort((one, other) => one.x - other.x);
}

/** Pixels at both ends are covered in part. */
function addSpan(row: Float32Array, from: number, to: number): void {
  const [left, right] = [Math.max(0, from), Math.min(row.length, to)];
  for (let x = Math.floor(left); x < right; x += 1) {
    row[x] = (row[x] ?? 0) + (Math.min(right, x + 1) - Math.max(left, x)) / LINES;
  }
}
