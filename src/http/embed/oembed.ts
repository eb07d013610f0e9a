import type { Request, Response } from 'express';
import { z } from 'zod';
import { embedLimits } from '../../../config/page-limits.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { Video } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { type Html, html } from '../html.ts';
import { fullHandle, nameOf } from '../page/describing.ts';
import { wordsIn } from '../page/words/index.ts';
import { queryOf } from '../query.ts';
import { embedUrl, fitted, isEmbeddable, shownSize } from './embeddable.ts';
import { linkedPage } from './linked.ts';
import { openClip } from './open-clip.ts';
import { titleOf } from './pages.ts';

const pixels = z.coerce.number().int().min(1).max(embedLimits.maxPixels).optional();
const query = z.object({
  url: z.string().min(1).max(embedLimits.maxUrlCharacters),
  format: z.string().max(40).default('json'),
  maxwidth: pixels,
  maxheight: pixels,
});
type Query = z.output<typeof query>;
/** Members of the answer, as https://oembed.com names them. */
type OEmbed = Readonly<Record<string, string | number>>;

/**
 * Answers as https://oembed.com says. What is not for everybody is as absent as what never was (security.md P2), where oEmbed would tell them
 * apart by 401.
 */
export async function answerOEmbed(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const asked = query.safeParse(queryOf(req));
  if (!asked.success)
    throw new ApiError(
      'validation-failed',
      'Name a clip or another page of this server by `url`; sizes are in pixels.',
    );
  const { url, format } = asked.data;
  if (format !== 'json' && format !== 'xml') {
    throw new ApiError('format-unsupported', 'The format is json or xml.');
  }
  const found = await openClip(deps, clipIdAt(deps, url) ?? '');
  const answer = found?.video.local
    ? oEmbedOf(deps, found.video, found.author, asked.data)
    : await linkOf(deps, url, asked.data);
  if (answer === null) throw new ApiError('not-found');
  res.set('Cache-Control', `public, max-age=${embedLimits.cacheSeconds}`);
  if (format === 'json') res.json(answer);
  else res.type('text/xml').send(xmlOf(answer).html);
}

/** The id of the clip at an address of this server: its page, or the one for frames. Null for all others. */
function clipIdAt({ urls }: Pick<HttpDeps, 'urls'>, address: string): string | null {
  const url = URL.parse(address);
  if (url?.origin !== urls.origin) return null;
  return /^\/embed\/(\d{1,19})\/?$/.exec(url.pathname)?.[1] ?? urls.pageAt(address)?.postId ?? null;
}

const fromHere = ({ config, urls }: Pick<HttpDeps, 'config' | 'urls'>) => ({
  version: '1.0',
  ...{ provider_name: config.instance.name, provider_url: `${urls.origin}/` },
  cache_age: embedLimits.cacheSeconds,
});

/** A page that shows no clip: others lead to it by its name and its picture. */
async function linkOf(deps: HttpDeps, url: string, { maxwidth, maxheight }: Query): Promise<OEmbed | null> {
  const head = await linkedPage(deps, url);
  if (head === null) return null;
  const { title, creator, image } = head;
  const isFitting =
    image?.width &&
    image.height &&
    image.width <= (maxwidth ?? Infinity) &&
    image.height <= (maxheight ?? Infinity);
  return {
    ...{ type: 'link', title, ...fromHere(deps) },
    ...(creator === null ? {} : { author_name: `@${creator}` }),
    ...(isFitting && image?.width && image.height
      ? { thumbnail_url: image.url, thumbnail_width: image.width, thumbnail_height: image.height }
      : {}),
  };
}

function oEmbedOf(deps: HttpDeps, video: Video, author: Account, { maxwidth, maxheight }: Query): OEmbed {
  const from = { ...fromHere(deps), author_name: nameOf(author), author_url: author.url };
  // Where other pages may not show it, they may still lead to it.
  if (!isEmbeddable(deps, video))
    return { type: 'link', title: wordsIn.en.covered(`@${fullHandle(deps, author)}`), ...from };
  const most = {
    ...(maxwidth === undefined ? {} : { width: maxwidth }),
    ...(maxheight === undefined ? {} : { height: maxheight }),
  };
  const size = fitted(shownSize(video), most);
  const title = titleOf(video, author, 'en');
  return {
    ...{ type: 'video', title, ...from, ...size },
    html: frameHtml(embedUrl(deps, video), title, size).html,
    ...thumbnailOf(deps, video, most),
  };
}

/** Nothing larger than what was asked for: then there is none. */
function thumbnailOf(
  { videos }: Pick<HttpDeps, 'videos'>,
  video: Video,
  most: { readonly width?: number; readonly height?: number },
): OEmbed {
  const poster = video.assets.find(({ role }) => role === 'poster');
  if (!poster?.width || !poster.height) return {};
  const { width, height } = poster;
  if (width > (most.width ?? Infinity) || height > (most.height ?? Infinity)) return {};
  const thumbnail_url = videos.objectUrl(poster.key, video);
  return { thumbnail_url, thumbnail_width: width, thumbnail_height: height };
}

/** The frame that shows a clip in another page; what is in it may run and play, and cannot move the page around. */
export function frameHtml(
  url: string,
  title: string,
  { width, height }: { readonly width: number; readonly height: number },
): Html {
  return html`<iframe src="${url}" title="${title}" width="${width}" height="${height}" style="border:0" loading="lazy" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"></iframe>`;
}

function xmlOf(answer: OEmbed): Html {
  const members = Object.entries(answer).map(
    ([name, value]) => html`<${{ html: name }}>${value}</${{ html: name }}>\n`,
  );
  return html`<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<oembed>
${members}</oembed>
`;
}
