import { expect, test } from 'vitest';
import { contrast } from '../../config/colour.ts';
import { accentOn, LEAST_CONTRAST } from './colour.ts';

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrast('#ffffff', '#777777')).toBeCloseTo(4.48, 2);
  expect(contrast('#0b7a5b', '#0b7a5b')).toBe(1);
});

test('what can be read stays as it is, and everything else is moved until it can be', () => {
  expect(accentOn('#fbfaf8', '#0b7a5b')).toEqual({ accent: '#0b7a5b', onAccent: '#ffffff', isMoved: false });
  for (const surface of ['#e6e3dc', '#20242a', '#ffffff', '#000000']) {
    for (const asked of ['#ffff00', '#ff0000', '#0000ff', '#777777', '#ffffff', '#000000', '#35c795']) {
      const { accent, onAccent, isMoved } = accentOn(surface, asked);
      expect(contrast(accent, surface), `${asked} on ${surface}`).toBeGreaterThanOrEqual(LEAST_CONTRAST);
      expect(contrast(onAccent, accent), `words on ${accent}`).toBeGreaterThanOrEqual(LEAST_CONTRAST);
      expect(isMoved).toBe(contrast(asked, surface) < LEAST_CONTRAST);
    }
  }
});
