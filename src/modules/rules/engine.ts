import { RE2JS } from 're2js';
import { ruleLimits } from '../../../config/rule-limits.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

/**
 * Words and expressions that are looked for in texts of strangers. The engine is RE2's (no backtracking): whatever
 * the expression and whatever the text, the time is bounded by the length of the one times that of the other.
 */
export interface Pattern {
  /** Where it first stands in a text that `normal` made; null where it does not. */
  find(text: string): { readonly start: number; readonly end: number } | null;
  /** Instructions of the program: no character costs more steps. */
  readonly size: number;
}

/** Characters that show nothing, by which words are hidden from rules. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\0]/gu;

/**
 * A text as rules read it: compatibility forms (full width, styled letters) as the plain ones, without characters
 * that show nothing, cut to what is read at all.
 */
export function normal(text: string): string {
  return text.slice(0, ruleLimits.maxTextCharacters).toWellFormed().normalize('NFKC').replace(UNSEEN, '');
}

const NOT_IN_WORD = '[^\\pL\\pN]';
/** Scripts that are written without spaces: there a word has no edge that could be seen. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Words, each whole; a star at either end stands for any letters there. */
export function wordsPattern(words: readonly string[]): Result<{ pattern: Pattern }, 'rule-invalid'> {
  const wanted = words.map((word) => normal(word).trim()).filter((word) => word.replaceAll('*', '') !== '');
  if (wanted.length === 0) return fail('rule-invalid', 'Give at least one word.');
  return compile(wanted.map(oneWord).join('|'), ruleLimits.maxProgram * 20);
}

function oneWord(word: string): string {
  const core = word.replace(/^\*+|\*+$/g, '');
  const isOpen = WITHOUT_SPACES.test(core);
  const before = word.startsWith('*') || isOpen ? '' : `(?:^|${NOT_IN_WORD})`;
  const after = word.endsWith('*') || isOpen ? '' : `(?:$|${NOT_IN_WORD})`;
  return `${before}(?:${RE2JS.quote(core)})${after}`;
}

/** A regular expression in the syntax of RE2: no look-around, no back references. Case does not matter. */
export function regexPattern(source: string): Result<{ pattern: Pattern }, 'rule-invalid'> {
  if (source.trim() === '') return fail('rule-invalid', 'Give an expression.');
  if (source.length > ruleLimits.maxRegexCharacters) {
    return fail('rule-invalid', `An expression has at most ${ruleLimits.maxRegexCharacters} characters.`);
  }
  const compiled = compile(source, ruleLimits.maxProgram);
  if (compiled.ok && compiled.pattern.find('') !== null) {
    return fail('rule-invalid', 'This expression finds the empty text: it would find every text.');
  }
  return compiled;
}

function compile(source: string, maxSize: number): Result<{ pattern: Pattern }, 'rule-invalid'> {
  try {
    const compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE);
    const size = compiled.programSize();
    if (size > maxSize) return fail('rule-invalid', 'This is too large. Make several rules of it.');
    const find: Pattern['find'] = (text) => {
      const matcher = compiled.matcher(text);
      return matcher.find() ? { start: matcher.start(), end: matcher.end() } : null;
    };
    return ok({ pattern: { find, size } });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : '';
    return fail('rule-invalid', `This expression cannot be read: ${why}`);
  }
}

/** What stands around a find, in one line. */
export function excerpt(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): string {
  const spare = Math.max(0, ruleLimits.excerptCharacters - (end - start));
  const from = Math.max(0, start - Math.floor(spare / 2));
  const cut = text.slice(from, from + ruleLimits.excerptCharacters).toWellFormed();
  return cut.replace(/\s+/g, ' ').trim();
}
