import { expect, test } from 'vitest';
import { isFiltered, NO_FILTERS, readFilters, searchPath, withFilters } from './filters.ts';

const now = new Date('2026-11-28T15:00:00Z');

test('filters are read from the address that they make', () => {
  const filters = { language: 'de', age: 'week', length: 'medium', place: 'local' } as const;
  const query = Object.fromEntries(new URL(searchPath('snow', filters), 'https://a.test').searchParams);
  expect(query.q).toBe('snow');
  expect(readFilters(query)).toEqual(filters);
  expect(searchPath('', NO_FILTERS)).toBe('/search');
});

test('what is no filter counts as nothing', () => {
  const read = readFilters({ language: 'de is:local', age: 'toString', length: '5', place: 'here' });
  expect(read).toEqual(NO_FILTERS);
  expect(isFiltered(read)).toBe(false);
});

test('the server is asked in its own words', () => {
  expect(withFilters('snow', NO_FILTERS, now)).toBe('snow');
  expect(withFilters('snow', { language: 'de', age: 'week', length: 'medium', place: 'remote' }, now)).toBe(
    'snow language:de after:2026-11-21T15:00:00.000Z longer:30 shorter:60 is:remote',
  );
});
