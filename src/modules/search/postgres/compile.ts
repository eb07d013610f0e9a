import { searchLimits } from '../../../../config/search-limits.ts';
import type { Tx } from '../../../db/database.ts';
import type { SearchToken } from '../query.ts';
import type { VideoQuery } from '../search-index.ts';
import { spaced } from '../words.ts';
import { LAST_SIGN } from './begun.ts';
import {
  authorMark,
  durationQuery,
  durationQueryOfAll,
  hasMark,
  languageMark,
  lexeme,
  placeMark,
  tagMark,
} from './marks.ts';
import { rowsOf, type Statement } from './statement.ts';

/** What PostgreSQL is asked for. */
export interface Compiled {
  /** All of it, in the language of `tsquery`; null: nothing is asked for that a document could have. */
  readonly query: string | null;
  /** Of it, what counts for the rank: the words. Null where there are none. */
  readonly words: string | null;
  readonly after: number;
  readonly before: number;
  readonly longer: number | null;
  readonly shorter: number | null;
  /** Whether several filters leave few of those that have the words. */
  readonly isNarrow: boolean;
}

/** A word, or words in a row, as documents may have it. */
interface Form {
  /** In the language of `tsquery`. */
  readonly said: string;
  /** Marks of the words that follow each other: they stand in the index, which does not know places. */
  readonly pairs: readonly string[];
}

export interface Understood {
  readonly forms: readonly Form[];
  /** A word of no meaning in one of the languages, such as `the`. */
  readonly isFiller: boolean;
  readonly completions: readonly string[];
}

/** These narrow a phrase down enough, however long it is. */
const MOST_PAIRS = 8;

type Text = Extract<SearchToken, { kind: 'word' | 'phrase' }>;
export const isText = (token: SearchToken): token is Text => token.kind === 'word' || token.kind === 'phrase';

/** Puts a query as PostgreSQL understands it: words without their endings, in each of the languages. One question. */
export async function compile(tx: Tx, asked: VideoQuery, languages: readonly string[]): Promise<Compiled> {
  const texts = asked.tokens.filter(isText);
  const understood = await understand(tx, asked, languages);
  const wanted = texts.map((token, at) => ({ token, ...queriesOf(understood[at]), said: understood[at] }));
  const known = wanted.filter(({ query }) => query !== '');
  const positive = known.filter(({ token }) => !token.not);
  const counted = meaningful(positive);
  const without = known.filter(({ token }) => token.not).map(({ query }) => `!${query}`);
  const ranges = rangesOf(asked);
  const filters = filtersOf(asked);
  const others = [...counted.map(({ query }) => query), ...filters, ...without];
  const isAlone = others.every((part) => part.startsWith('!'));
  const { longer, shorter } = ranges;
  const isOfDuration = longer !== null || shorter !== null;
  const durations =
    isOfDuration && (await isFarBehind(tx))
      ? durationQueryOfAll(longer, shorter)
      : durationQuery(longer, shorter, isAlone);
  const parts = [...others, ...durations];
  // Of what has no letter a document knows, none has it.
  const isNothing = texts.some(({ not }) => !not) && counted.length === 0;
  const query = isNothing || parts.length === 0 ? null : parts.join(' & ');
  const words = counted.map((one) => one.words).join(' & ');
  const isNarrow = filters.length + durations.length > 1;
  return { query, words: words === '' ? null : words, ...ranges, isNarrow };
}

/** Whether everything is being read anew, and is not nearly done. */
async function isFarBehind(tx: Tx): Promise<boolean> {
  const far = await rowsOf(tx, {
    sql: 'select id from search_changes order by id offset :most limit 1',
    bindings: { most: searchLimits.farBehind },
  });
  return far.length > 0;
}

/** "how to cook": who writes whole sentences means the words with a meaning, where there are any. */
export function meaningful<T extends { readonly token: Text; readonly said: Understood | undefined }>(
  texts: readonly T[],
): readonly T[] {
  const meant = texts.filter(({ token, said }) => token.kind === 'phrase' || !said?.isFiller);
  return meant.length > 0 ? meant : texts;
}

/** The texts of a query, in their order, in the languages that it names, or else in these. */
export async function understand(
  tx: Tx,
  { tokens }: VideoQuery,
  languages: readonly string[],
): Promise<Understood[]> {
  const texts = tokens.filter(isText);
  if (texts.length === 0) return [];
  const named = tokens.flatMap((token) => (token.kind === 'language' && !token.not ? [token.code] : []));
  return rowsOf<Understood>(tx, understanding(texts, named.length > 0 ? named : languages));
}

/** What PostgreSQL makes of each text: one row for each, in their order. */
export function understanding(texts: readonly Text[], languages: readonly string[]): Statement {
  const folded = texts.map(({ text }) => spaced(text));
  return {
    sql: `select coalesce((select jsonb_agg(distinct jsonb_build_object(
                                 'said', search_in_a_row(said)::text, 'pairs', search_pairs(said)))
                        from (select 'pg_catalog.simple'::regconfig as config
                              union select search_config(code) from unnest(:languages::text[]) as code) as configs,
                             lateral (select search_said(config, folded, is_phrase) as said) as words
                       where length(said) > 0), '[]') as forms,
            coalesce((select bool_or(numnode(phraseto_tsquery(search_config(code), folded)) = 0)
                        from unnest(:languages::text[]) as code), false) as "isFiller",
            case when begins and length(folded) >= :least then array(
              select term from search_terms where kind = 'word' and term ~>=~ folded and term ~<~ (folded || :last)
               order by uses desc limit :most) else '{}' end as completions
       from unnest(:texts::text[], :phrases::bool[], :begins::bool[]) with ordinality as asked (text, is_phrase, begins, place),
            lateral (select search_fold(text) as folded) as form
      order by place`,
    bindings: {
      ...{ languages: [...languages], texts: folded, last: LAST_SIGN },
      phrases: texts.map(({ kind }) => kind === 'phrase'),
      begins: texts.map((token) => token.kind === 'word' && token.begins),
      ...{ least: searchLimits.minBeginning, most: searchLimits.completions },
    },
  };
}

/**
 * A word as it is, without its ending in any of the languages, or as what it begins: as it is looked for, and for the rank, in which
 * marks have no part. Empty where nothing is left of it.
 */
function queriesOf(said: Understood | undefined): { readonly query: string; readonly words: string } {
  const { forms = [], completions = [] } = said ?? {};
  const begun = completions.map(lexeme).filter((form) => !forms.some((one) => one.said === form));
  const together = (form: Form) => [`(${form.said})`, ...form.pairs.slice(0, MOST_PAIRS).map(lexeme)];
  return {
    query: anyOf([...forms.map((form) => together(form).join(' & ')), ...begun]),
    words: anyOf([...forms.map(({ said: form }) => form), ...begun]),
  };
}

const anyOf = (forms: readonly string[]): string => (forms.length === 0 ? '' : `(${forms.join(' | ')})`);

/** What is filtered by words of the index. */
function filtersOf({ tokens, authors, notAuthors }: VideoQuery): string[] {
  const filters: string[] = [];
  const add = (marks: readonly string[], not = false) =>
    filters.push(`${not ? '!' : ''}(${marks.map(lexeme).join(' | ')})`);
  const languages = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'tag') add([tagMark(token.tag)], token.not);
    if (token.kind === 'has') add([hasMark(token.what)], token.not);
    if (token.kind === 'is') add([placeMark(token.what === 'local')]);
    if (token.kind === 'language' && token.not) add([languageMark(token.code)], true);
    if (token.kind === 'language' && !token.not) languages.add(token.code);
  }
  if (languages.size > 0) add([...languages].map(languageMark));
  if (authors) add(authors.map(authorMark));
  if (notAuthors.length > 0) add(notAuthors.map(authorMark), true);
  return filters;
}

type Ranges = Pick<Compiled, 'after' | 'before' | 'longer' | 'shorter'>;

/** Whether nothing can be in these ranges that was there at a moment. */
export const isEmptyRange = ({ after, before, longer, shorter }: Ranges, asOf: number): boolean =>
  after >= before || after > asOf || (longer ?? 0) >= (shorter ?? Number.POSITIVE_INFINITY);

/** Of several of a kind, the narrowest. */
export function rangesOf({ tokens }: VideoQuery): Ranges {
  const momentsOf = (kind: 'after' | 'before') =>
    tokens.flatMap((token) => (token.kind === kind && 'when' in token ? [Date.parse(token.when)] : []));
  const secondsOf = (kind: 'longer' | 'shorter') =>
    tokens.flatMap((token) => (token.kind === kind && 'seconds' in token ? [token.seconds] : []));
  const longer = secondsOf('longer');
  const shorter = secondsOf('shorter');
  return {
    after: Math.max(0, ...momentsOf('after')),
    before: Math.min(Number.MAX_SAFE_INTEGER, ...momentsOf('before')),
    longer: longer.length > 0 ? Math.max(...longer) : null,
    shorter: shorter.length > 0 ? Math.min(...shorter) : null,
  };
}
