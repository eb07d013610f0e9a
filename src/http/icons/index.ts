import { createHash } from 'node:crypto';
import { encodePng } from '../../lib/png.ts';
import { coverageOf } from './paint.ts';
import { type Outline, type Point, readDrawing, type Shape } from './shapes.ts';

/**
 * What icons are made for: a tile of its own; one of which launchers show what is within a circle (W3C Web App Manifest, maskable icons); one that
 * fills its square, for the home screens of iOS; and a silhouette of which only the shape counts.
 */
export const iconKinds = ['tile', 'maskable', 'square', 'silhouette'] as const;
export type IconKind = (typeof iconKinds)[number];

/** Pixels. */
export const iconSides = [96, 180, 192, 512] as const;
export type IconSide = (typeof iconSides)[number];

interface IconColours {
  /** Six hexadecimal digits after `#`. */
  readonly color: string;
  readonly background: string;
}

/** Part of a side: how large the sign is, and how round the corners of a tile. */
const SIGN: Readonly<Record<IconKind, number>> = {
  tile: 0.68,
  maskable: 0.52,
  square: 0.64,
  silhouette: 0.84,
};
const CORNER = 0.22;

/** Paints the icons of the page, each once, from the sign that the page has (`web/public/favicon.svg`), in the colours of the server. */
export function createIcons(svg: string, colours: IconColours) {
  const { side: unit, shapes } = readDrawing(svg);
  const [body, ...holes] = shapes as [Shape, ...Shape[]];
  const painted = new Map<string, Buffer>();

  function paint(kind: IconKind, side: number): Buffer {
    const pixels = new Uint8Array(side * side * 4);
    const lay = (outlines: readonly Outline[], colour: string) =>
      layOver(pixels, coverageOf(outlines, side), colour);
    const scale = (side * SIGN[kind]) / unit;
    const margin = (side * (1 - SIGN[kind])) / 2;
    const placed = ({ outlines }: Shape) =>
      outlines.map((line) => line.map(([x, y]): Point => [margin + x * scale, margin + y * scale]));
    if (kind === 'silhouette') {
      lay(placed(body), '#ffffff');
      for (const hole of holes) cutOut(pixels, coverageOf(placed(hole), side));
    } else {
      lay([roundedSquare(side, kind === 'tile' ? side * CORNER : 0)], colours.background);
      lay(placed(body), colours.color);
      for (const hole of holes) lay(placed(hole), colours.background);
    }
    return encodePng({ width: side, height: side, rgba: pixels });
  }

  return {
    /** Changes with the sign and its colours, for addresses that are kept for long. */
    version: createHash('sha256')
      .update(JSON.stringify([svg, colours]))
      .digest('base64url')
      .slice(0, 8),

    png(kind: IconKind, side: IconSide): Buffer {
      const key = `${kind} ${side}`;
      const known = painted.get(key) ?? paint(kind, side);
      painted.set(key, known);
      return known;
    },
  };
}

export type Icons = Pick<ReturnType<typeof createIcons>, 'version' | 'png'>;

function roundedSquare(side: number, radius: number): Outline {
  const steps = radius === 0 ? 0 : 16;
  const corners: readonly Point[] = [
    [side - radius, radius],
    [side - radius, side - radius],
    [radius, side - radius],
    [radius, radius],
  ];
  return corners.flatMap(([x, y], n) =>
    Array.from({ length: steps + 1 }, (_, step): Point => {
      const angle = (n - 1 + (steps === 0 ? 0 : step / steps)) * (Math.PI / 2);
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    }),
  );
}

/** Puts a colour over what is there, by how much of each pixel it covers. */
function layOver(pixels: Uint8Array, coverage: Float32Array, colour: string): void {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  for (const [n, share] of coverage.entries()) {
    if (share === 0) continue;
    const at = n * 4;
    const over = Math.min(1, share);
    const under = ((pixels[at + 3] ?? 0) / 255) * (1 - over);
    for (const [k, part] of parts.entries()) {
      pixels[at + k] = Math.round((part * over + (pixels[at + k] ?? 0) * under) / (over + under));
    }
    pixels[at + 3] = Math.round((over + under) * 255);
  }
}

function cutOut(pixels: Uint8Array, coverage: Float32Array): void {
  for (const [n, share] of coverage.entries()) {
    const at = n * 4 + 3;
    pixels[at] = Math.round((pixels[at] ?? 0) * (1 - Math.min(1, share)));
  }
}
