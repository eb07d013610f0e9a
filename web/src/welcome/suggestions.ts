import type { ApiOutcome } from '../api/client.ts';
import type { Account } from '../api/types.ts';
import { welcomeCalls } from './calls.ts';
import { authorsOf, type Suggested, together } from './people.ts';

/** People for somebody: whom the server suggests and says why, then by interest, then whom many watch, then who is active here. */
export async function suggestedFor(
  viewerId: string,
  interests: readonly string[],
): Promise<ApiOutcome<Suggested[]>> {
  const [posts, suggested, creators, active] = await Promise.all([
    interests.length > 0 ? welcomeCalls.postsAbout(interests) : null,
    welcomeCalls.suggestions(),
    welcomeCalls.creators(),
    welcomeCalls.directory(),
  ]);
  const answers = [posts, suggested, creators, active].filter((answer) => answer !== null);
  const failure = answers.find((answer) => !answer.ok);
  // One list that is missing is not missed; where there is none at all, it can be said why.
  if (failure && answers.every(({ ok }) => !ok)) return failure;
  const plain = (accounts: readonly Account[]): Suggested[] =>
    accounts.map((account) => ({ account, tag: null }));
  const value = together(
    [
      suggested.ok ? suggested.value.map(({ account, ...why }) => ({ account, tag: null, why })) : [],
      posts?.ok ? authorsOf(posts.value, interests) : [],
      creators.ok ? plain(creators.value) : [],
      active.ok ? plain(active.value) : [],
    ],
    new Set([viewerId]),
  );
  return { ok: true, value };
}
