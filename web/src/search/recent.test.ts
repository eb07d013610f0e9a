import { beforeEach, expect, test } from 'vitest';
import { forgetSearch, forgetSearches, readSearches, recentSearches, rememberSearch } from './recent.ts';

beforeEach(forgetSearches);

test('the last search is on top, each is there once, and the oldest go', () => {
  for (const text of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', ' A ']) rememberSearch(text);
  expect(recentSearches.value).toEqual(['A', 'h', 'g', 'f', 'e', 'd', 'c', 'b']);
  rememberSearch('i');
  expect(recentSearches.value).toEqual(['i', 'A', 'h', 'g', 'f', 'e', 'd', 'c']);
});

test('nothing, and what is longer than a search, is not remembered', () => {
  rememberSearch('  ');
  rememberSearch('x'.repeat(201));
  expect(recentSearches.value).toEqual([]);
});

test('one can be forgotten, or all', () => {
  rememberSearch('a');
  rememberSearch('b');
  forgetSearch('b');
  expect(recentSearches.value).toEqual(['a']);
  forgetSearches();
  expect(recentSearches.value).toEqual([]);
});

test.each([
  [null, []],
  ['no json', []],
  ['{"a":1}', []],
  ['["a",1,"",null,"b"]', ['a', 'b']],
])('what was stored as %j is read as %j', (text, searches) => {
  expect(readSearches(text)).toEqual(searches);
});
