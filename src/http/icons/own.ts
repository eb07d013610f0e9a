import { createHash } from 'node:crypto';
import { encodePng, type Pixels } from '../../lib/png.ts';
import type { IconKind, IconSide, Icons } from './index.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** Part of a side that the picture takes, where it is laid on a ground. */
const SHARE: Readonly<Record<'maskable' | 'square', { readonly clear: number; readonly full: number }>> = {
  // What launchers show is within a circle of four fifths (W3C Web App Manifest).
  maskable: { clear: 0.56, full: 0.8 },
  square: { clear: 0.8, full: 1 },
};
/** How far a colour is from the ground where it counts as drawn, of 255. */
const DRAWN = 96;

/**
 * The icons of a server that has one of its own, each made once. What can be seen through is laid on the colour behind the app; a picture that
 * fills its square, on the colour of its corner.
 */
export function createOwnIcons(picture: Pixels, background: string): Icons {
  const isFull = picture.rgba.every((part, at) => at % 4 !== 3 || part > 250);
  const ground: Rgb = isFull ? colourAt(picture, 0) : rgbOf(background);
  const made = new Map<string, Buffer>();

  function make(kind: IconKind, side: number): Pixels {
    if (kind === 'tile') return shrunk(picture, side);
    if (kind === 'silhouette') return silhouette(shrunk(picture, side), isFull ? ground : null);
    const share = SHARE[kind][isFull ? 'full' : 'clear'];
    return laidOn(ground, side, shrunk(picture, Math.round(side * share)));
  }

  return {
    version: createHash('sha256').update(picture.rgba).update(background).digest('base64url').slice(0, 8),
    png(kind: IconKind, side: IconSide): Buffer {
      const name = `${kind} ${side}`;
      const known = made.get(name) ?? encodePng(make(kind, side));
      made.set(name, known);
      return known;
    },
  };
}

const rgbOf = (colour: string): Rgb => {
  const part = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
};

function colourAt({ rgba }: Pixels, at: number): Rgb {
  return [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0];
}

/** Smaller, each pixel the mean of those it stands for, by how much of them is seen. */
function shrunk({ width, height, rgba }: Pixels, side: number): Pixels {
  if (width === side && height === side) return { width, height, rgba };
  const small = new Uint8Array(side * side * 4);
  for (let y = 0; y < side; y += 1) {
    const [top, bottom] = [Math.floor((y * height) / side), Math.ceil(((y + 1) * height) / side)];
    for (let x = 0; x < side; x += 1) {
      const [left, right] = [Math.floor((x * width) / side), Math.ceil(((x + 1) * width) / side)];
      const sums = [0, 0, 0, 0];
      let count = 0;
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) {
          const at = (row * width + column) * 4;
          const alpha = rgba[at + 3] ?? 0;
          for (let k = 0; k < 3; k += 1) sums[k] = (sums[k] ?? 0) + (rgba[at + k] ?? 0) * alpha;
          sums[3] = (sums[3] ?? 0) + alpha;
          count += 1;
        }
      }
      const seen = sums[3] ?? 0;
      const to = (y * side + x) * 4;
      for (let k = 0; k < 3; k += 1) small[to + k] = seen === 0 ? 0 : Math.round((sums[k] ?? 0) / seen);
      small[to + 3] = Math.round(seen / count);
    }
  }
  return { width: side, height: side, rgba: small };
}

/** A picture in the middle of a square of one colour. */
function laidOn(ground: Rgb, side: number, inner: Pixels): Pixels {
  const rgba = new Uint8Array(side * side * 4);
  for (let at = 0; at < rgba.length; at += 4) rgba.set([...ground, 255], at);
  const margin = Math.floor((side - inner.width) / 2);
  for (let y = 0; y < inner.height; y += 1) {
    for (let x = 0; x < inner.width; x += 1) {
      const from = (y * inner.width + x) * 4;
      const to = ((y + margin) * side + x + margin) * 4;
      const alpha = (inner.rgba[from + 3] ?? 0) / 255;
      for (let k = 0; k < 3; k += 1) {
        rgba[to + k] = Math.round((inner.rgba[from + k] ?? 0) * alpha + (ground[k] ?? 0) * (1 - alpha));
      }
    }
  }
  return { width: side, height: side, rgba };
}

/** White where something is drawn: where it cannot be seen through, or where a full picture has another colour than its ground. */
function silhouette({ width, height, rgba }: Pixels, ground: Rgb | null): Pixels {
  const white = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = ground === null ? (rgba[at + 3] ?? 0) : drawn(rgba, at, ground);
    white.set([255, 255, 255, alpha], at);
  }
  return { width, height, rgba: white };
}

function drawn(rgba: Uint8Array, at: number, ground: Rgb): number {
  const away = Math.max(...ground.map((part, k) => Math.abs((rgba[at + k] ?? 0) - part)));
  return Math.min(255, Math.round((away / DRAWN) * 255));
}
