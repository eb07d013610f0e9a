import { createHash } from 'node:crypto';
import type { IRouter } from 'express';
import type { Config } from '../../config/config.ts';
import { signColour } from '../../config/env-app.ts';
import { type Theme, themeColours, themeFonts } from '../../config/theme.ts';
import { type Accent, accentOn, type Colour, wordsOn } from '../lib/colour.ts';
import type { BrandPicture } from '../modules/branding/index.ts';
import type { HttpDeps } from './deps.ts';
import { type Html, html } from './html.ts';

/** The accent of the page without one of the server (web/src/styles/tokens.css). */
const USUAL_ACCENT = { light: '#0b7a5b', dark: '#35c795' } as const;
const PATH = '/app/theme.css';
const FOR_A_DAY = 'public, max-age=86400';

type Look = Pick<Config['app'], 'accent' | 'theme'>;
type Themed = Pick<HttpDeps, 'config' | 'branding' | 'videos'>;

/** The accent as both schemes have it: on the surface where it is hardest to read. */
export function accentsOf(
  asked: Readonly<Record<'light' | 'dark', Colour>>,
  { colours }: Pick<Theme, 'colours'>,
): Readonly<Record<'light' | 'dark', Accent>> {
  const [light, dark] = colours.get('surface-2') ?? themeColours['surface-2'];
  return { light: accentOn(light, asked.light), dark: accentOn(dark, asked.dark) };
}

const both = (colour: Colour) => ({ light: colour, dark: colour });
const pairOf = (light: string, dark: string) => `light-dark(${light},${dark})`;

/** The tokens that this server has otherwise than Vireo, as declarations. */
function tokensOf({ accent, theme }: Look): string[] {
  const { colours, radii, font } = theme;
  const accents = accentsOf(accent === null ? USUAL_ACCENT : both(accent), theme);
  const isMoved = accents.light.isMoved || accents.dark.isMoved;
  const { light, dark } = accents;
  const danger = colours.get('danger');
  return [
    ...(accent !== null || (colours.has('surface-2') && isMoved)
      ? [
          `--accent:${pairOf(light.accent, dark.accent)}`,
          `--on-accent:${pairOf(light.onAccent, dark.onAccent)}`,
        ]
      : []),
    ...coloursOf(colours, (name) => !FOR_CONTRAST.includes(name)),
    ...(danger ? [`--on-danger:${pairOf(wordsOn(danger[0]), wordsOn(danger[1]))}`] : []),
    ...surfacesOfPlainPages(colours),
    ...[...radii].map(([name, pixels]) => `--${name}:${pixels}px`),
    ...(font === null ? [] : [`--font:${themeFonts[font]}`]),
  ];
}

/** What pages of more contrast have in their own way (web/src/styles/tokens.css). */
const FOR_CONTRAST: readonly string[] = ['muted', 'line'];

const coloursOf = (colours: Theme['colours'], isMeant: (name: string) => boolean): string[] =>
  [...colours].filter(([name]) => isMeant(name)).map(([name, pair]) => `--${name}:${pairOf(...pair)}`);

/** Pages without scripts call their surfaces by what they are for (pages.css). */
function surfacesOfPlainPages(colours: Theme['colours']): string[] {
  const [first, second, third] = (['surface-0', 'surface-1', 'surface-2'] as const).map(
    (name) => colours.get(name) ?? themeColours[name],
  );
  if (!first || !second || !third || colours.size === 0) return [];
  return [
    `--back:${pairOf(second[0], first[1])}`,
    `--box:${pairOf(first[0], second[1])}`,
    `--field:${pairOf(second[0], third[1])}`,
  ];
}

/** The style sheet of a server that looks otherwise than Vireo; empty where it does not. */
export function themeCss({ app }: Pick<Config, 'app'>): string {
  const tokens = tokensOf(app);
  const quiet = coloursOf(app.theme.colours, (name) => FOR_CONTRAST.includes(name));
  return [
    tokens.length === 0 ? '' : `:root{${tokens.join(';')}}\n`,
    quiet.length === 0
      ? ''
      : `@media not (prefers-contrast:more){:root:not([data-contrast="more"]){${quiet.join(';')}}}\n`,
    app.theme.font === null ? '' : 'body{font-family:var(--font)}\n',
  ].join('');
}

/** What stands in the place of the sign of the project: the logo of the server, as wide as it is. */
function logoCss(logo: BrandPicture | null, url: (key: string) => string): string {
  if (logo === null) return '';
  const width = Math.round((SIGN_PIXELS * logo.width) / logo.height);
  return `${SIGN}{width:${Math.max(SIGN_PIXELS, width)}px;max-width:100%;background:url(${JSON.stringify(url(logo.key))}) center/contain no-repeat}${SIGN}>*{display:none}\n`;
}

/** The sign in the page. Nothing else there is drawn in such a box, and a name of its own would be in what every page loads. */
const SIGN = 'svg[viewBox="0 0 32 32"]';
/** How high the sign is beside the name of the server (web/src/shell/logo.tsx). */
const SIGN_PIXELS = 32;

const openUrl =
  ({ videos }: Pick<Themed, 'videos'>) =>
  (key: string): string =>
    videos.objectUrl(key, { state: 'published', visibility: 'public' });

/** The whole of it, with the logo. */
async function sheetOf(deps: Themed): Promise<string> {
  const { logo } = await deps.branding.now();
  return `${themeCss(deps.config)}${logoCss(logo, openUrl(deps))}`;
}

/** In the head of the page, where the server looks otherwise than Vireo. */
export async function themeLink(deps: Themed): Promise<Html> {
  const sheet = await sheetOf(deps);
  if (sheet === '') return html``;
  const version = createHash('sha256').update(sheet).digest('base64url').slice(0, 8);
  return html`<link rel="stylesheet" href="${PATH}?v=${version}">\n`;
}

/** The sign of the project in the colour of the server. */
export function colouredSign({ app: { accent, theme } }: Pick<Config, 'app'>, svg: string): string {
  if (accent === null) return svg;
  const { accent: colour, onAccent } = accentsOf(both(accent), theme).dark;
  return svg.replace(signColour, colour).replace('#06231a', onAccent);
}

/** A picture of pixels where a drawing is expected. */
export const asSvg = (png: Buffer, { width, height }: Pick<BrandPicture, 'width' | 'height'>): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"><image width="${width}" height="${height}" href="data:image/png;base64,${png.toString('base64')}"/></svg>`;

export function mountTheme(app: IRouter, deps: Themed): void {
  app.get(PATH, async (_req, res) => {
    res
      .set('Cache-Control', FOR_A_DAY)
      .type('css')
      .send(await sheetOf(deps));
  });
}
