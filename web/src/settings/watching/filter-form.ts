import type { Filter } from '../../api/types.ts';
import type { FilterAction, FilterContext, FilterForm } from '../calls.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

/** What somebody writes down about a filter. */
export interface FilterDraft {
  readonly title: string;
  /** One a line. */
  readonly words: string;
  readonly wholeWords: boolean;
  readonly where: readonly FilterContext[];
  readonly action: FilterAction;
  readonly ends: FilterEnd;
}

export const filterContexts = [
  'home',
  'public',
  'thread',
  'notifications',
  'account',
] as const satisfies FilterContext[];
export const filterActions = ['hide', 'warn', 'blur'] as const satisfies FilterAction[];

/** How long a filter counts from now on, in seconds; `keep` leaves the end that it has. */
export const filterEnds = {
  keep: undefined,
  never: null,
  hour: HOUR_S,
  day: DAY_S,
  week: 7 * DAY_S,
  month: 30 * DAY_S,
} as const;
export type FilterEnd = keyof typeof filterEnds;

export const newDraft: FilterDraft = {
  title: '',
  words: '',
  wholeWords: true,
  where: ['home', 'public', 'thread'],
  action: 'hide',
  ends: 'never',
};

/** A filter as its form shows it. */
export function draftOf(filter: Filter): FilterDraft {
  return {
    title: filter.title,
    words: filter.keywords.map(({ keyword }) => keyword).join('\n'),
    wholeWords: filter.keywords.every(({ whole_word }) => whole_word),
    where: filter.context,
    action: filter.filter_action,
    ends: 'keep',
  };
}

/** What is missing in a draft, by its fields. */
export function missingIn(draft: FilterDraft): readonly ('title' | 'words' | 'where')[] {
  return [
    ...(wordsIn(draft).length === 0 ? (['words'] as const) : []),
    ...(draft.where.length === 0 ? (['where'] as const) : []),
  ];
}

/** The form that makes a filter as in the draft: words that stay keep their ids, the others go. */
export function formOf(draft: FilterDraft, before: Filter | null): FilterForm {
  const wanted = wordsIn(draft);
  const kept = before?.keywords ?? [];
  const same = (word: string) => kept.find(({ keyword }) => fold(keyword) === fold(word));
  const gone = kept.filter(({ keyword }) => !wanted.some((word) => fold(word) === fold(keyword)));
  const expires = filterEnds[draft.ends];
  return {
    title: draft.title.trim() || (wanted[0] ?? ''),
    context: draft.where,
    filter_action: draft.action,
    ...(expires === undefined ? {} : { expires_in: expires }),
    keywords_attributes: [
      ...wanted.map((keyword) => {
        const id = same(keyword)?.id;
        return { ...(id === undefined ? {} : { id }), keyword, whole_word: draft.wholeWords };
      }),
      ...gone.map(({ id }) => ({ id, _destroy: true as const })),
    ],
  };
}

const fold = (word: string) => word.toLocaleLowerCase();

function wordsIn(draft: FilterDraft): string[] {
  const seen = new Set<string>();
  return draft.words
    .split('\n')
    .map((word) => word.trim())
    .filter((word) => {
      const isNew = word !== '' && !seen.has(fold(word));
      seen.add(fold(word));
      return isNew;
    });
}
