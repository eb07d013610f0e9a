import { type Colour, contrast } from './colour.ts';

/** A colour for light pages and one for dark ones. */
export type ColourPair = readonly [light: Colour, dark: Colour];

/** Colours of the page that a theme may say anew, as they are without one (web/src/styles/tokens.css). */
export const themeColours = {
  'surface-0': ['#fbfaf8', '#0c0d0f'],
  'surface-1': ['#f2f0ec', '#15171a'],
  'surface-2': ['#e6e3dc', '#20242a'],
  line: ['#d6d2c9', '#2c3138'],
  text: ['#17181a', '#f3f2ef'],
  muted: ['#5b5f66', '#a3a8b0'],
  danger: ['#b42318', '#ff7a6b'],
  like: ['#c8324a', '#ff5c77'],
  warn: ['#8a5f00', '#e8b54a'],
} as const satisfies Readonly<Record<string, ColourPair>>;

/** How round corners are, in pixels. */
export const themeRadii = { 'radius-s': 4, 'radius-m': 10, 'radius-l': 18 } as const;
const MOST_RADIUS = 32;

/** Typefaces that every device has: nothing is loaded for them. */
export const themeFonts = {
  serif: 'ui-serif, Georgia, "Noto Serif", serif',
  rounded: 'ui-rounded, "SF Pro Rounded", Nunito, system-ui, sans-serif',
  mono: 'ui-monospace, "Cascadia Mono", "Noto Sans Mono", monospace',
} as const;

type ColourToken = keyof typeof themeColours;
type RadiusToken = keyof typeof themeRadii;

/** What a server has otherwise than Vireo; what is not in it stays. Maps, since which names there are changes while it runs (config/live.ts). */
export interface Theme {
  readonly colours: ReadonlyMap<ColourToken, ColourPair>;
  readonly radii: ReadonlyMap<RadiusToken, number>;
  readonly font: keyof typeof themeFonts | null;
}

const LINE = /^([a-z0-9-]+)\s*:\s*(\S+)(?:\s+(\S+))?$/;
const COLOUR = /^#[0-9a-f]{6}$/;

const isIn = <T extends object>(table: T, name: string): name is keyof T & string =>
  Object.hasOwn(table, name);

/** Reads one token a line: `surface-0: #fbfaf8 #0c0d0f`, `radius-m: 6`, `font: serif`. Null where one cannot be read. */
export function themeOf(text: string): Theme | null {
  const colours = new Map<ColourToken, ColourPair>();
  const radii = new Map<RadiusToken, number>();
  let font: Theme['font'] = null;
  const lines = text.split(/\r?\n|\\n/).map((line) => line.trim());
  for (const line of lines.filter((one) => one !== '')) {
    const [, name = '', first = '', second = ''] = LINE.exec(line.toLowerCase()) ?? [];
    if (isIn(themeColours, name) && COLOUR.test(first) && COLOUR.test(second))
      colours.set(name, [first, second]);
    else if (
      isIn(themeRadii, name) &&
      /^\d{1,2}$/.test(first) &&
      Number(first) <= MOST_RADIUS &&
      second === ''
    )
      radii.set(name, Number(first));
    else if (name === 'font' && isIn(themeFonts, first) && second === '') font = first;
    else return null;
  }
  return { colours, radii, font };
}

/** Least contrast (WCAG 2.2) of what is read on each surface; signs need less where they are large. */
const LEAST: Readonly<Partial<Record<ColourToken, readonly [number, number, number]>>> = {
  text: [7, 4.5, 4.5],
  muted: [4.5, 4.5, 4.5],
  danger: [4.5, 4.5, 4.5],
  like: [4.5, 4.5, 3],
  warn: [4.5, 4.5, 3],
};
const SURFACES = ['surface-0', 'surface-1', 'surface-2'] as const;
const SCHEMES = ['light', 'dark'] as const;

/** A sentence about the first pair of colours that cannot be told apart well enough, or null where all can. */
export function unreadableIn({ colours }: Theme): string | null {
  const all: Readonly<Record<ColourToken, ColourPair>> = { ...themeColours, ...Object.fromEntries(colours) };
  for (const [name, least] of Object.entries(LEAST) as [ColourToken, readonly number[]][]) {
    for (const [at, surface] of SURFACES.entries()) {
      for (const [which, scheme] of SCHEMES.entries()) {
        const [ink, paper] = [all[name][which] ?? '', all[surface][which] ?? ''];
        const found = contrast(ink, paper);
        const needed = least[at] ?? 0;
        if (found < needed) {
          return `${name} (${ink}) on ${surface} (${paper}) cannot be read on ${scheme} pages: ${found.toFixed(1)}:1, and ${needed}:1 is needed.`;
        }
      }
    }
  }
  return null;
}
