import { expect, test } from 'vitest';
import { isAnyLeft } from './left-to-follow.ts';

const known = new Map([
  ['followed', { following: true, requested: false }],
  ['asked', { following: false, requested: true }],
  ['stranger', { following: false, requested: false }],
]);
const isLeft = (...ids: string[]) =>
  isAnyLeft(
    ids.map((id) => ({ id })),
    'me',
    known,
  );

test('somebody is left to follow whom one does not follow, nor has asked, or of whom that is not known', () => {
  expect(isLeft('followed', 'stranger')).toBe(true);
  expect(isLeft('followed', 'unknown')).toBe(true);
});

test('nobody is left among those one follows or has asked, and oneself', () => {
  expect(isLeft('followed', 'asked', 'me')).toBe(false);
  expect(isLeft('me')).toBe(false);
  expect(isLeft()).toBe(false);
});
