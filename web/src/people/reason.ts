import type { Suggestion } from '../api/schema.gen.ts';
import { say } from './say.ts';

/** Why somebody is suggested, in a sentence: the nearest reason of those there are. */
export function reasonOf({ sources, followed_by: friends, tags }: Omit<Suggestion, 'account'>): string {
  const [tag] = tags;
  const [friend, ...others] = friends;
  if (friend && others.length > 0) return say('followedByMore', { acct: friend.acct, n: others.length });
  if (friend) return say('followedBy', { acct: friend.acct });
  if (tag !== undefined) return say('posts', { tag });
  if (sources.includes('friends_of_friends')) return say('followedByFriends');
  return say(sources.includes('recommended') ? 'recommended' : 'mostFollowed');
}
