import { captionLimits } from '../config/media-limits.ts';

/** Tags that a player draws (WebVTT, 5.1), but for ruby and for times inside a cue. */
const TAGS = ['b', 'i', 'u', 'c', 'v', 'lang'] as const;
type Tag = (typeof TAGS)[number];

/** A tag of any kind. A `<` that starts none is text. */
const token = /<!--[\s\S]*?-->|<\/?[a-zA-Z][^<>]*>|<[\d:.]+>/g;
/** Elements whose content is no text for people. */
const hidden = /<(script|style)\b[^<>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi;

/**
 * Cleans the text of a cue: tags that WebVTT allows are kept, closed and nested well, and everything else that looks
 * like one is removed; text is escaped. Gives the lines that are not empty. What it gave it gives again unchanged.
 */
export function cleanMarkup(source: string): string[] {
  const text = source.replace(hidden, '');
  const open: Tag[] = [];
  let out = '';
  let from = 0;
  for (const match of text.matchAll(token)) {
    out += escapeText(text.slice(from, match.index));
    from = match.index + match[0].length;
    out += cleanTag(match[0], open);
  }
  out += escapeText(text.slice(from));
  out += open
    .toReversed()
    .map((tag) => `</${tag}>`)
    .join('');
  return out
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What is written for a tag; `open` is kept up to date. */
function cleanTag(text: string, open: Tag[]): string {
  const [, closing, name = '', classes = '', annotation = ''] =
    /^<(\/?)([a-zA-Z]+)((?:\.[^\s.<>]*)*)\s*([\s\S]*)>$/.exec(text) ?? [];
  const tag = TAGS.find((one) => one === name);
  if (!tag) return '';
  if (closing) {
    if (open.at(-1) !== tag) return '';
    open.pop();
    return `</${tag}>`;
  }
  if (open.length >= captionLimits.maxNestedTags) return '';
  const label = cleanAnnotation(tag, annotation);
  if (label === null) return '';
  open.push(tag);
  const known = classes.split('.').filter((one) => /^[A-Za-z][\w-]{0,39}$/.test(one));
  const kept = known.slice(0, captionLimits.maxClasses).map((one) => `.${one}`);
  return `<${tag}${kept.join('')}${label && ` ${label}`}>`;
}

/** A voice needs a name and a language its code; the others have none. */
function cleanAnnotation(tag: Tag, text: string): string | null {
  if (tag === 'v') {
    const name = decodeText(text).replace(/\s+/g, ' ').trim();
    const short = [...name].slice(0, captionLimits.maxVoiceCharacters).join('').trim();
    return short === '' ? null : escapeText(short, true);
  }
  if (tag === 'lang')
    return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}$/.test(text.trim()) ? text.trim() : null;
  return '';
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  lrm: '\u200e',
  rlm: '\u200f',
};

/** Decoded first, so that what was escaped already is not escaped twice. */
function escapeText(text: string, isDecoded = false): string {
  return (isDecoded ? text : decodeText(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\u00a0', '&nbsp;')
    .replaceAll('\u200e', '&lrm;')
    .replaceAll('\u200f', '&rlm;');
}

function decodeText(text: string): string {
  const decoded = text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return named[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      const isText = code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
      return isText ? String.fromCodePoint(code) : '';
    },
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return decoded.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}
