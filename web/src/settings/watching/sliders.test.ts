import { describe, expect, test } from 'vitest';
import { rankingDefaults } from '../../../../src/modules/ranking/index.ts';
import { sliderNames } from '../../../../src/modules/recommending/index.ts';
import { likelySliders, moved, sourceSliders, stepOf } from './sliders.ts';

describe('sliders', () => {
  test('stand where their factor is', () => {
    expect([0, 0.2, 0.5, 1, 1.2, 2, 3.5, 4].map(stepOf)).toEqual([0, 0, 1, 2, 2, 3, 4, 4]);
  });

  test('moved one by one leave the others as they are, and name nothing that is normal', () => {
    const others = { 'head.hide': 3 };
    expect(moved(others, 'source.social', 4)).toEqual({ ...others, 'source.social': 4 });
    expect(moved({ ...others, 'source.social': 4 }, 'source.social', 2)).toEqual(others);
    expect(moved(others, 'source.social', 0)).toEqual({ ...others, 'source.social': 0 });
  });

  test('are known to the server, each once', () => {
    expect(Object.keys(rankingDefaults.mix).length).toBeGreaterThan(0);
    const names = [...sourceSliders, ...likelySliders].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(sliderNames).toContain(name);
  });
});
