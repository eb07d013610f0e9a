import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IRouter } from 'express';
import type { HttpDeps } from '../deps.ts';
import { html } from '../html.ts';
import { createIcons, iconKinds, iconSides } from '../icons/index.ts';
import { untold } from './describing.ts';
import { headHtml } from './head.ts';
import { pageLocaleOf } from './locale.ts';
import { iconPath, manifestOf, SHARE_PATH } from './manifest.ts';
import type { Shell } from './shell.ts';

/** Of the worker, which is built with the page (web/service-worker.ts). */
const WORKER = 'sw.js';
const FOR_A_DAY = 'public, max-age=86400';

/** A worker that takes itself away, and what the one before it kept: for servers that want none (docs/app.md). */
const AWAY = `self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(leave()));
async function leave() {
  for (const name of await caches.keys()) if (name.startsWith('vireo-')) await caches.delete(name);
  await self.registration.unregister();
}
`;

/** What makes the page an app on somebody's device: its manifest and icons, its worker, and the shell that the worker keeps. */
export function mountApp(app: IRouter, deps: HttpDeps, shell: Shell): void {
  const { config, webDir } = deps;
  const sign = join(webDir, 'favicon.svg');
  if (existsSync(sign)) mountIcons(app, deps, readFileSync(sign, 'utf8'));

  // Browsers compare its bytes: none of them may come from a cache in between.
  const file = join(webDir, WORKER);
  const worker = config.app.worker === 'on' && existsSync(file) ? readFileSync(file, 'utf8') : AWAY;
  app.get(`/${WORKER}`, (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('js').send(worker);
  });

  // At no address of its own, so that nothing in it belongs to one; in the language of whoever keeps it.
  app.get('/app/shell', (req, res) => {
    const locale = pageLocaleOf(req);
    const head = headHtml(untold(deps, 200), config.instance.name);
    res.set({ 'Cache-Control': 'no-cache', 'Content-Language': locale.lang, Vary: 'Accept-Language' });
    res.type('html').send(shell({ ...locale, head, end: html`` }));
  });

  // Where no worker is there to take it, what was shared is not read at all.
  app.post(SHARE_PATH, (_req, res) => {
    res.set({ Connection: 'close', 'Cache-Control': 'no-store' }).redirect(303, '/upload?shared=lost');
  });
}

function mountIcons(app: IRouter, { config }: HttpDeps, svg: string): void {
  const icons = createIcons(svg, config.app);
  app.get('/manifest.webmanifest', (req, res) => {
    res.set({ 'Cache-Control': 'public, max-age=3600', Vary: 'Accept-Language' });
    res.type('application/manifest+json').send(JSON.stringify(manifestOf(config, icons, pageLocaleOf(req))));
  });
  for (const kind of iconKinds) {
    for (const side of iconSides) {
      app.get(iconPath(kind, side), (_req, res) => {
        res.set('Cache-Control', FOR_A_DAY).type('png').send(icons.png(kind, side));
      });
    }
  }
}
