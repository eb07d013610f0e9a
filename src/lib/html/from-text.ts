import { LinkifyIt } from 'linkify-it';

const linkify = new LinkifyIt().set({ fuzzyLink: false, fuzzyEmail: false });

/**
 * `#` and letters, digits or underscores with at least one letter, not inside a word or an address. Marks
 * belong to the letter before them: vowel signs in Hindi and Tamil, accents of their own.
 */
const HASHTAG = /(?<![\p{L}\p{M}\p{N}_&/#])#([\p{L}\p{N}_][\p{L}\p{M}\p{N}_]{0,99})/gu;

/** `@name` or `@name@host`, not inside a word or an address; every repetition is bounded. */
const MENTION =
  /(?<![\p{L}\p{M}\p{N}_/@.-])@([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,60}[A-Za-z0-9_])?)(?:@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::\d{1,5})?))?/gu;

/** Where marks in a text lead. */
export interface TextLinks {
  readonly tagUrl: (name: string) => string;
  /** Who is meant by `name` or `name@host`; null where nobody is known by it, and the text stays text. */
  readonly mentionOf?: (handle: string) => { readonly username: string; readonly url: string } | null;
}

/** Escapes text for HTML content and for attribute values in double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Hashtags of a text, without `#`, in order, each spelling once by its folded form. */
export function hashtagsOf(text: string): string[] {
  const found = new Map<string, string>();
  for (const { tag } of marksOf(text)) {
    if (tag !== undefined && !found.has(tag.toLowerCase())) found.set(tag.toLowerCase(), tag);
  }
  return [...found.values()];
}

/** Handles that a text mentions, `name` or `name@host`, lower-case, each once, in order. */
export function handlesOf(text: string): string[] {
  return [
    ...new Set(marksOf(text).flatMap(({ handle }) => (handle === undefined ? [] : [handle.toLowerCase()]))),
  ];
}

/**
 * Plain text to the HTML that the fediverse exchanges: paragraphs, line breaks, links with a scheme,
 * hashtags, and mentions of those who are known. The result needs no further cleaning.
 */
export function htmlFromText(text: string, links: TextLinks): string {
  return text
    .replace(/\r\n?/g, '\n')
    .trim()
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${inline(paragraph, links).replace(/\n/g, '<br>')}</p>`)
    .join('');
}

function inline(text: string, { tagUrl, mentionOf }: TextLinks): string {
  let html = '';
  let done = 0;
  for (const { start, end, url, tag, handle } of marksOf(text)) {
    html += escapeHtml(text.slice(done, start));
    if (handle !== undefined) {
      const meant = mentionOf?.(handle.toLowerCase());
      html += meant
        ? `<span class="h-card"><a href="${escapeHtml(meant.url)}" class="u-url mention">@<span>${escapeHtml(meant.username)}</span></a></span>`
        : escapeHtml(text.slice(start, end));
    } else if (tag !== undefined) {
      html += `<a href="${escapeHtml(tagUrl(tag))}" class="mention hashtag" rel="tag">#<span>${escapeHtml(tag)}</span></a>`;
    } else {
      const shown = escapeHtml(text.slice(start, end));
      html += `<a href="${escapeHtml(url)}" rel="nofollow noopener noreferrer" target="_blank">${shown}</a>`;
    }
    done = end;
  }
  return html + escapeHtml(text.slice(done));
}

type Mark = { readonly start: number; readonly end: number } & (
  | { readonly url: string; readonly tag?: undefined; readonly handle?: undefined }
  | { readonly tag: string; readonly url?: undefined; readonly handle?: undefined }
  | { readonly handle: string; readonly url?: undefined; readonly tag?: undefined }
);

/** Where the links, hashtags and mentions of a text are, in order; a `#` inside a link is part of its address. */
function marksOf(text: string): Mark[] {
  const found: Mark[] = [];
  for (const link of linkify.match(text) ?? []) {
    if (/^https?:$/.test(link.schema)) found.push({ start: link.index, end: link.lastIndex, url: link.url });
  }
  for (const match of text.matchAll(HASHTAG)) {
    const tag = match[1] ?? '';
    if (/\p{L}/u.test(tag)) found.push({ start: match.index, end: match.index + match[0].length, tag });
  }
  for (const match of text.matchAll(MENTION)) {
    const handle = match[0].slice(1);
    found.push({ start: match.index, end: match.index + match[0].length, handle });
  }
  found.sort((a, b) => a.start - b.start);
  let done = 0;
  return found.filter(({ start, end }) => {
    if (start < done) return false;
    done = end;
    return true;
  });
}
