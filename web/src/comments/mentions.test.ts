import { describe, expect, test } from 'vitest';
import { charactersLeft, completed, lengthOf, tagsLike, wordAt } from './mentions.ts';

const word = (text: string) => {
  const found = wordAt(text, text.length);
  return found && `${found.kind} ${found.query} ${found.start}`;
};

describe('what is being written', () => {
  test.each([
    ['Hello @mi', 'person mi 6'],
    ['@mika@film.ex', 'person mika@film.ex 0'],
    ['(@mika', 'person mika 1'],
    ['@mika.b', 'person mika.b 0'],
    ['See #bir', 'tag bir 4'],
    ['#snöw', 'tag snöw 0'],
    ['#हिन्दी', 'tag हिन्दी 0'],
  ])('%s is a name or a tag', (text, expected) => expect(word(text)).toBe(expected));

  test.each([
    '',
    '@',
    '#',
    'mail me: bob@film',
    'https://a.example/#part',
    'https://a.example/@bob',
    'a#b',
    '@bob ',
    '# tag',
    '&#39',
  ])('"%s" is neither', (text) => expect(word(text)).toBeNull());

  test('is looked for before the caret alone', () => {
    expect(wordAt('@mika and @bob', 3)).toEqual({ kind: 'person', query: 'mi', start: 0, end: 3 });
    expect(wordAt('@mika and', 7)).toBeNull();
  });
});

describe('what was chosen', () => {
  test('takes the place of the word, with one space behind it', () => {
    const text = 'Hi @mi, look';
    const found = wordAt(text, 6);
    expect(found && completed(text, found, 'mika@film.example')).toEqual({
      text: 'Hi @mika@film.example , look',
      caret: 22,
    });
  });
  test('takes along what of the old word followed the caret', () => {
    const found = wordAt('@mika now', 3);
    expect(found && completed('@mika now', found, 'mikael')).toEqual({ text: '@mikael now', caret: 8 });
    const tag = wordAt('#snow now', 3);
    expect(tag && completed('#snow now', tag, 'snowman')).toEqual({ text: '#snowman now', caret: 9 });
  });
});

test('characters are counted as the server counts them', () => {
  expect(lengthOf('  héllo  ')).toBe(5);
  expect(lengthOf('👍')).toBe(1);
});

test('what is left is told only near the end, and below zero beyond it', () => {
  expect(charactersLeft('a'.repeat(399), 500)).toBeNull();
  expect(charactersLeft('a'.repeat(400), 500)).toBe(100);
  expect(charactersLeft('a'.repeat(501), 500)).toBe(-1);
  expect(charactersLeft('', 10)).toBeNull();
  expect(charactersLeft('a'.repeat(9), 10)).toBe(1);
});

test('known tags that begin so are suggested once, in their order, and not the whole word itself', () => {
  const known = ['Birds', 'birds', 'bir', 'snow', 'birdsong'].map((name) => ({ name, uses: 1 }));
  expect(tagsLike(known, 'BIR').map(({ name }) => name)).toEqual(['birds', 'birdsong']);
  expect(tagsLike(known, 'x')).toEqual([]);
});
