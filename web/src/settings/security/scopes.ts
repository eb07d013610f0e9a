import type { english } from '../words.ts';

/** What scopes of apps allow, in words; narrow ones (`read:accounts`) are told by what they belong to. */
const meanings = {
  read: 'mayRead',
  profile: 'mayOwn',
  write: 'mayWrite',
  follow: 'mayFollow',
  push: 'mayPush',
  admin: 'mayAdmin',
} as const satisfies Record<string, keyof typeof english>;

/** The words for what an app may do, each once. */
export function meaningsOf(scopes: readonly string[]): (typeof meanings)[keyof typeof meanings][] {
  const families = new Set(scopes.map((scope) => scope.split(':')[0]));
  return (Object.keys(meanings) as (keyof typeof meanings)[])
    .filter((family) => families.has(family))
    .map((family) => meanings[family]);
}
