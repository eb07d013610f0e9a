import { searchLimits } from '../../../config/search-limits.ts';
import { languageTag } from '../../lib/language.ts';
import { parseTag } from '../tags/index.ts';

/** What a video is asked to have. `not`: it must not have it. */
export type SearchToken =
  | { readonly kind: 'word'; readonly text: string; readonly not: boolean; readonly begins: boolean }
  | { readonly kind: 'phrase'; readonly text: string; readonly not: boolean }
  | { readonly kind: 'tag'; readonly tag: string; readonly not: boolean }
  /** A handle without its first `@`; `me` is whoever asks. */
  | { readonly kind: 'from'; readonly handle: string; readonly not: boolean }
  | { readonly kind: 'language'; readonly code: string; readonly not: boolean }
  | { readonly kind: 'has'; readonly what: (typeof SEARCH_HAS)[number]; readonly not: boolean }
  | { readonly kind: 'is'; readonly what: (typeof SEARCH_IS)[number] }
  /** From that day or moment on, or before it: `2026-11-28`, by the days of whoever asks, or `2026-11-28T15:00:00.000Z`. */
  | { readonly kind: 'after' | 'before'; readonly when: string }
  /** At least so long, or shorter than that. */
  | { readonly kind: 'longer' | 'shorter'; readonly seconds: number };

export const SEARCH_HAS = ['captions', 'alt'] as const;
export const SEARCH_IS = ['local', 'remote'] as const;

/** What `-` makes of a filter that has an opposite. */
const OPPOSITE = { after: 'before', before: 'after', longer: 'shorter', shorter: 'longer' } as const;

const isOneOf = <T extends string>(list: readonly T[], text: string): text is T =>
  (list as readonly string[]).includes(text);

/**
 * Reads a query as people write them: words, `"a phrase"`, `#tag`, `from:@name`, `language:de`, `is:local`, `has:captions`,
 * `after:2026-01-31`, `before:2026`, `since:` and `until:` for the same, also with a moment (`2026-01-31T18:00Z`), `longer:30`, `shorter:1m`, words that `begin*`, and `-` before what is not wanted. Never
 * fails: what is no filter is a word. Takes time in proportion to the length.
 */
export function parseQuery(text: string): SearchToken[] {
  const tokens: SearchToken[] = [];
  for (const piece of pieces(text.normalize('NFKC').slice(0, searchLimits.maxCharacters))) {
    const token = tokenOf(piece);
    if (token) tokens.push(token);
    if (tokens.length === searchLimits.maxTokens) break;
  }
  return tokens;
}

interface Piece {
  readonly not: boolean;
  readonly quoted: boolean;
  readonly text: string;
}

/** Quotes of other languages count as `"`; one that is never closed ends with the text. */
function* pieces(text: string): Generator<Piece> {
  const signs = [...text.replace(/[“”„«»]/g, '"')];
  let at = 0;
  while (at < signs.length) {
    if (isSpace(signs[at])) {
      at += 1;
      continue;
    }
    const not = signs[at] === '-' && !isSpace(signs[at + 1]) && at + 1 < signs.length;
    if (not) at += 1;
    const quoted = signs[at] === '"';
    if (quoted) at += 1;
    const from = at;
    while (at < signs.length && (quoted ? signs[at] !== '"' : !isSpace(signs[at]) && signs[at] !== '"'))
      at += 1;
    yield { not, quoted, text: signs.slice(from, at).join('') };
    if (quoted) at += 1;
  }
}

const isSpace = (sign: string | undefined): boolean => sign !== undefined && /^[\s\p{C}]$/u.test(sign);

function tokenOf({ not, quoted, text }: Piece): SearchToken | null {
  if (quoted) {
    const phrase = text.replace(/[\s\p{C}]+/gu, ' ').trim();
    return phrase === '' ? null : { kind: 'phrase', text: phrase, not };
  }
  if (text.startsWith('#')) {
    const tag = parseTag(text);
    return tag === null ? wordOf(text, not) : { kind: 'tag', tag, not };
  }
  const colon = text.indexOf(':');
  const filter = colon > 0 ? filterOf(text.slice(0, colon).toLowerCase(), text.slice(colon + 1), not) : null;
  return filter ?? wordOf(text, not);
}

/** Null where there is nothing in it that could be looked for. */
function wordOf(text: string, not: boolean): SearchToken | null {
  const begins = text.endsWith('*');
  const word = [...text.replace(/\*+$/, '')].slice(0, searchLimits.maxWord).join('');
  return /[\p{L}\p{N}\p{S}]/u.test(word) ? { kind: 'word', text: word, not, begins } : null;
}

/** Null where the text before the colon is no filter, or what is after it none of its values. */
function filterOf(name: string, value: string, not: boolean): SearchToken | null {
  switch (name) {
    case 'from': {
      const handle = value.replace(/^@/, '').toLowerCase();
      return /^[\w.-]+(?:@[^\s@/]+)?$/.test(handle) ? { kind: 'from', handle, not } : null;
    }
    case 'language':
    case 'lang': {
      const code = languageTag(value);
      // `und` is the tag of no language.
      const language: string | undefined = code === null ? undefined : new Intl.Locale(code).language;
      return language === undefined ? null : { kind: 'language', code: language, not };
    }
    case 'has': {
      const what = value.toLowerCase();
      return isOneOf(SEARCH_HAS, what) ? { kind: 'has', what, not } : null;
    }
    case 'is': {
      const what = value.toLowerCase();
      if (!isOneOf(SEARCH_IS, what)) return null;
      return { kind: 'is', what: not === (what === 'local') ? 'remote' : 'local' };
    }
    case 'after':
    case 'since':
      return momentFilter('after', value, not);
    case 'before':
    case 'until':
      return momentFilter('before', value, not);
    case 'longer':
    case 'shorter': {
      const seconds = secondsOf(value);
      return seconds === null ? null : { kind: not ? OPPOSITE[name] : name, seconds };
    }
    default:
      return null;
  }
}

function momentFilter(kind: 'after' | 'before', value: string, not: boolean): SearchToken | null {
  const when = dayOf(value) ?? momentOf(value);
  return when === null ? null : { kind: not ? OPPOSITE[kind] : kind, when };
}

/** Behind it, years have more than four digits. */
const LAST = Date.UTC(10_000, 0);

/** A moment of ISO 8601; without a time zone it is one of UTC. */
function momentOf(text: string): string | null {
  const [, day, time, zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})t(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(z|[+-]\d{2}:\d{2})?$/i.exec(text) ?? [];
  if (day === undefined || dayOf(day) === null) return null;
  const moment = new Date(`${day}T${time}${zone.toUpperCase()}`);
  return moment.getTime() >= 0 && moment.getTime() < LAST ? moment.toISOString() : null;
}

/** The first day of a year, month or day. */
function dayOf(text: string): string | null {
  const [, year = '', month = '01', day = '01'] = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text) ?? [];
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${written}T00:00:00Z`);
  return year >= '1970' && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written)
    ? written
    : null;
}

function secondsOf(text: string): number | null {
  const [, seconds, minutes] = /^(?:(\d{1,7})s?|(\d{1,5})m)$/i.exec(text) ?? [];
  if (minutes !== undefined) return Number(minutes) * 60;
  return seconds === undefined ? null : Number(seconds);
}

/** A query as it is written; `parseQuery` reads the same out of it. */
export function printQuery(tokens: readonly SearchToken[]): string {
  return tokens.map((token) => `${'not' in token && token.not ? '-' : ''}${printed(token)}`).join(' ');
}

function printed(token: SearchToken): string {
  switch (token.kind) {
    case 'word':
      return token.begins ? `${token.text}*` : token.text;
    case 'phrase':
      return `"${token.text}"`;
    case 'tag':
      return `#${token.tag}`;
    case 'from':
      return `from:@${token.handle}`;
    case 'language':
      return `language:${token.code}`;
    case 'has':
    case 'is':
      return `${token.kind}:${token.what}`;
    case 'after':
    case 'before':
      return `${token.kind}:${token.when}`;
    default:
      return `${token.kind}:${token.seconds}`;
  }
}
