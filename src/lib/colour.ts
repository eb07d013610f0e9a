import { type Colour, channelsOf, contrast, luminanceOf } from '../../config/colour.ts';

export type { Colour } from '../../config/colour.ts';

const WHITE = '#ffffff';
const BLACK = '#000000';
/** Of text on what is behind it: WCAG 2.2, 1.4.3, level AA. */
export const LEAST_CONTRAST = 4.5;
/** Of a whole: how far a colour moves at once. */
const STEP = 0.02;

function mixed(colour: Colour, other: Colour, share: number): Colour {
  const [from, to] = [channelsOf(colour), channelsOf(other)];
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

/** White or black, whichever can be read on a colour. */
export const wordsOn = (colour: Colour): Colour =>
  contrast(WHITE, colour) >= LEAST_CONTRAST ? WHITE : BLACK;

/** The colour, or the nearest towards black or white that can be read on this surface. */
export function accentOn(surface: Colour, asked: Colour): Accent {
  const end = luminanceOf(surface) > 0.5 ? BLACK : WHITE;
  let accent = asked;
  for (let share = STEP; contrast(accent, surface) < LEAST_CONTRAST && share <= 1; share += STEP) {
    accent = mixed(asked, end, share);
  }
  return { accent, onAccent: wordsOn(accent), isMoved: accent !== asked };
}
