import { expect, test } from 'vitest';
import { meaningsOf } from './scopes.ts';

test('an app may do what its scopes are about, each said once', () => {
  expect(meaningsOf(['read:accounts', 'read', 'write:statuses', 'push', 'made-up'])).toEqual([
    'mayRead',
    'mayWrite',
    'mayPush',
  ]);
  expect(meaningsOf([])).toEqual([]);
});
