import { describe, expect, test } from 'vitest';
import { fakeAccount, fakeStatus } from '../../../test/helpers/fake-entities.ts';
import type { Media } from '../api/types.ts';
import { authorsOf, together } from './people.ts';
import { parseTopic, withOrWithout } from './topics.ts';

const people = ['1', '2', '3', '4'].map((id) => fakeAccount(id, `p${id}`));
const post = (n: number, ...tags: string[]) => {
  const account = people[n - 1] ?? fakeAccount('9', 'p9');
  const named = tags.map((name) => ({ name, url: '' }));
  return fakeStatus(`${n}0`, account, {} as Media, { tags: named });
};

describe('whom to follow', () => {
  test('those of each interest in turn', () => {
    const posts = [post(1, 'Birds'), post(2, 'birds'), post(3, 'cats'), post(4, 'dogs')];
    const found = authorsOf(posts, ['birds', 'cats']).map(({ account, tag }) => [account.id, tag]);
    expect(found).toEqual([
      ['1', 'birds'],
      ['3', 'cats'],
      ['2', 'birds'],
    ]);
  });

  test('each once, by the first reason, and not oneself', () => {
    const [a, b] = authorsOf([post(1, 'x'), post(2, 'x')], ['x']);
    if (!a || !b) throw new Error('Nobody was found.');
    const all = together([[a], [{ ...a, tag: null }, b]], new Set([b.account.id]));
    expect(all).toEqual([a]);
  });
});

describe('topics', () => {
  test.each([
    ['#Birds', 'birds'],
    [' kochen ', 'kochen'],
    ['東京', '東京'],
    ['2026', null],
    ['two words', null],
    ['', null],
  ])('%s', (text, topic) => {
    expect(parseTopic(text)).toBe(topic);
  });

  test('pressed once more, one is taken back', () => {
    expect(withOrWithout(['a'], 'b')).toEqual(['a', 'b']);
    expect(withOrWithout(['a', 'b'], 'a')).toEqual(['b']);
  });
});
