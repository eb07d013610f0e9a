import { expect, test } from 'vitest';
import { shortened } from './shortened.ts';

test.each([
  ['Snow', 'Snow'],
  ['Snow fell', 'Snow fell'],
  ['Snow fell again', 'Snow fell…'],
  ['Snow fall again', 'Snow fall…'],
  ['Snow in a bag', 'Snow in a…'],
  ['12345678 0', '12345678…'],
  // Nothing is cut in two.
  ['12345678🐦0', '12345678🐦…'],
])('%s is told as %s', (text, told) => {
  expect(shortened(text, 9)).toBe(told);
});
