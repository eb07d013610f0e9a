import type { FilterId } from '../../lib/ids.ts';

export const filterContexts = ['home', 'notifications', 'public', 'thread', 'account'] as const;
export type FilterContext = (typeof filterContexts)[number];
export const filterActions = ['warn', 'hide', 'blur'] as const;
export type FilterAction = (typeof filterActions)[number];

export interface FilterKeyword {
  readonly id: string;
  readonly keyword: string;
  readonly wholeWord: boolean;
}

export interface FilteredStatus {
  readonly id: string;
  /** Of a video or a comment. */
  readonly statusId: string;
}

/** What somebody does not want to read, and what apps do about it. */
export interface Filter {
  readonly id: FilterId;
  readonly title: string;
  readonly contexts: readonly FilterContext[];
  readonly action: FilterAction;
  readonly expiresAt: Date | null;
  readonly keywords: readonly FilterKeyword[];
  readonly statuses: readonly FilteredStatus[];
}

/** Why a filter speaks of a post. */
export interface FilterMatch {
  readonly filter: Filter;
  readonly keywords: readonly string[];
  readonly statusIds: readonly string[];
}

/** What is looked through of a post. */
export interface FilteredText {
  readonly id: string;
  /** All that it says, without marks. */
  readonly text: string;
}

/**
 * Finds what a number of filters say of posts, whole words by the letters and digits of any script (Unicode UTS 18).
 * Words of a filter are compared as they are: nothing in them is a pattern, so none can be slow.
 */
export function matcherOf(filters: readonly Filter[]): (post: FilteredText) => FilterMatch[] {
  const prepared = filters.map((filter) => ({
    filter,
    words: filter.keywords.map((word) => ({ word: word.keyword, pattern: patternOf(word) })),
    statusIds: new Set(filter.statuses.map(({ statusId }) => statusId)),
  }));
  return ({ id, text }) =>
    prepared.flatMap(({ filter, words, statusIds }) => {
      const keywords = words.filter(({ pattern }) => pattern.test(text)).map(({ word }) => word);
      const named = statusIds.has(id) ? [id] : [];
      return keywords.length + named.length === 0 ? [] : [{ filter, keywords, statusIds: named }];
    });
}

function patternOf({ keyword, wholeWord }: FilterKeyword): RegExp {
  const exact = keyword.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const isWord = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{M}\p{N}_]/u.test(letter);
  const before = wholeWord && isWord([...keyword][0]) ? '(?<![\\p{L}\\p{M}\\p{N}_])' : '';
  const after = wholeWord && isWord([...keyword].at(-1)) ? '(?![\\p{L}\\p{M}\\p{N}_])' : '';
  return new RegExp(`${before}${exact}${after}`, 'iu');
}
