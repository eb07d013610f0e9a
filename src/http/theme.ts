import type { IRouter } from 'express';
import type { Config } from '../../config/config.ts';
import { signColour } from '../../config/env-app.ts';
import { type Accent, accentOn, type Colour } from '../lib/colour.ts';
import { type Html, html } from './html.ts';

/** The surfaces of the page (web/src/styles/tokens.css) on which the accent is hardest to read. */
const SURFACES = { light: '#e6e3dc', dark: '#20242a' } as const;
const PATH = '/app/theme.css';
const FOR_A_DAY = 'public, max-age=86400';

/** The accent as both schemes have it. */
export function accentsOf(asked: Colour): Readonly<Record<'light' | 'dark', Accent>> {
  return { light: accentOn(SURFACES.light, asked), dark: accentOn(SURFACES.dark, asked) };
}

/** The tokens that the colour of the server takes the place of; empty where it has none of its own. */
export function themeCss({ app: { accent } }: Pick<Config, 'app'>): string {
  if (accent === null) return '';
  const { light, dark } = accentsOf(accent);
  return `:root{--accent:light-dark(${light.accent},${dark.accent});--on-accent:light-dark(${light.onAccent},${dark.onAccent})}\n`;
}

/** In the head of the page, where the server has a colour of its own. */
export function themeLink({ app: { accent } }: Pick<Config, 'app'>): Html {
  return accent === null ? html`` : html`<link rel="stylesheet" href="${PATH}?v=${accent.slice(1)}">\n`;
}

/** The sign of the project in the colour of the server. */
export function colouredSign({ app: { accent } }: Pick<Config, 'app'>, svg: string): string {
  if (accent === null) return svg;
  const { accent: colour, onAccent } = accentsOf(accent).dark;
  return svg.replace(signColour, colour).replace('#06231a', onAccent);
}

export function mountTheme(app: IRouter, config: Config): void {
  app.get(PATH, (_req, res) => {
    res.set('Cache-Control', FOR_A_DAY).type('css').send(themeCss(config));
  });
}
