import { readFileSync } from 'node:fs';
import type { IRouter, Request, Response } from 'express';
import { pageLimits } from '../../../config/page-limits.ts';
import type { HttpDeps } from '../deps.ts';
import type { Html } from '../html.ts';
import { languageOfBrowser } from '../languages.ts';
import { networkOf } from '../limits.ts';
import { mediaOrigins } from '../media/offload.ts';
import { pageStyle } from '../page-style.ts';
import { searchOf } from '../query.ts';
import { isCovered, isEmbeddable } from './embeddable.ts';
import { answerOEmbed } from './oembed.ts';
import { openClip } from './open-clip.ts';
import { absentPage, clipPage, coveredPage } from './pages.ts';

const LIMIT = { name: 'embed', ...pageLimits.perNetwork };

/** A clip of this server in pages of others: the page for their frames, and oEmbed, by which they find it. */
export function mountEmbed(app: IRouter, deps: HttpDeps): void {
  const style = pageStyle(new URL('page.css', import.meta.url), deps.config);
  const script = readFileSync(new URL('player.js', import.meta.url), 'utf8');
  const files = {
    '/embed/page.css': ['css', style],
    '/embed/player.js': ['js', () => script],
  } as const;
  for (const [path, [type, content]] of Object.entries(files)) {
    app.get(path, (_req, res) => {
      res.set('Cache-Control', 'public, max-age=3600').type(type).send(content());
    });
  }
  const policy = policyOf(deps);
  app.get('/embed/:id', async (req, res) => {
    await deps.limits.take(LIMIT, `network:${networkOf(req.ip)}`);
    const { status, page } = await embedded(deps, req);
    frameable(res, policy);
    res.set({ 'Cache-Control': 'no-cache', Vary: 'Accept-Language' });
    res.status(status).type('html').send(page.html);
  });
  app.get('/api/oembed', async (req, res) => {
    await deps.limits.take(LIMIT, `network:${networkOf(req.ip)}`);
    await answerOEmbed(deps, req, res);
  });
}

/** The one page that others may frame. It reads no cookie, and its only script is ours. */
function policyOf({ config }: Pick<HttpDeps, 'config'>): string {
  const media = ["'self'", ...mediaOrigins(config)].join(' ');
  return [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
    ...[`img-src ${media}`, `media-src ${media}`, "base-uri 'none'", "form-action 'none'"],
    'frame-ancestors *',
  ].join('; ');
}

function frameable(res: Response, policy: string): void {
  res.removeHeader('X-Frame-Options');
  res.set('Content-Security-Policy', policy).set('Cross-Origin-Resource-Policy', 'cross-origin');
}

/** What nobody may frame looks as what never was. */
async function embedded(deps: HttpDeps, req: Request): Promise<{ status: 200 | 404; page: Html }> {
  const about = {
    ...{ language: languageOfBrowser(req), server: deps.config.instance.name, origin: deps.urls.origin },
  };
  const found = await openClip(deps, String(req.params.id));
  if (!found) return { status: 404, page: absentPage(about) };
  const { video, author } = found;
  if (isEmbeddable(deps, video)) {
    const { sounds } = await deps.videos.marksAmong([video.id]);
    const region = sounds.get(video.id)?.region ?? null;
    return { status: 200, page: clipPage(deps, { ...about, video, author, region, asked: searchOf(req) }) };
  }
  const isOffered = deps.config.embedding === 'everywhere' && video.local && isCovered(video);
  return isOffered
    ? { status: 200, page: coveredPage(about, video) }
    : { status: 404, page: absentPage(about) };
}
