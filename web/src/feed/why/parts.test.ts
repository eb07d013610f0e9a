import { expect, test } from 'vitest';
import { partKey, shownParts, strongest, withFewer } from './parts.ts';
import { english } from './words.ts';

const part = (feature: string, value: number) => ({ feature, value, about: {} });

test('parts of one name are one, the largest first, and those that are nothing are left out', () => {
  const parts = [
    part('social', 0.5),
    part('neighbours', 0.6),
    part('neighbours', 0.4),
    part('quality', -2),
    part('trends', 0.001),
  ];
  expect(shownParts(parts)).toEqual([
    { feature: 'quality', value: -2, size: 1 },
    { feature: 'neighbours', value: 1, size: 0.5 },
    { feature: 'social', value: 0.5, size: 0.25 },
  ]);
  expect(shownParts([])).toEqual([]);
});

test('a part is found by its name; one that is new has no word yet', () => {
  expect(partKey('tag-affinity', english)).toBe('partTagAffinity');
  expect(partKey('something-new', english)).toBeNull();
});

test('what spoke for a clip most is named, and nothing that spoke against it', () => {
  const parts = [part('quality', -2), part('social', 0.5), part('something-new', 3), part('trends', 1)];
  expect(strongest(parts, english)).toEqual(['partTrends', 'partSocial']);
  expect(strongest(parts, english, 1)).toEqual(['partTrends']);
});

test('fewer like this halves what its sources count, and keeps all other wishes', () => {
  const once = withFewer({ 'head.hide': 0, 'source.social': 2 }, ['trending', 'social']);
  expect(once).toEqual({ 'head.hide': 0, 'source.social': 1, 'source.trending': 0.5 });
});

test('nothing counts less than the least, and what does already is left as it is', () => {
  expect(withFewer({ 'source.trending': 0.2 }, ['trending'])).toEqual({ 'source.trending': 0.125 });
  expect(withFewer({ 'source.trending': 0.125 }, ['trending'])).toBeNull();
  expect(withFewer({ 'source.trending': 0.1, 'source.social': 1 }, ['trending', 'social'])).toEqual({
    ...{ 'source.trending': 0.1, 'source.social': 0.5 },
  });
  expect(withFewer({}, [])).toBeNull();
});
