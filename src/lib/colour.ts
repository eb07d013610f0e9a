/** A colour as six hexadecimal digits after `#`. */
export type Colour = string;

const WHITE = '#ffffff';
const BLACK = '#000000';
/** Of text on what is behind it: WCAG 2.2, 1.4.3, level AA. */
export const LEAST_CONTRAST = 4.5;
/** Of a whole: how far a colour moves at once. */
const STEP = 0.02;

const channels = (colour: Colour): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** Relative luminance (WCAG 2.2), 0 to 1. */
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How well two colours are told apart: 1 to 21 (WCAG 2.2). */
export function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function mixed(colour: Colour, other: Colour, share: number): Colour {
  const [from, to] = [channels(colour), channels(other)];
  const parts = from.map((part, at) => Math.round(part + ((to[at] ?? 0) - part) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** A colour for words and signs, with that of words on it. */
export interface Accent {
  readonly accent: Colour;
  readonly onAccent: Colour;
  /** Whether it had to be moved from what was asked for. */
  readonly isMoved: boolean;
}

/** The colour, or the nearest towards black or white that can be read on this surface. */
export function accentOn(surface: Colour, asked: Colour): Accent {
  const end = luminance(surface) > 0.5 ? BLACK : WHITE;
  let accent = asked;
  for (let share = STEP; contrast(accent, surface) < LEAST_CONTRAST && share <= 1; share += STEP) {
    accent = mixed(asked, end, share);
  }
  const onAccent = contrast(WHITE, accent) >= LEAST_CONTRAST ? WHITE : BLACK;
  return { accent, onAccent, isMoved: accent !== asked };
}
