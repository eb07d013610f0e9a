import { describe, expect, test } from 'vitest';
import { asked, seeded, smallSettings, smallWorld } from '../../../test/helpers/ranking.ts';
import { createRankingEngine } from './index.ts';
import { createDiversity, createListRules, likeness, type Placed } from './rerank.ts';
import { rankingDefaults } from './settings.ts';

const rules = rankingDefaults.rerank;

/** A list of any candidates, as the rules let it grow. */
function listOf(seed: number): Placed[] {
  const random = seeded(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const candidates = Array.from({ length: 400 }, (_, slot) => ({
    slot,
    author: pick(12),
    sound: pick(6),
    tags: [...new Set([1 + pick(5), 1 + pick(5)])],
  }));
  const list: Placed[] = [];
  const kept = createListRules(rules, 60);
  for (const candidate of candidates) {
    if (list.length === 60 || !kept.allows(candidate)) continue;
    kept.place(candidate);
    list.push(candidate);
  }
  return list;
}

function check(list: readonly Placed[], length: number): void {
  for (const [at, { author, sound }] of list.entries()) {
    if (at >= 2) expect(list.slice(at - 2, at).every((before) => before.author === author)).toBe(false);
    const window = list.slice(Math.max(0, at - 29), at + 1);
    expect(window.filter((one) => one.author === author).length).toBeLessThanOrEqual(3);
    if (sound !== 0 && at > 0) expect(list[at - 1]?.sound).not.toBe(sound);
  }
  for (const tag of new Set(list.flatMap(({ tags }) => tags)))
    expect(list.filter(({ tags }) => tags.includes(tag)).length).toBeLessThanOrEqual(length * 0.4);
}

describe('the rules of a list', () => {
  test('hold whatever the candidates are', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const list = listOf(seed);
      expect(list.length).toBeGreaterThan(15);
      check(list, 60);
    }
  });

  test('hold in feeds, with the videos that are tried out', () => {
    const world = smallWorld({ videos: 300 });
    const engine = createRankingEngine({ random: seeded(2), settings: smallSettings });
    for (const signal of world) engine.ingest(signal);
    const facts = new Map(world.flatMap((one) => (one.kind === 'video' ? [[one.id, one] as const] : [])));
    for (let person = 0; person < 15; person += 1) {
      const list = engine.feed(asked(`p${person}`, { n: 30 })).items.map(({ videoId }, slot) => {
        const { authorId = '', soundId = null, tags = [] } = facts.get(videoId) ?? {};
        const sound = soundId === null ? 0 : 1 + Number(soundId.slice(1));
        return { slot, author: Number(authorId.slice(1)), sound, tags: tags.map((tag) => tag.length) };
      });
      expect(list.length).toBe(30);
      for (const [at, { author, sound }] of list.entries()) {
        expect(list.filter((one) => one.author === author).length).toBeLessThanOrEqual(3);
        if (at > 0 && sound !== 0) expect(list[at - 1]?.sound).not.toBe(sound);
        if (at > 1) expect([list[at - 1]?.author, list[at - 2]?.author]).not.toEqual([author, author]);
      }
    }
  });
});

describe('diversity', () => {
  const one = (slot: number, author: number, tags: readonly number[] = [], sound = 0): Placed => ({
    ...{ slot, author, sound, tags },
  });

  test('is how alike creators, hashtags and sounds are', () => {
    expect(likeness(one(1, 1), one(2, 1))).toBe(1);
    expect(likeness(one(1, 1, [1, 2]), one(2, 2, [1, 2]))).toBe(0.5);
    expect(likeness(one(1, 1, [1], 4), one(2, 2, [1], 4))).toBe(1);
    expect(likeness(one(1, 1, [1]), one(2, 2, [3]))).toBe(0);
  });

  test('lets another kind go before the second best of the same', () => {
    const candidates = [one(0, 1, [1]), one(1, 1, [1]), one(2, 2, [2])];
    const orderOf = (lambda: number) => {
      const diversity = createDiversity(candidates, [1, 0.9, 0.8, 0], lambda);
      return candidates.map(() => {
        const at = diversity.next(() => true) ?? -1;
        diversity.take(at);
        diversity.placed(candidates[at] ?? one(9, 9));
        return at;
      });
    };
    expect(orderOf(0.5)).toEqual([0, 2, 1]);
    expect(orderOf(1)).toEqual([0, 1, 2]);
  });
});
