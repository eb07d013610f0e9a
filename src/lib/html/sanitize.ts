import sanitizeHtml from 'sanitize-html';

/** The tags and attributes that may come from elsewhere; everything else is dropped, its text kept. */
const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: [
    'p',
    'br',
    'a',
    'span',
    'strong',
    'em',
    'b',
    'i',
    'del',
    'ul',
    'ol',
    'li',
    'blockquote',
    'code',
    'pre',
  ],
  allowedAttributes: { a: ['href', 'rel', 'target'] },
  allowedSchemes: ['https', 'http'],
  disallowedTagsMode: 'discard',
  nestingLimit: 20,
  transformTags: { a: link },
};

/** A whole address of another page, or none: a relative one would lead into this server. */
function link(tagName: string, { href = '' }: sanitizeHtml.Attributes): sanitizeHtml.Tag {
  const url = URL.parse(href);
  const isWeb = url !== null && /^https?:$/.test(url.protocol);
  const attribs = { href: url?.href ?? '', rel: 'nofollow noopener noreferrer', target: '_blank' };
  return { tagName, attribs: isWeb ? attribs : {} };
}

/**
 * Makes HTML from another server safe to show: a small list of tags, links by http(s) only, no classes
 * and no styles (security.md W1, W2). Longer input is cut to `maxCharacters` before it is parsed.
 */
export function sanitizeRemoteHtml(html: string, maxCharacters: number): string {
  const once = sanitizeHtml(html.slice(0, maxCharacters), OPTIONS);
  // Where a dropped tag stood between two that cannot nest, the second pass closes them as browsers would.
  return sanitizeHtml(once, OPTIONS);
}

/** The text of an HTML fragment, tags removed, entities decoded, whitespace folded. */
export function textOfHtml(html: string, maxCharacters: number): string {
  const spaced = html.slice(0, maxCharacters).replace(/<(?:br|\/p|\/li|\/blockquote)\b[^>]*>/gi, ' ');
  const text = sanitizeHtml(spaced, { allowedTags: [], allowedAttributes: {} });
  return text
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * The text of an HTML fragment with its lines: paragraphs apart by an empty line, `<br>` as a line break. What
 * `htmlFromText` makes of it says the same again. Longer input is cut to `maxCharacters` before it is parsed.
 */
export function linesOfHtml(html: string, maxCharacters: number): string {
  const marked = html
    .slice(0, maxCharacters)
    .replace(/\s+/g, ' ')
    .replace(/<br\b[^>]*>\s?/gi, '\n')
    .replace(/<\/(?:p|blockquote|ul|ol|pre|h[1-6])\b[^>]*>\s?/gi, '\n\n')
    .replace(/<\/li\b[^>]*>\s?/gi, '\n');
  const text = sanitizeHtml(marked, { allowedTags: [], allowedAttributes: {} });
  return text
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
