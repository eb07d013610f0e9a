import { expect, test } from 'vitest';
import { allows, type Scope, scopes } from './model.ts';

test.each<[Scope[], Scope, boolean]>([
  [['read'], 'read:statuses', true],
  [['read:statuses'], 'read:statuses', true],
  [['read:statuses'], 'read', false],
  [['read:statuses'], 'read:accounts', false],
  [['read'], 'write:statuses', false],
  [['write'], 'read:statuses', false],
  [['read'], 'admin:read', false],
  [['read'], 'admin:read:accounts', false],
  [['admin:read'], 'admin:read:accounts', true],
  [['admin:read'], 'admin:write:accounts', false],
  [['admin:read'], 'read:accounts', false],
  [['admin:read:accounts'], 'admin:read', false],
  [['follow'], 'write:follows', true],
  [['follow'], 'read:mutes', true],
  [['follow'], 'write:statuses', false],
  [['push'], 'push', true],
  [[], 'read', false],
])('%j and %s: %s', (granted, needed, may) => {
  expect(allows(granted, needed)).toBe(may);
});

test('every scope allows itself, and each is named once', () => {
  for (const scope of scopes) expect(allows([scope], scope), scope).toBe(true);
  expect(new Set(scopes).size).toBe(scopes.length);
});
