import { expect, test } from 'vitest';
import { fakeAccount } from '../../../test/helpers/fake-entities.ts';
import { bodyOf, missingIn, type ReportDraft, type Subject, stepsFor } from './report.ts';

const local = fakeAccount('1', 'alice');
const remote = fakeAccount('2', 'mika', 'film.example');
const clip: Subject = { kind: 'clip', id: '7', account: local };
const draft = (changes: Partial<ReportDraft> = {}): ReportDraft => ({
  ...{ subject: clip, category: 'spam', ruleIds: [], details: '', forward: false },
  ...changes,
});

test('nobody is asked what is meant where only one thing can be', () => {
  expect(stepsFor([clip, { kind: 'account', account: local }])).toEqual(['what', 'why', 'more']);
  expect(stepsFor([{ kind: 'account', account: local }])).toEqual(['why', 'more']);
});

test('a reason is needed, a rule where one is broken, and words where nothing else says what it is', () => {
  expect(missingIn('what', draft({ category: null }))).toBeNull();
  expect(missingIn('why', draft({ category: null }))).toBe('whyMissing');
  expect(missingIn('why', draft({ category: 'violation' }))).toBe('ruleMissing');
  expect(missingIn('why', draft({ category: 'violation', ruleIds: ['1'] }))).toBeNull();
  expect(missingIn('more', draft())).toBeNull();
  expect(missingIn('more', draft({ category: 'other', details: ' ' }))).toBe('detailsNeeded');
  expect(missingIn('more', draft({ category: 'other', details: 'This' }))).toBeNull();
});

test('rules go along where one is broken, posts where one is meant, and nothing of ours goes to another server', () => {
  expect(bodyOf(draft({ ruleIds: ['1'], details: ' Look \n', forward: true }))).toEqual({
    ...{ account_id: '1', status_ids: ['7'], pack_ids: [], playlist_ids: [], category: 'spam', rule_ids: [] },
    ...{ comment: 'Look', forward: false },
  });
  const pack: Subject = { kind: 'pack', id: '8', account: local };
  expect(bodyOf(draft({ subject: pack }))).toMatchObject({
    ...{ account_id: '1', status_ids: [], pack_ids: ['8'], playlist_ids: [] },
  });
  const playlist: Subject = { kind: 'playlist', id: '9', account: local };
  expect(bodyOf(draft({ subject: playlist }))).toMatchObject({
    ...{ account_id: '1', status_ids: [], pack_ids: [], playlist_ids: ['9'] },
  });
  const about: Subject = { kind: 'account', account: remote };
  expect(
    bodyOf(draft({ subject: about, category: 'violation', ruleIds: ['2'], forward: true })),
  ).toMatchObject({
    ...{ account_id: '2', status_ids: [], category: 'violation', rule_ids: ['2'], forward: true },
  });
});
