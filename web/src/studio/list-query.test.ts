import { expect, test } from 'vitest';
import { readListQuery, writeListQuery } from './list-query.ts';

test('the address says what is listed, and nonsense in it is what is usual', () => {
  expect(readListQuery({})).toEqual({ state: null, sort: 'date', search: '' });
  expect(readListQuery({ state: 'gone', sort: 'luck', q: 'x'.repeat(300) })).toEqual({
    ...{ state: null, sort: 'date', search: 'x'.repeat(200) },
  });
  const query = { state: 'draft', sort: 'views', search: 'snow & ice' } as const;
  expect(readListQuery(Object.fromEntries(writeListQuery(query)))).toEqual(query);
  expect(writeListQuery({ state: null, sort: 'date', search: ' ' }).toString()).toBe('');
});
