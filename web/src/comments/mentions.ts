/** A name or a tag that somebody is writing. */
export interface Word {
  readonly kind: 'person' | 'tag';
  /** Without its mark. */
  readonly query: string;
  /** Where the mark stands. */
  readonly start: number;
  readonly end: number;
}

/** As the server reads them: not inside of a word or an address. */
const PERSON =
  /(?<![\p{L}\p{M}\p{N}_/@.-])@([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,60})(?:@[A-Za-z0-9.:-]{0,250})?)$/u;
const TAG = /(?<![\p{L}\p{M}\p{N}_&/#])#([\p{L}\p{N}_][\p{L}\p{M}\p{N}_]{0,99})$/u;

/** What is being written right before the caret; null where that is neither a name nor a tag. */
export function wordAt(text: string, caret: number): Word | null {
  const before = text.slice(0, caret);
  const person = PERSON.exec(before);
  const found = person ?? TAG.exec(before);
  const query = found?.[1];
  if (!found || query === undefined) return null;
  return { kind: person ? 'person' : 'tag', query, start: found.index, end: caret };
}

/** The text with a word replaced by what was chosen, and a space behind it; and where the caret goes. */
export function completed(
  text: string,
  word: Word,
  chosen: string,
): { readonly text: string; readonly caret: number } {
  const mark = word.kind === 'person' ? '@' : '#';
  // What of the old word follows the caret goes with it.
  const rest = text
    .slice(word.end)
    .replace(word.kind === 'person' ? /^[\w.@-]+/ : /^[\p{L}\p{M}\p{N}_]+/u, '');
  const head = `${text.slice(0, word.start)}${mark}${chosen} `;
  return { text: head + rest.replace(/^ /, ''), caret: head.length };
}

/** Characters as the server counts them: an emoji of one code point is one. */
export function lengthOf(text: string): number {
  return [...text.trim()].length;
}

/** Under this many that are left, they are shown. */
const SHOWN_FROM = 100;

/** How many characters are left, below zero for too many; null while nobody needs to know. */
export function charactersLeft(text: string, max: number): number | null {
  const left = max - lengthOf(text);
  return left <= Math.min(SHOWN_FROM, max / 5) ? left : null;
}

/** A tag that may be meant. */
export interface KnownTag {
  readonly name: string;
  readonly uses: number;
}

const MOST_TAGS = 6;

/** Known tags that begin as what is being written, each once, in their order; not the one that is written already. */
export function tagsLike(known: readonly KnownTag[], query: string): KnownTag[] {
  const folded = query.toLowerCase();
  const byName = new Map(known.map((tag) => [tag.name.toLowerCase(), tag]));
  return [...byName]
    .filter(([name]) => name.startsWith(folded) && name !== folded)
    .map(([, tag]) => tag)
    .slice(0, MOST_TAGS);
}
