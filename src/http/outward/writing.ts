import type { ListedPage } from '../../modules/listing/index.ts';
import { type Html, html } from '../html.ts';
import type { Feed, FeedEntry } from './entries.ts';

const NONE: Html = html``;
/** What XML 1.0 has no place for, however it is written. */
const NOT_XML = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]|\p{Cs}/gu;
const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n';

const document = ({ html: text }: Html): string => DECLARATION + text.replace(NOT_XML, '');

/** The moment of the newest change; of nothing, the beginning of time. */
export const updatedAt = ({ entries }: Feed): Date =>
  new Date(Math.max(0, ...entries.map((entry) => entry.updatedAt.getTime())));

function mediaOf({ file, image }: FeedEntry): Html {
  const thumbnail = image ? html`<media:thumbnail url="${image.url}"/>` : NONE;
  if (!file) return thumbnail;
  const bytes = file.bytes === null ? NONE : html` fileSize="${file.bytes}"`;
  const seconds = file.seconds === null ? NONE : html` duration="${Math.round(file.seconds)}"`;
  return html`<media:content url="${file.url}" type="video/mp4" medium="video"${bytes}${seconds}/>${thumbnail}`;
}

/** RFC 4287, with what https://www.rssboard.org/media-rss adds. */
export function atomOf(feed: Feed): string {
  const entry = (one: FeedEntry): Html => html`
<entry>
<id>${one.id}</id>
<title>${one.title}</title>
<link rel="alternate" type="text/html" href="${one.url}"/>
${one.file ? html`<link rel="enclosure" type="video/mp4" href="${one.file.url}"${one.file.bytes === null ? NONE : html` length="${one.file.bytes}"`}/>` : NONE}
<published>${one.publishedAt.toISOString()}</published>
<updated>${one.updatedAt.toISOString()}</updated>
<author><name>${one.author.name}</name><uri>${one.author.url}</uri></author>
<content type="html">${one.html}</content>
${mediaOf(one)}
</entry>`;
  return document(html`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<id>${feed.self}</id>
<title>${feed.title}</title>
<subtitle>${feed.description}</subtitle>
<link rel="self" type="application/atom+xml" href="${feed.self}"/>
<link rel="alternate" type="text/html" href="${feed.page}"/>
<updated>${updatedAt(feed).toISOString()}</updated>${feed.entries.map(entry)}
</feed>
`);
}

/** https://www.rssboard.org/rss-specification, for what reads nothing newer. */
export function rssOf(feed: Feed): string {
  const item = (one: FeedEntry): Html => html`
<item>
<guid isPermaLink="false">${one.id}</guid>
<title>${one.title}</title>
<link>${one.url}</link>
<pubDate>${one.publishedAt.toUTCString()}</pubDate>
<dc:creator>${one.author.name}</dc:creator>
<description>${one.html}</description>
${one.file ? html`<enclosure type="video/mp4" url="${one.file.url}" length="${one.file.bytes ?? 0}"/>` : NONE}
${mediaOf(one)}
</item>`;
  return document(html`<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>${feed.title}</title>
<link>${feed.page}</link>
<description>${feed.description}</description>
<atom:link rel="self" type="application/rss+xml" href="${feed.self}"/>
<lastBuildDate>${updatedAt(feed).toUTCString()}</lastBuildDate>${feed.entries.map(item)}
</channel>
</rss>
`);
}

/** https://www.sitemaps.org/protocol.html */
export function sitemapOf(kind: 'urlset' | 'sitemapindex', entries: readonly ListedPage[]): string {
  const tag = kind === 'urlset' ? 'url' : 'sitemap';
  const lines = entries.map(({ url, changedAt }) => {
    const changed = changedAt === null ? NONE : html`<lastmod>${changedAt.toISOString()}</lastmod>`;
    return { html: `<${tag}>${html`<loc>${url}</loc>${changed}`.html}</${tag}>\n` };
  });
  return document({
    html: `<${kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${lines.map((line) => line.html).join('')}</${kind}>\n`,
  });
}
