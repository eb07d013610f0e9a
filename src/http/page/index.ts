import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type IRouter, type Request, type RequestHandler, type Response } from 'express';
import { pageLimits } from '../../../config/page-limits.ts';
import { languagesOf } from '../api/feed/pages.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { html } from '../html.ts';
import { networkOf } from '../limits.ts';
import { mediaOrigins } from '../media/offload.ts';
import { searchOf } from '../query.ts';
import { viewerOfPage } from '../session.ts';
import { themeLink } from '../theme.ts';
import { mountApp } from './app.ts';
import { serveAssets } from './assets.ts';
import { withBanner } from './banner.ts';
import type { BeginScript } from './begin.ts';
import { compressed } from './compress.ts';
import type { Describe } from './describing.ts';
import { createFirstPages, type FirstPages, firstPageHtml } from './first-page.ts';
import { headHtml, type PageHead } from './head.ts';
import { pageRoutes } from './routes.ts';
import { createShell, type Shell } from './shell.ts';
import { pageLanguageOf, readWordFiles, type WordFiles, wordsLink } from './word-files.ts';

const LIMIT = { name: 'page', ...pageLimits.perNetwork };
/** Addresses that are ActivityPub’s too; languages; and what somebody who is signed in may see. */
const VARY = 'Accept, Accept-Encoding, Accept-Language, Cookie';

/** The built page: hashed files for ever; and at every address of the page the shell, with a head that says what it shows. */
export function mountPage(app: IRouter, deps: HttpDeps, begin: BeginScript | null): void {
  const file = join(deps.webDir, 'index.html');
  if (!existsSync(file)) {
    deps.log.warn('the web client is not built; only the API answers');
    return;
  }
  app.use(
    '/assets',
    serveAssets(join(deps.webDir, 'assets')),
    // An old page that asks for a file of its release must not get the new page in its place.
    () => {
      throw new ApiError('not-found');
    },
  );
  const page = {
    ...{ deps, begin, shell: createShell(readFileSync(file, 'utf8')), firstPages: createFirstPages(deps) },
    nearMedia: mediaOrigins(deps.config)
      .filter((origin) => origin !== deps.urls.origin)
      .map((origin) => `<${origin}>; rel=preconnect; crossorigin`),
    wordFiles: readWordFiles(deps.webDir),
  };
  mountApp(app, page);
  app.use(express.static(deps.webDir, { index: false, maxAge: '1h', redirect: false }));
  for (const [path, describe] of Object.entries(pageRoutes)) app.get(path, answer(page, path, describe));
}

interface Page {
  readonly deps: HttpDeps;
  readonly shell: Shell;
  readonly firstPages: FirstPages;
  readonly begin: BeginScript | null;
  /** Has the browser connect to where the clips come from, as values of `Link`. */
  readonly nearMedia: readonly string[];
  readonly wordFiles: WordFiles;
}

function answer(
  { deps, shell, firstPages, begin, nearMedia, wordFiles }: Page,
  path: string,
  describe: Describe,
): RequestHandler {
  return async (req, res) => {
    await deps.limits.take(LIMIT, `network:${networkOf(req.ip)}`);
    const viewerId = async () => (await viewerOfPage(deps, req))?.account.id ?? null;
    const language = pageLanguageOf(wordFiles, req);
    const head = await describe({ deps, params: req.params, language, viewerId });
    const isFirst = path === '/' && isPlain(req) && (await viewerId()) === null;
    const first = isFirst ? await firstPages(languagesOf(req)) : null;
    const written = shell({
      language,
      head: html`${await themeLink(deps)}${headHtml(await withBanner(deps, head), deps.config.instance.name)}${first ? firstPageHtml(first, begin) : html``}${wordsLink(wordFiles, language)}`,
      isBehind: first !== null && begin !== null,
    });
    res.set({ 'Cache-Control': 'no-cache', 'Content-Language': language, Vary: VARY });
    // For programs that read no page, such as those that ask for its head alone.
    if (!head.isIndexed) res.set('X-Robots-Tag', 'noindex');
    if (nearMedia.length > 0) res.set('Link', nearMedia.join(', '));
    await send(req, res, head.status, written);
  };
}

/** Whether it is the feed that everybody begins with: the others are asked for by name. */
const isPlain = (req: Request): boolean => [null, 'for-you'].includes(searchOf(req).get('feed'));

/** The same for programs and for people. What did not change is not sent again: Express compares the tag. */
async function send(req: Request, res: Response, status: PageHead['status'], page: string): Promise<void> {
  const { encoding, bytes } = await compressed(req, page);
  if (encoding !== null) res.set('Content-Encoding', encoding);
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 27);
  res.status(status).set('ETag', `"${digest}"`).type('html').send(bytes);
}
