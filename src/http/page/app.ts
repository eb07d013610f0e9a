import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IRouter } from 'express';
import { decodePng } from '../../lib/png.ts';
import type { HttpDeps } from '../deps.ts';
import { html } from '../html.ts';
import { createIcons, type Icons, iconKinds, iconSides } from '../icons/index.ts';
import { createOwnIcons } from '../icons/own.ts';
import { languageOfBrowser } from '../languages.ts';
import { asSvg, colouredSign, mountTheme, themeLink } from '../theme.ts';
import { untold } from './describing.ts';
import { headHtml } from './head.ts';
import { iconPath, manifestOf, SHARE_PATH } from './manifest.ts';
import type { Shell } from './shell.ts';
import { pageLanguageOf, type WordFiles, wordsLink } from './word-files.ts';

/** Of the worker, which is built with the page (web/service-worker.ts). */
const WORKER = 'sw.js';
const VARY = 'Accept-Language, Cookie';
const FOR_A_DAY = 'public, max-age=86400';

/** A worker that takes itself away, and what the one before it kept: for servers that want none (docs/app.md). */
const AWAY = `self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(leave()));
async function leave() {
  for (const name of await caches.keys()) if (name.startsWith('vireo-')) await caches.delete(name);
  await self.registration.unregister();
}
`;

interface AppPage {
  readonly deps: HttpDeps;
  readonly shell: Shell;
  readonly wordFiles: WordFiles;
}

/** What makes the page an app on somebody's device: its manifest and icons, its worker, and the shell that the worker keeps. */
export function mountApp(app: IRouter, { deps, shell, wordFiles }: AppPage): void {
  const { config, webDir } = deps;
  const sign = join(webDir, 'favicon.svg');
  if (existsSync(sign)) mountManifest(app, deps, readFileSync(sign, 'utf8'));

  // Browsers compare its bytes: none of them may come from a cache in between.
  const file = join(webDir, WORKER);
  const worker = config.app.worker === 'on' && existsSync(file) ? readFileSync(file, 'utf8') : AWAY;
  app.get(`/${WORKER}`, (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('js').send(worker);
  });

  // At no address of its own, so that nothing in it belongs to one; in the language of whoever keeps it.
  app.get('/app/shell', async (req, res) => {
    const language = pageLanguageOf(wordFiles, req);
    const head = html`${await themeLink(deps)}${wordsLink(wordFiles, language)}${headHtml(untold(deps, 200), config.instance.name)}`;
    res.set({ 'Cache-Control': 'no-cache', 'Content-Language': language, Vary: VARY });
    res.type('html').send(shell({ language, head, isBehind: false }));
  });

  // Where no worker is there to take it, what was shared is not read at all.
  app.post(SHARE_PATH, (_req, res) => {
    res.set({ Connection: 'close', 'Cache-Control': 'no-store' }).redirect(303, '/upload?shared=lost');
  });
}

function mountManifest(app: IRouter, deps: HttpDeps, svg: string): void {
  const { config } = deps;
  mountTheme(app, deps);
  const icons = iconsOf(deps, svg);
  app.get('/favicon.svg', async (_req, res) => {
    res
      .set('Cache-Control', 'public, max-age=3600')
      .type('svg')
      .send(await signOf(deps, svg));
  });
  app.get('/manifest.webmanifest', async (req, res) => {
    // Browsers ask for it without cookies.
    const manifest = manifestOf(config, await icons(), languageOfBrowser(req));
    res.set({ 'Cache-Control': 'public, max-age=3600', Vary: 'Accept-Language' });
    res.type('application/manifest+json').send(JSON.stringify(manifest));
  });
  for (const kind of iconKinds) {
    for (const side of iconSides) {
      app.get(iconPath(kind, side), async (_req, res) => {
        res
          .set('Cache-Control', FOR_A_DAY)
          .type('png')
          .send((await icons()).png(kind, side));
      });
    }
  }
}

/** The icon of the server for the bar of a browser, else the sign of the project. */
async function signOf({ branding, config }: HttpDeps, svg: string): Promise<string> {
  const { icon } = await branding.now();
  const bytes = icon && (await branding.bytesOf(icon));
  return icon && bytes ? asSvg(bytes, icon) : colouredSign(config, svg);
}

/** The icons of now: made anew when the picture or the colours change. */
function iconsOf({ branding, config: { app } }: HttpDeps, svg: string): () => Promise<Icons> {
  let madeOf = '';
  let icons: Icons | null = null;
  return async () => {
    const { icon } = await branding.now();
    const now = `${icon?.key} ${app.color} ${app.background}`;
    if (icons !== null && madeOf === now) return icons;
    const bytes = icon && (await branding.bytesOf(icon));
    icons = bytes ? createOwnIcons(decodePng(bytes), app.background) : createIcons(svg, app);
    madeOf = now;
    return icons;
  };
}
