import type { Import } from '../../api/types.ts';
import type { english } from './words.ts';

/** Kinds of lists, by the words for them. */
export const kindWords = {
  following: 'following',
  followers: 'followers',
  blocks: 'blocks',
  mutes: 'mutes',
  domain_blocks: 'domain_blocks',
  lists: 'ownLists',
  bookmarks: 'bookmarks',
  folders: 'folders',
  playlists: 'playlists',
  packs: 'packs',
  tags: 'tags',
  sounds: 'sounds',
} as const satisfies Record<Import['type'] | 'followers', keyof typeof english>;

/** Those that can be brought. */
export const importKinds = [
  'following',
  'blocks',
  'mutes',
  'domain_blocks',
  'lists',
  'bookmarks',
  'folders',
  'playlists',
  'packs',
  'tags',
  'sounds',
] as const satisfies Import['type'][];

/** What only servers like this one read. */
export const libraryKinds = [
  'folders',
  'playlists',
  'packs',
  'tags',
  'sounds',
] as const satisfies Import['type'][];

/** What the name of a file tells of it, as Mastodon and this server name theirs. */
export function kindOfFile(name: string): Import['type'] | null {
  const plain = name.toLowerCase();
  const ours = libraryKinds.find((kind) => plain.startsWith(kind));
  if (ours) return ours;
  if (/domain|server/.test(plain)) return 'domain_blocks';
  if (/follow/.test(plain)) return 'following';
  if (/block/.test(plain)) return 'blocks';
  if (/mute/.test(plain)) return 'mutes';
  if (/bookmark|saved/.test(plain)) return 'bookmarks';
  return /list/.test(plain) ? 'lists' : null;
}
