import { describe, expect, test } from 'vitest';
import { type Filter, matcherOf } from './model.ts';

/** What a filter with one word says of a text. */
function found(keyword: string, text: string, wholeWord = true): readonly string[] {
  const words = [{ id: '1', keyword, wholeWord }];
  const filter = { id: '1', keywords: words, statuses: [] } as unknown as Filter;
  return matcherOf([filter])({ id: '2', text }).flatMap(({ keywords }) => keywords);
}

const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));

describe('a word of a filter stands for itself', () => {
  test.each(PRINTABLE.filter((sign) => /[^\w\s]/.test(sign)))('with %s in it', (sign) => {
    for (const wholeWord of [true, false]) {
      for (const word of [`sci${sign}fi`, `${sign}fi`, `sci${sign}`, sign]) {
        expect(found(word, `All of ${word} here`, wholeWord), word).toEqual([word]);
        expect(found(word, 'All of that here', wholeWord), word).toEqual([]);
      }
    }
  });

  test.each(['\\p{L}', '[a-z]', 'a|b', '.*', '(?=x)', '\ud800', '\\'])('and is no pattern: %s', (word) => {
    expect(found(word, 'abc xyz')).toEqual([]);
    expect(found(word, `abc ${word} xyz`)).toEqual([word]);
  });
});
