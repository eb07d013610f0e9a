import type { Layout } from './order.ts';

/** A part of a picture from its upper left corner, each from 0 to 1 of its sides. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Whether a picture fills it, of which then its middle is seen, or lies in it as a whole. */
  readonly fills: boolean;
}

/** Where both pictures of a duet are. */
export interface Placed {
  /** Of the whole, width by height. */
  readonly aspect: number;
  readonly own: Rectangle;
  readonly original: Rectangle;
}

/** Of pictures, width by height. */
interface Aspects {
  readonly own: number;
  readonly original: number;
}

/** Of what a duet fills, but for the small picture over the other: upright like a phone. */
const PHONE = 9 / 16;
/** Of that height, what both pictures have where they stand side by side. */
const BESIDE_HEIGHT = 0.5;
/** A picture fills its part where so much of it stays in sight; otherwise all of it is shown, between bars. */
const KEPT = 0.45;
/** The largest part of each side that the small picture takes. */
const INSET = 0.36;
/** Its place: of the shorter side from the left, and of the height from the top. */
const INSET_LEFT = 0.04;
const INSET_TOP = 0.08;

/** Where the server puts both pictures (media/remix-plan.ts): what is seen while one records is what becomes of it. */
export function placeDuet(layout: Layout, { own, original }: Aspects): Placed {
  if (layout === 'picture_in_picture') {
    const part = insetOf(own, original);
    const left = INSET_LEFT * Math.min(1, 1 / original);
    return {
      aspect: original,
      own: { left, top: INSET_TOP, ...part, fills: true },
      original: { left: 0, top: 0, width: 1, height: 1, fills: true },
    };
  }
  const isBeside = layout === 'side_by_side';
  const cell = isBeside ? { width: 0.5, height: BESIDE_HEIGHT } : { width: 1, height: 0.5 };
  const aspect = (cell.width / cell.height) * PHONE;
  const top = isBeside ? (1 - BESIDE_HEIGHT) / 2 : 0;
  return {
    aspect: PHONE,
    own: { left: 0, top, ...cell, fills: fills(own, aspect) },
    original: {
      ...(isBeside ? { left: 0.5, top } : { left: 0, top: 0.5 }),
      ...cell,
      fills: fills(original, aspect),
    },
  };
}

/** The largest small picture of a shape, within its part of the other. */
function insetOf(own: number, original: number): { readonly width: number; readonly height: number } {
  const isWider = own > original;
  return {
    width: isWider ? INSET : (INSET * own) / original,
    height: isWider ? (INSET * original) / own : INSET,
  };
}

/** Whether enough of a picture is seen where it fills a part of another shape. */
function fills(picture: number, part: number): boolean {
  return Math.min(picture / part, part / picture) >= KEPT;
}
