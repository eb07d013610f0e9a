import type { Suggestion } from '../api/schema.gen.ts';
import type { Account, Status } from '../api/types.ts';

/** Somebody to follow, and by which interest they were found, or why the server suggests them. */
export interface Suggested {
  readonly account: Account;
  readonly tag: string | null;
  readonly why?: Omit<Suggestion, 'account'>;
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
