import type { AccountId } from '../../../lib/ids.ts';
import { matcherOf } from '../../../modules/filters/index.ts';
import type { HttpDeps } from '../../deps.ts';
import type { StatusEntity } from '../schemas.ts';
import { briefFilterOf } from './schemas.ts';

/** What is asked of a post before it is shown. */
interface Filtered {
  readonly id: string;
  readonly authorId: AccountId;
  /** All of its text, without marks. */
  readonly text: string;
}

/**
 * Says of posts what the filters of the viewer say, one's own left out: one query whatever their number. Apps look for
 * the place where each filter counts, and hide or warn.
 */
export async function filteredFor(
  deps: Pick<HttpDeps, 'filters'>,
  viewerId: AccountId | null,
  posts: readonly Filtered[],
): Promise<(post: Filtered) => StatusEntity['filtered']> {
  if (viewerId === null || posts.length === 0) return () => [];
  const filters = await deps.filters.current(viewerId);
  if (filters.length === 0) return () => [];
  const matches = matcherOf(filters);
  return (post) =>
    post.authorId === viewerId
      ? []
      : matches(post).map(({ filter, keywords, statusIds }) => ({
          filter: briefFilterOf(filter),
          keyword_matches: keywords.length === 0 ? null : [...keywords],
          status_matches: statusIds.length === 0 ? null : [...statusIds],
        }));
}
