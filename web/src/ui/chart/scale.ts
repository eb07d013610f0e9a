/** Steps that people count in. */
const STEPS = [1, 2, 2.5, 5, 10];

/**
 * Round values from 0 to above the largest one, four or five of them. Values that come as whole numbers get whole steps; nothing at all
 * gets a scale to 1.
 */
export function ticksFor(values: readonly number[], isWhole: boolean): readonly number[] {
  const largest = Math.max(0, ...values);
  const rough = (largest || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const round = (STEPS.find((step) => step * power >= rough) ?? 10) * power;
  const step = isWhole ? Math.max(1, Math.ceil(round)) : round;
  const count = Math.max(1, Math.ceil(largest / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, n) => Number((n * step).toPrecision(12)));
}

/** Which points have their name below the chart: the first, the last, and some between at equal distances. */
export function namedPoints(count: number, most: number): readonly number[] {
  if (count <= 1) return count === 1 ? [0] : [];
  const parts = Math.min(count - 1, most - 1);
  const places = Array.from({ length: parts + 1 }, (_, n) => Math.round((n * (count - 1)) / parts));
  return [...new Set(places)];
}

/** The point that is nearest to a place across the chart, from 0 to 1. Bars fill all of it, lines go from edge to edge. */
export function pointAt(across: number, count: number, kind: 'bars' | 'line'): number {
  const place = kind === 'bars' ? Math.floor(across * count) : Math.round(across * (count - 1));
  return Math.min(count - 1, Math.max(0, place));
}

/** Where a key leads from a point; null for keys that lead nowhere. */
export function pointAfter(key: string, point: number, count: number): number | null {
  const far = Math.max(1, Math.round(count / 8));
  const moves: Readonly<Record<string, number>> = {
    ...{ ArrowLeft: point - 1, ArrowRight: point + 1, ArrowDown: point - 1, ArrowUp: point + 1 },
    ...{ PageDown: point - far, PageUp: point + far, Home: 0, End: count - 1 },
  };
  const moved = moves[key];
  return moved === undefined ? null : Math.min(count - 1, Math.max(0, moved));
}
