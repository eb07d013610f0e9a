import { LinkifyIt } from 'linkify-it';

const linkify = new LinkifyIt().set({ fuzzyLink: false, fuzzyEmail: false });

/** `#` and letters, digits or underscores with at least one letter, not inside a word or an address. */
const HASHTAG = /(?<![\p{L}\p{N}_&/#])#([\p{L}\p{N}_]{1,100})/gu;

/** Escapes text for HTML content and for attribute values in double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Hashtags of a text, without `#`, in order, each spelling once by its folded form. */
export function hashtagsOf(text: string): string[] {
  const found = new Map<string, string>();
  for (const { 1: name } of text.matchAll(HASHTAG)) {
    if (name && /\p{L}/u.test(name)) found.set(name.toLowerCase(), found.get(name.toLowerCase()) ?? name);
  }
  return [...found.values()];
}

/**
 * Plain text to the HTML that the fediverse exchanges: paragraphs, line breaks, links with a scheme, and
 * hashtags linked to `tagUrl(name)`. The result needs no further cleaning.
 */
export function htmlFromText(text: string, tagUrl: (name: string) => string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .trim()
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${inline(paragraph, tagUrl).replace(/\n/g, '<br>')}</p>`)
    .join('');
}

function inline(text: string, tagUrl: (name: string) => string): string {
  let html = '';
  let done = 0;
  for (const link of linkify.match(text) ?? []) {
    if (!/^https?:$/.test(link.schema)) continue;
    html += withHashtags(text.slice(done, link.index), tagUrl);
    const url = escapeHtml(link.url);
    html += `<a href="${url}" rel="nofollow noopener noreferrer" target="_blank">${escapeHtml(link.text)}</a>`;
    done = link.lastIndex;
  }
  return html + withHashtags(text.slice(done), tagUrl);
}

function withHashtags(text: string, tagUrl: (name: string) => string): string {
  let html = '';
  let done = 0;
  for (const match of text.matchAll(HASHTAG)) {
    const name = match[1] ?? '';
    if (!/\p{L}/u.test(name)) continue;
    html += escapeHtml(text.slice(done, match.index));
    html += `<a href="${escapeHtml(tagUrl(name))}" class="mention hashtag" rel="tag">#<span>${escapeHtml(name)}</span></a>`;
    done = match.index + match[0].length;
  }
  return html + escapeHtml(text.slice(done));
}
