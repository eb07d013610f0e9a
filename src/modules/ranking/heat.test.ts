import { expect, test } from 'vitest';
import { rankingLimits } from '../../../config/ranking-limits.ts';
import { seeded } from '../../../test/helpers/ranking.ts';
import { createHeat } from './heat.ts';

test('the hottest are those that sorting all finds', () => {
  const random = seeded(7);
  const heat = createHeat(3_600_000);
  const count = rankingLimits.hottest * 3;
  for (let event = 0; event < 20_000; event += 1)
    heat.add(Math.floor(random() ** 1.5 * count), random() * 2, event * 1_000);
  const at = 20_000_000;
  const sorted = Array.from({ length: count }, (_, slot) => slot)
    .filter((slot) => heat.of(slot, at) > 0)
    .sort((a, b) => heat.of(b, at) - heat.of(a, at));
  expect(heat.hottest()).toEqual(sorted.slice(0, rankingLimits.hottest));
});

test('what cools down lets in what is hotter', () => {
  const heat = createHeat(3_600_000);
  const most = rankingLimits.hottest;
  for (let slot = 0; slot < most + 2; slot += 1) heat.add(slot, 5 + slot / most, 0);
  heat.add(most, -5.5, 0);
  heat.add(0, 0.001, 0);
  expect(heat.hottest()).toContain(0);
  expect(heat.hottest()).not.toContain(most);
});
