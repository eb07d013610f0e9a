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
  transformTags: {
    a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow noopener noreferrer', target: '_blank' }),
  },
};

/**
 * Makes HTML from another server safe to show: a small list of tags, links by http(s) only, no classes
 * and no styles (security.md W1, W2). Longer input is cut to `maxCharacters` before it is parsed.
 */
export function sanitizeRemoteHtml(html: string, maxCharacters: number): string {
  return sanitizeHtml(html.slice(0, maxCharacters), OPTIONS);
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

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
