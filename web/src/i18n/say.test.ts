import { expect, expectTypeOf, test } from 'vitest';
import { sayer, speak } from './say.ts';
import type { ValuesOf } from './values.ts';

test('what a message wants to be told is read from its text', () => {
  expectTypeOf<ValuesOf<'Close'>>().toEqualTypeOf<[]>();
  expectTypeOf<ValuesOf<'{name} of {server}'>>().toEqualTypeOf<
    [values: { readonly name: string | number; readonly server: string | number }]
  >();
  expectTypeOf<ValuesOf<'{n, plural, one {# clip by {name}} other {# clips by {name}}}'>>().toEqualTypeOf<
    [values: { readonly n: number; readonly name: string | number }]
  >();
  expectTypeOf<ValuesOf<'{n, plural, one {{shown} clip} other {{shown} clips}}'>>().toEqualTypeOf<
    [values: { readonly n: number; readonly shown: string | number }]
  >();
  expectTypeOf<ValuesOf<'{size, number} of {kind, select, video {Videos} other {Clips}}'>>().toEqualTypeOf<
    [values: { readonly size: number; readonly kind: string | number }]
  >();
});

test('a message is said in the language of the page, and in English where that has none', () => {
  const english = { close: 'Close', clips: 'clips: {n}' } as const;
  const say = sayer('test', english);
  expect(say('close')).toBe('Close');
  speak('de', { test: { close: 'Schließen' } });
  expect(say('close')).toBe('Schließen');
  expect(say('clips', { n: 2 })).toBe('clips: {n}');
  speak('en', {});
  expect(say('close')).toBe('Close');
});
