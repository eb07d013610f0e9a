import type { AccountId } from '../../../lib/ids.ts';
import { type Filter, type FilteredText, matcherOf } from '../../../modules/filters/index.ts';
import type { StatusEntity } from '../schemas.ts';
import { briefFilterOf } from './schemas.ts';

/**
 * Says of posts what these filters of the viewer say, one's own left out. Apps look for the place where each filter counts, and hide or
 * warn. `textsOf` is asked only where somebody filters: what a post says is dear to find out.
 */
export function filteredBy<P extends { readonly accountId: AccountId }>(
  filters: readonly Filter[],
  viewerId: AccountId | null,
  textsOf: (post: P) => FilteredText,
): (post: P) => StatusEntity['filtered'] {
  if (filters.length === 0) return () => [];
  const matches = matcherOf(filters);
  return (post) =>
    post.accountId === viewerId
      ? []
      : matches(textsOf(post)).map(({ filter, keywords, statusIds }) => ({
          filter: briefFilterOf(filter),
          keyword_matches: keywords.length === 0 ? null : [...keywords],
          status_matches: statusIds.length === 0 ? null : [...statusIds],
        }));
}
