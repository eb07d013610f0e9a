import { expect, test } from 'vitest';
import { fakeAccount } from '../../../test/helpers/fake-entities.ts';
import type { RemixOf } from '../api/types.ts';
import { lineOf } from './line.ts';

const duet: RemixOf = {
  ...{
    kind: 'duet',
    layout: 'top_bottom',
    state: 'available',
    unpublished: false,
    refusal: null,
    video_id: '7',
  },
  ...{ url: 'https://film.example/v/7', account: fakeAccount('2', 'mika', 'film.example') },
};

test('a remix names whose clip it was made from, and leads to it on this server', () => {
  expect(lineOf(duet)).toEqual({ text: 'Duet with @mika@film.example', href: '/@mika@film.example/7' });
  expect(lineOf({ ...duet, kind: 'stitch' }).text).toBe('Stitch with @mika@film.example');
  expect(lineOf({ ...duet, state: 'pending' })).toEqual({
    ...{ text: 'Duet with @mika@film.example, who has not answered yet', href: '/@mika@film.example/7' },
  });
});

test('an original that is gone is said to be, and leads nowhere', () => {
  expect(lineOf({ ...duet, state: 'unavailable' })).toEqual({
    ...{ text: 'Duet. The original is not available any more.', href: null },
  });
});

test('what its author does not allow names nobody, nor does what another server says before they answered', () => {
  const unnamed = { ...duet, video_id: null, url: null, account: null };
  expect(lineOf({ ...unnamed, state: 'refused' })).toEqual({
    ...{ text: 'Duet. The author of the original does not allow it.', href: null },
  });
  expect(lineOf({ ...unnamed, kind: 'stitch', state: 'pending' })).toEqual({
    ...{ text: 'Stitch with another clip, whose author has not answered yet', href: null },
  });
});
