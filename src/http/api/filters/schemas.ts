import { z } from 'zod';
import {
  type Filter,
  type FilteredStatus,
  type FilterKeyword,
  filterActions,
  filterContexts,
} from '../../../modules/filters/index.ts';

export const filterKeywordEntity = z
  .object({ id: z.string(), keyword: z.string(), whole_word: z.boolean() })
  .meta({ id: 'FilterKeyword' });

export const filterStatusEntity = z
  .object({ id: z.string(), status_id: z.string() })
  .meta({ id: 'FilterStatus' });

const filter = z.object({
  id: z.string(),
  title: z.string(),
  context: z.array(z.enum(filterContexts)),
  expires_at: z.string().nullable(),
  filter_action: z.enum(filterActions),
});

export const filterEntity = filter
  .extend({ keywords: z.array(filterKeywordEntity), statuses: z.array(filterStatusEntity) })
  .meta({ id: 'Filter' });

/** What the filters of the viewer say of a post. */
export const filterResultEntity = z
  .object({
    filter,
    keyword_matches: z.array(z.string()).nullable(),
    status_matches: z.array(z.string()).nullable(),
  })
  .meta({ id: 'FilterResult' });

export const keywordEntityOf = ({ id, keyword, wholeWord }: FilterKeyword) => ({
  ...{ id, keyword, whole_word: wholeWord },
});

export const filteredEntityOf = ({ id, statusId }: FilteredStatus) => ({ id, status_id: statusId });

/** A filter without what it looks for, as it stands beside a post. */
export function briefFilterOf({ id, title, contexts, expiresAt, action }: Filter) {
  return {
    ...{ id, title, context: [...contexts], filter_action: action },
    expires_at: expiresAt?.toISOString() ?? null,
  };
}

export function filterEntityOf(one: Filter) {
  return {
    ...briefFilterOf(one),
    keywords: one.keywords.map(keywordEntityOf),
    statuses: one.statuses.map(filteredEntityOf),
  };
}
