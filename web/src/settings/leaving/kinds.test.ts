import { expect, test } from 'vitest';
import { kindOfFile } from './kinds.ts';

test.each([
  ['following_accounts.csv', 'following'],
  ['blocked_accounts.csv', 'blocks'],
  ['blocked_domains.csv', 'domain_blocks'],
  ['muted_accounts.csv', 'mutes'],
  ['bookmarks.csv', 'bookmarks'],
  ['lists.csv', 'lists'],
  ['playlists.csv', 'playlists'],
  ['folders (1).csv', 'folders'],
  ['packs.csv', 'packs'],
  ['tags.csv', 'tags'],
  ['sounds.csv', 'sounds'],
  ['export.csv', null],
])('%s holds %s', (name, kind) => expect(kindOfFile(name)).toBe(kind));
