/** Scripts that put no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * A text with spaces between the words of scripts that have none; others stay as they are. PostgreSQL would take a whole Japanese sentence
 * for one word. What is written and what is searched for both go through here, so that they are cut alike.
 */
export function spaced(text: string): string {
  // NUL is no text in PostgreSQL (security.md W5).
  const clean = text.replaceAll('\u0000', ' ');
  if (!UNSPACED.test(clean)) return clean;
  return Array.from(segmenter.segment(clean), ({ segment }) =>
    UNSPACED.test(segment) ? ` ${segment} ` : segment,
  ).join('');
}
