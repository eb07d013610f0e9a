import { type Html, html, jsonInHtml } from '../html.ts';

/** A picture that stands for a page. */
export interface PageImage {
  readonly url: string;
  readonly type: string;
  /** In pixels; null where nobody knows. */
  readonly width: number | null;
  readonly height: number | null;
  readonly alt: string;
}

/** What plays where a link is shown. */
export interface PagePlayer {
  /** A faststart MP4. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** A page of ours for frames; null where the clip is not for other pages. */
  readonly embedUrl: string | null;
}

interface PageLink {
  readonly rel: string;
  readonly type: string;
  readonly href: string;
  readonly title?: string;
}

/** All that the head of a page says of what the page shows. */
export interface PageHead {
  readonly status: 200 | 404 | 410;
  readonly title: string;
  readonly description: string;
  readonly type: 'website' | 'profile' | 'video.other';
  readonly canonical: string | null;
  /** Whether search engines may list it. */
  readonly isIndexed: boolean;
  readonly image: PageImage | null;
  readonly player: PagePlayer | null;
  readonly links: readonly PageLink[];
  /** Handle of whoever made it, without the first `@`; null where nobody is named. */
  readonly creator: string | null;
  /** By schema.org; null where there is nothing to say. */
  readonly structured: object | null;
}

/** What a page is that says nothing in particular. */
export const PLAIN_HEAD = {
  status: 200,
  type: 'website',
  canonical: null,
  isIndexed: false,
  image: null,
  player: null,
  links: [],
  creator: null,
  structured: null,
} as const satisfies Partial<PageHead>;

const NONE: Html = html``;
const property = (name: string, content: string | number): Html =>
  html`<meta property="${name}" content="${content}">\n`;
const named = (name: string, content: string | number): Html =>
  html`<meta name="${name}" content="${content}">\n`;

/**
 * The head of a page: what the browser shows, Open Graph (ogp.me) and what is built on it, and schema.org. All of it is text of people:
 * nothing goes in but through the tag that escapes it (security.md W1).
 */
export function headHtml(head: PageHead, siteName: string): Html {
  const { title, description, canonical, image, player, links, creator, structured } = head;
  const pageTitle = title === siteName ? title : `${title} · ${siteName}`;
  return html`<title>${pageTitle}</title>
${description === '' ? NONE : named('description', description)}${named('robots', robotsOf(head))}${
  canonical === null ? NONE : html`<link rel="canonical" href="${canonical}">\n`
}${property('og:site_name', siteName)}${property('og:type', head.type)}${property('og:title', title)}${
  description === '' ? NONE : property('og:description', description)
}${canonical === null ? NONE : property('og:url', canonical)}${
  image === null ? NONE : imageHtml(image)
}${player === null ? NONE : playerHtml(player)}${named('twitter:card', cardOf(head))}${
  creator === null ? NONE : named('fediverse:creator', creator)
}${links.map(linkHtml)}${structured === null ? NONE : html`<script type="application/ld+json">${jsonInHtml(structured)}</script>\n`}`;
}

function robotsOf({ isIndexed, player }: PageHead): string {
  if (!isIndexed) return 'noindex';
  return player === null ? 'max-image-preview:large' : 'max-image-preview:large, max-video-preview:-1';
}

function cardOf({ type, image, player }: PageHead): string {
  if (player !== null && player.embedUrl !== null) return 'player';
  return image !== null && type !== 'profile' ? 'summary_large_image' : 'summary';
}

function imageHtml({ url, type, width, height, alt }: PageImage): Html {
  const size =
    width === null || height === null
      ? NONE
      : html`${property('og:image:width', width)}${property('og:image:height', height)}`;
  return html`${property('og:image', url)}${property('og:image:type', type)}${size}${
    alt === '' ? NONE : property('og:image:alt', alt)
  }`;
}

function playerHtml({ url, width, height, embedUrl }: PagePlayer): Html {
  const secure = url.startsWith('https:') ? property('og:video:secure_url', url) : NONE;
  const frame =
    embedUrl === null
      ? NONE
      : html`${named('twitter:player', embedUrl)}${named('twitter:player:width', width)}${named('twitter:player:height', height)}`;
  return html`${property('og:video', url)}${secure}${property('og:video:type', 'video/mp4')}${property('og:video:width', width)}${property('og:video:height', height)}${frame}`;
}

function linkHtml({ rel, type, href, title }: PageLink): Html {
  const words = title === undefined ? NONE : html` title="${title}"`;
  return html`<link rel="${rel}" type="${type}" href="${href}"${words}>\n`;
}

/** The beginning of a text, at most so many characters long, and whole words where it can. */
export function excerpt(text: string, most: number): string {
  const signs = [...text];
  if (signs.length <= most) return text;
  const cut = signs.slice(0, most - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > most / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
