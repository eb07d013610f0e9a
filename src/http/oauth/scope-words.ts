import type { Scope } from '../../modules/auth/index.ts';

type Single = Exclude<Scope, `admin:${string}`>;

/** What each scope lets an app do, as its person is told. */
const WORDS: Readonly<Record<Single, string>> = {
  profile: 'See who you are: your name and your picture',
  read: 'See everything that you can see, what is private included',
  'read:accounts': 'See your profile and what is in it',
  'read:blocks': 'See whom you block',
  'read:bookmarks': 'See your bookmarks',
  'read:favourites': 'See what you like',
  'read:filters': 'See your filters',
  'read:follows': 'See whom you follow',
  'read:history': 'See what you watched, and what you are not interested in',
  'read:lists': 'See your lists',
  'read:mutes': 'See whom you mute',
  'read:notifications': 'See your notifications',
  'read:search': 'Search in your name',
  'read:statuses': 'See posts, those that only you may see included',
  write: 'Change everything that is yours, and post in your name',
  'write:accounts': 'Change your profile',
  'write:blocks': 'Block people and servers',
  'write:bookmarks': 'Bookmark posts',
  'write:conversations': 'Mute and remove conversations',
  'write:favourites': 'Like posts',
  'write:filters': 'Change your filters',
  'write:follows': 'Follow people',
  'write:history': 'Note what you watch, and change that list',
  'write:lists': 'Change your lists',
  'write:media': 'Upload videos and pictures',
  'write:mutes': 'Mute people and conversations',
  'write:notifications': 'Remove your notifications',
  'write:reports': 'Report posts and people',
  'write:statuses': 'Post and delete in your name',
  follow: 'See and change whom you follow, block and mute',
  push: 'Send you your notifications',
};

/** One sentence for each scope; those of the staff are named as they are written. */
export function scopeSentences(scopes: readonly Scope[]): string[] {
  return scopes.map((scope) => {
    if (isSingle(scope)) return WORDS[scope];
    const verb = scope.startsWith('admin:write') ? 'Change' : 'See';
    const thing = scope.split(':')[2]?.replaceAll('_', ' ') ?? 'everything';
    return `${verb} what only the staff of this server may: ${thing}`;
  });
}

function isSingle(scope: Scope): scope is Single {
  return scope in WORDS;
}
