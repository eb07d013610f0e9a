import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
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
    // As the reference of the API has them, which is made of the server.
    const reference = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
    const { properties } =
      reference.paths['/api/v1/feed_settings'].patch.requestBody.content['application/json'].schema;
    const sliderNames: string[] = properties.sliders.propertyNames.enum;
    const names = [...sourceSliders, ...likelySliders].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(sliderNames).toContain(name);
  });
});
