import MarkdownIt from 'markdown-it';
import { sanitizeRemoteHtml } from './sanitize.ts';

/** HTML inside Markdown stays text; images and tables have no place in a caption. */
const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true })
  .disable(['image', 'table', 'heading', 'lheading', 'hr'])
  .set({ maxNesting: 20 });

/** Markdown of another server as HTML that is safe to show. Longer input is cut to `maxCharacters` first. */
export function htmlFromMarkdown(text: string, maxCharacters: number): string {
  return sanitizeRemoteHtml(markdown.render(text.slice(0, maxCharacters)), 4 * maxCharacters);
}

/** Headings begin below that of the page they stand on. */
const pages = new MarkdownIt({ html: false, linkify: true, typographer: true })
  .disable(['image'])
  .set({ maxNesting: 20 });
pages.core.ruler.push('lower-headings', ({ tokens }) => {
  for (const token of tokens) {
    if (token.type === 'heading_open' || token.type === 'heading_close') token.tag = LOWER[token.tag] ?? 'h4';
  }
});
const LOWER: Readonly<Record<string, string>> = { h1: 'h2', h2: 'h3' };

/** Markdown that the staff of this server wrote, as HTML: no HTML of its own, and links to nothing that runs. */
export function htmlOfPage(text: string): string {
  return pages.render(text).trim();
}
