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
