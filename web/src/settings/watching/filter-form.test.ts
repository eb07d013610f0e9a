import { describe, expect, test } from 'vitest';
import type { Filter } from '../../api/types.ts';
import { draftOf, type FilterDraft, formOf, missingIn, newDraft } from './filter-form.ts';

const filter: Filter = {
  id: '1',
  title: 'No spoilers',
  context: ['home'],
  expires_at: '2027-01-01T00:00:00.000Z',
  filter_action: 'warn',
  keywords: [
    { id: '2', keyword: 'finale', whole_word: true },
    { id: '3', keyword: 'last episode', whole_word: true },
  ],
  statuses: [],
};

const draft = (change: Partial<FilterDraft>): FilterDraft => ({ ...newDraft, ...change });

describe('a filter', () => {
  test('is made of lines, each word once, and named by the first where it has no name', () => {
    expect(formOf(draft({ words: ' finale \n\nFinale\nlast episode', ends: 'day' }), null)).toEqual({
      title: 'finale',
      context: ['home', 'public', 'thread'],
      filter_action: 'hide',
      expires_in: 86_400,
      keywords_attributes: [
        { keyword: 'finale', whole_word: true },
        { keyword: 'last episode', whole_word: true },
      ],
    });
  });

  test('changed keeps the words that stay, and its end', () => {
    expect(formOf({ ...draftOf(filter), words: 'Finale\nwinner', wholeWords: false }, filter)).toEqual({
      title: 'No spoilers',
      context: ['home'],
      filter_action: 'warn',
      keywords_attributes: [
        { id: '2', keyword: 'Finale', whole_word: false },
        { keyword: 'winner', whole_word: false },
        { id: '3', _destroy: true },
      ],
    });
  });

  test('says what it lacks', () => {
    expect(missingIn(draft({ words: ' \n' }))).toEqual(['words']);
    expect(missingIn(draft({ words: 'finale', where: [] }))).toEqual(['where']);
    expect(missingIn(draftOf(filter))).toEqual([]);
    expect(formOf({ ...draftOf(filter), ends: 'never' }, filter).expires_in).toBeNull();
  });
});
