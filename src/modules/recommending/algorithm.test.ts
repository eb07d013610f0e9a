import { expect, test } from 'vitest';
import { rankingDefaults, settingsVersion } from '../ranking/index.ts';
import { describeAlgorithm } from './algorithm.ts';
import { numbersOf, settingsWith } from './settings.ts';

const live = { settings: rankingDefaults, version: settingsVersion(rankingDefaults) };

test('every number that can be tuned is told once, with words and as it is', () => {
  const told = describeAlgorithm(live).parts.flatMap(({ numbers }) => numbers);
  const ranking = told.filter(({ name }) => !name.startsWith('trends.'));
  expect(Object.fromEntries(ranking.map(({ name, value }) => [name, value]))).toEqual(
    numbersOf(rankingDefaults),
  );
  expect(ranking).toHaveLength(Object.keys(numbersOf(rankingDefaults)).length);
  for (const { name, words } of told) expect(words, name).not.toBe(name);
});

test('numbers change one by one, within their bounds, and only those that there are', () => {
  const changed = settingsWith({ 'weights.trending': 0.7, 'heads.hide': -5 });
  expect(changed.ok && changed.settings.weights.trending).toBe(0.7);
  expect(changed.ok && changed.settings.heads.hide).toBe(-5);
  expect(changed.ok && settingsVersion(changed.settings)).not.toBe(live.version);
  expect(rankingDefaults.weights.trending).not.toBe(0.7);
  for (const wrong of [
    { 'weights.nothing': 1 },
    { weights: 1 },
    { __proto__: 1, 'constructor.name': 1 },
    { 'mix.social': 1.5 },
    { 'rerank.maxRun': 1.5 },
    { 'weights.trending': Number.NaN },
  ]) {
    expect(settingsWith(wrong), JSON.stringify(wrong)).toMatchObject({
      ok: false,
      reason: 'settings-invalid',
    });
  }
});
