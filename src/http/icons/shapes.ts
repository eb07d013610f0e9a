/** A point, in units of the drawing. */
export type Point = readonly [x: number, y: number];
/** A closed line. */
export type Outline = readonly Point[];

export interface Shape {
  readonly outlines: readonly Outline[];
}

/** A drawing of flat shapes, one at least, the first at the bottom. */
export interface Drawing {
  /** Of its square. */
  readonly side: number;
  readonly shapes: readonly Shape[];
}

/** As many straight lines as a curve of an icon needs for the eye. */
const STEPS = 24;
/** How many numbers each command takes (SVG 2, section 9.3). */
const NUMBERS: Readonly<Record<string, number>> = { M: 2, L: 2, H: 1, V: 1, C: 6, Z: 0 };

/**
 * Reads the little of SVG that our sign is drawn in: a square `viewBox` that begins at 0, and `<path>` (M, L, H, V, C, Z) and `<circle>`. Which
 * colours they have is up to whoever paints. Throws for anything else: an icon with a part missing is worse than none.
 */
export function readDrawing(svg: string): Drawing {
  const [, side = '', height = ''] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  if (side === '' || side !== height) throw new Error('The sign has no square viewBox that begins at 0.');
  const shapes = [...svg.matchAll(/<(?!\/|svg\b|title\b)(\w+)([^>]*?)\/?>/g)].map(
    ([, name = '', attributes = '']) => readShape(name, (key) => attributeOf(attributes, key)),
  );
  if (shapes.length === 0) throw new Error('The sign is empty.');
  return { side: Number(side), shapes };
}

function attributeOf(attributes: string, key: string): string {
  const value = new RegExp(`(?:^|\\s)${key}="([^"]*)"`).exec(attributes)?.[1];
  if (value === undefined) throw new Error(`A part of the sign has no ${key}.`);
  return value;
}

function readShape(name: string, attribute: (key: string) => string): Shape {
  if (name === 'path') return { outlines: outlinesOf(attribute('d')) };
  if (name !== 'circle') throw new Error(`The sign has a <${name}>, which the icons cannot be painted of.`);
  const [cx, cy, r] = ['cx', 'cy', 'r'].map((key) => Number(attribute(key))) as [number, number, number];
  const steps = STEPS * 4;
  const around = Array.from({ length: steps }, (_, n): Point => {
    const angle = (n / steps) * 2 * Math.PI;
    return [cx + r * Math.cos(angle), cy + r * Math.sin(angle)];
  });
  return { outlines: [around] };
}

function outlinesOf(path: string): Outline[] {
  const outlines: Point[][] = [];
  let line: Point[] = [];
  let at: Point = [0, 0];
  const go = (to: Point) => {
    at = to;
    line.push(to);
  };
  for (const [, command = '', text = ''] of path.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const numbers = (text.match(/[-+]?(?:\d*\.\d+|\d+)/g) ?? []).map(Number);
    const upper = command.toUpperCase();
    const takes = NUMBERS[upper];
    if (takes === undefined) throw new Error(`The sign has a path with ${command}, which is not painted.`);
    for (let n = 0; n === 0 || n < numbers.length; n += Math.max(1, takes)) {
      const own = numbers.slice(n, n + takes);
      if (own.length < takes) throw new Error(`The sign has a path with too few numbers after ${command}.`);
      const from = at;
      const isRelative = command !== upper;
      const point = (k: number): Point => {
        const [x = 0, y = 0] = own.slice(k, k + 2);
        return isRelative ? [from[0] + x, from[1] + y] : [x, y];
      };
      const [first = 0] = own;
      if (upper === 'M' && n === 0) {
        line = [];
        outlines.push(line);
        go(point(0));
      } else if (upper === 'M' || upper === 'L') go(point(0));
      else if (upper === 'H') go([isRelative ? from[0] + first : first, from[1]]);
      else if (upper === 'V') go([from[0], isRelative ? from[1] + first : first]);
      else if (upper === 'C') for (const one of curve(from, point(0), point(2), point(4))) go(one);
      else at = line[0] ?? at;
    }
  }
  return outlines;
}

/** A cubic Bézier curve as lines. */
function curve(from: Point, first: Point, second: Point, to: Point): Point[] {
  return Array.from({ length: STEPS }, (_, n): Point => {
    const t = (n + 1) / STEPS;
    const u = 1 - t;
    const part = (k: 0 | 1) =>
      u ** 3 * from[k] + 3 * u * u * t * first[k] + 3 * u * t * t * second[k] + t ** 3 * to[k];
    return [part(0), part(1)];
  });
}
