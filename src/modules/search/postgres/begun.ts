import { searchLimits } from '../../../../config/search-limits.ts';
import type { Statement } from './statement.ts';

/** After every other sign, in the order of bytes: what begins with a text lies between it and the text with this one. */
export const LAST_SIGN = '\u{10ffff}';

/** Hashtags that begin so, those that most videos have first. */
export const begunTags = (text: string, most: number): Statement =>
  begun(text, most, {
    common: (letters) =>
      `select term as name, uses from (
         select tag from search_common_tags where left(tag, ${letters}) = :text order by step desc, tag limit :common) as common
       join search_terms on kind = 'tag' and term = tag`,
    others: `select term as name, uses from search_terms
       where kind = 'tag' and term ~>=~ :text and term ~<~ (:text || :last)`,
    order: 'order by term using ~<~',
  });

/** Ids of sounds whose name begins so, in the same order. */
export const begunSounds = (text: string, most: number): Statement =>
  begun(text, most, {
    common: (letters) =>
      `select id as name, uses from sounds
        where is_open and title <> '' and left(search_fold(title), ${letters}) = search_fold(:text) order by uses desc, id limit :common`,
    others: `select id as name, uses from sounds
       where is_open and title <> '' and search_fold(title) ~>=~ search_fold(:text) and search_fold(title) ~<~ (search_fold(:text) || :last)`,
    order: 'order by search_fold(title) using ~<~',
  });

interface Places {
  /** Those used most, by so many letters. */
  readonly common: (letters: number) => string;
  /** All, in the order of the index. */
  readonly others: string;
  readonly order: string;
}

/**
 * So few letters begin more names than can be looked at: they have indexes in the order of what is used most. Where these have not enough, and
 * for longer beginnings, all names that begin so are looked at, as far as there are not too many.
 */
function begun(text: string, most: number, { common, others, order }: Places): Statement {
  // NUL is no text in PostgreSQL (security.md W5).
  const clean = text.replaceAll('\u0000', ' ');
  const letters = [...clean].length;
  const all = { text: clean, last: LAST_SIGN, most, looked: searchLimits.begunLookedAt };
  if (letters < 1 || letters > searchLimits.commonLetters) {
    return {
      sql: `select name from (${others} ${order} limit :looked) as begun order by uses desc, name limit :most`,
      bindings: all,
    };
  }
  return {
    sql: `with common as materialized (${common(letters)}),
               others as (${others} and (select count(*) from common) < :most ${order} limit :looked)
          select name from (select * from common union select * from others) as begun order by uses desc, name limit :most`,
    bindings: { ...all, common: Math.max(most, searchLimits.commonLookedAt) },
  };
}
