import { createHash } from 'node:crypto';
import type { IRouter, Request, Response } from 'express';
import { outwardLimits, pageLimits } from '../../../config/page-limits.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { networkOf } from '../limits.ts';
import type { Feed } from './entries.ts';
import { accountFeed, playlistFeed, soundFeed, tagFeed } from './feeds.ts';
import { robotsTxt } from './robots.ts';
import { sitemapIndex, sitemapPage } from './sitemap.ts';
import { atomOf, rssOf, updatedAt } from './writing.ts';

const LIMIT = { name: 'outward', ...pageLimits.perNetwork };

const formats = {
  atom: { type: 'application/atom+xml', write: atomOf },
  rss: { type: 'application/rss+xml', write: rssOf },
} as const;

/** What programs of others read: feeds, and what search engines may list. */
export function mountOutward(app: IRouter, deps: HttpDeps): void {
  const mount = (path: string, answer: (req: Request, res: Response) => Promise<void>): void => {
    app.get(path, async (req, res) => {
      await deps.limits.take(LIMIT, `network:${networkOf(req.ip)}`);
      await answer(req, res);
    });
  };
  const feed = (path: string, find: (name: string, self: string) => Promise<Feed | null>): void => {
    for (const [ending, { type, write }] of Object.entries(formats)) {
      mount(`${path}.${ending}`, async (req, res) => {
        const found = await find(String(req.params.name), deps.urls.origin + req.path);
        if (!found) throw new ApiError('not-found', 'There is no such feed.');
        res.set('Last-Modified', updatedAt(found).toUTCString());
        send(res, type, write(found));
      });
    }
  };
  feed('/feeds/@:name', (name, self) => accountFeed(deps, name, self));
  feed('/feeds/tags/:name', (name, self) => tagFeed(deps, name, self));
  feed('/feeds/sounds/:name', (name, self) => soundFeed(deps, name, self));
  feed('/feeds/playlists/:name', (name, self) => playlistFeed(deps, name, self));
  mount('/robots.txt', async (_req, res) => send(res, 'text/plain', robotsTxt(deps)));
  mount('/sitemap.xml', async (_req, res) => send(res, 'application/xml', await sitemapIndex(deps)));
  mount('/sitemaps/:kind/:day.xml', async (req, res) => {
    const page = await sitemapPage(deps, String(req.params.kind), String(req.params.day));
    if (page === null) throw new ApiError('not-found');
    send(res, 'application/xml', page);
  });
}

/** What did not change is not sent again: Express compares the tag and the time. */
function send(res: Response, type: string, text: string): void {
  const tag = createHash('sha256').update(text).digest('base64url').slice(0, 27);
  res.set({ ETag: `"${tag}"`, 'Cache-Control': `public, max-age=${outwardLimits.cacheSeconds}` });
  res.type(`${type}; charset=utf-8`).send(text);
}
