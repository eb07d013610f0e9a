import type { ApiOutcome } from '../api/client.ts';
import type { Account } from '../api/types.ts';
import { welcomeCalls } from './calls.ts';
import { authorsOf, type Suggested, together } from './people.ts';

/** People for somebody: by interest, then known by those they follow, then whom many watch, then who is active here. */
export async function suggestedFor(
  viewerId: string,
  interests: readonly string[],
): Promise<ApiOutcome<Suggested[]>> {
  const [posts, friends, creators, active] = await Promise.all([
    interests.length > 0 ? welcomeCalls.postsAbout(interests) : null,
    welcomeCalls.friendsOfFriends(),
    welcomeCalls.creators(),
    welcomeCalls.directory(),
  ]);
  const answers = [posts, friends, creators, active].filter((answer) => answer !== null);
  const failure = answers.find((answer) => !answer.ok);
  // One list that is missing is not missed; where there is none at all, it can be said why.
  if (failure && answers.every(({ ok }) => !ok)) return failure;
  const plain = (accounts: readonly Account[]): Suggested[] =>
    accounts.map((account) => ({ account, tag: null }));
  const value = together(
    [
      posts?.ok ? authorsOf(posts.value, interests) : [],
      friends.ok ? plain(friends.value.map(({ account }) => account)) : [],
      creators.ok ? plain(creators.value) : [],
      active.ok ? plain(active.value) : [],
    ],
    new Set([viewerId]),
  );
  return { ok: true, value };
}
