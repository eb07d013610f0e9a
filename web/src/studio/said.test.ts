import { expect, test } from 'vitest';
import { localTime } from '../editing/schedule.ts';
import { changesOf, isChanged, type Said } from './said.ts';

const before: Said = {
  ...{ caption: 'Birds', altText: 'Two birds', language: 'en', visibility: 'private', warning: '' },
  ...{
    sensitive: false,
    soundTitle: '',
    comment: true,
    download: true,
    duet: true,
    stitch: true,
    sound: true,
    ask: false,
    postAt: '',
  },
};

test('only what is other than it was is sent', () => {
  expect(changesOf(before, before)).toEqual({});
  expect(isChanged(before, { ...before, caption: 'Birds ' })).toBe(false);
  expect(changesOf(before, { ...before, caption: 'More birds\n', language: '' })).toEqual({
    ...{ caption: 'More birds', language: null },
  });
  expect(changesOf(before, { ...before, download: false, comment: false, visibility: 'public' })).toEqual({
    ...{ visibility: 'public', permissions: { comment: false, download: false } },
  });
  expect(changesOf(before, { ...before, sound: false })).toEqual({ permissions: { sound: false } });
  expect(changesOf(before, { ...before, warning: 'Loud', sensitive: true })).toEqual({
    ...{ content_warning: 'Loud', sensitive: true },
  });
});

test('a time is sent as a moment, and its end as none', () => {
  const moment = Date.UTC(2030, 0, 2, 3, 4);
  const timed = { ...before, postAt: localTime(moment) };
  expect(changesOf(before, timed)).toEqual({ scheduled_at: new Date(moment).toISOString() });
  expect(changesOf(timed, before)).toEqual({ scheduled_at: null });
});
