import type { ApiOutcome } from '../api/client.ts';
import type { Account, Status } from '../api/types.ts';
import { welcomeCalls } from './calls.ts';

/** Somebody to follow, and by which interest they were found. */
export interface Suggested {
  readonly account: Account;
  readonly tag: string | null;
}

/** More than this is no choice any more. */
const MOST = 24;

/** Authors of posts about what somebody likes: those of each interest in turn, so that one of them does not take all places. */
export function authorsOf(posts: readonly Status[], interests: readonly string[]): Suggested[] {
  const found = interests.map((tag) =>
    posts
      .filter(({ tags }) => tags.some(({ name }) => name.toLowerCase() === tag.toLowerCase()))
      .map(({ account }) => ({ account, tag })),
  );
  const longest = Math.max(0, ...found.map(({ length }) => length));
  return Array.from({ length: longest }, (_, n) => found.flatMap((list) => list[n] ?? [])).flat();
}

/** Each person once, in this order, and nobody who is not to be shown. */
export function together(
  lists: readonly (readonly Suggested[])[],
  without: ReadonlySet<string>,
): Suggested[] {
  const seen = new Set(without);
  return lists
    .flat()
    .filter(({ account: { id } }) => !seen.has(id) && seen.add(id))
    .slice(0, MOST);
}

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
