import { expect, test } from 'vitest';
import { hashtagNames, hashtagsIn, readWish } from './query.ts';

test.each([
  ['', null],
  ['  ', null],
  ['@', null],
  ['#', null],
  [
    'https://film.example/@mika',
    { kind: 'address', text: 'https://film.example/@mika', host: 'film.example' },
  ],
  ['https://', { kind: 'words', text: 'https://' }],
  ['@mika@film.example', { kind: 'handle', text: '@mika@film.example', host: 'film.example' }],
  ['mika@127.0.0.1:3000', { kind: 'handle', text: 'mika@127.0.0.1:3000', host: '127.0.0.1:3000' }],
  ['@mika', { kind: 'words', text: '@mika' }],
  ['#snow', { kind: 'hashtag', text: '#snow' }],
  [' first snow ', { kind: 'words', text: 'first snow' }],
])('%j is read as %j', (input, wish) => {
  expect(readWish(input)).toEqual(wish);
});

const tagsOf = (input: string) => {
  const wish = readWish(input);
  return wish ? hashtagsIn(wish) : null;
};

test.each([
  ['Snow', ['snow']],
  ['#snow birds', ['snow', 'birds']],
  ['snow snow', ['snow']],
  ['première neige', ['première', 'neige']],
  ['2026', []],
  ['a-b', []],
  ['@mika', []],
  ['@mika@film.example', []],
])('the hashtags of %j are %j', (input, tags) => {
  expect(tagsOf(input)).toEqual(tags);
});

test('hashtags that are known and begin so come after the very one', () => {
  const wish = { kind: 'words', text: 'first snow' } as const;
  expect(hashtagNames(wish, ['FirstSnowOfTheYear', 'FirstSnow', 'Snow'], 5)).toEqual([
    'firstsnow',
    'FirstSnowOfTheYear',
    'first',
    'snow',
  ]);
  expect(hashtagNames(wish, ['FirstSnowOfTheYear'], 1)).toEqual(['firstsnow']);
  expect(hashtagNames({ kind: 'words', text: '@mika' }, ['Snow'], 5)).toEqual([]);
});
