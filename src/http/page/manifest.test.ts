import { expect, test } from 'vitest';
import { shortNameOf } from './manifest.ts';

test.each([
  ['Vireo', 'Vireo'],
  ['Short films of the coast', 'Short films'],
  ['Donaudampfschifffahrt', 'Donaudampfsc'],
  ['  ', '  '],
])('a launcher shows %s as %s', (name, short) => {
  expect(shortNameOf(name)).toBe(short);
});
