import { expect, test } from 'vitest';
import { changeOf, daysOf, readRange, stepsFor, writeRange } from './range.ts';

const today = '2026-11-27';

test('without anything said it is four weeks by days', () => {
  expect(readRange({}, today)).toEqual({ preset: 28, from: '2026-10-31', to: today, by: 'day' });
  expect(readRange({ days: '3', by: 'second', from: '2026-99-99', to: today }, today).preset).toBe(28);
});

test('each range is told by what suits it, and by nothing that the server refuses', () => {
  expect(readRange({ days: '2' }, today).by).toBe('hour');
  expect(readRange({ days: '90' }, today).by).toBe('day');
  expect(readRange({ days: '365' }, today).by).toBe('week');
  expect(readRange({ from: '2020-01-01', to: today }, today).by).toBe('month');
  expect(stepsFor({ from: '2026-11-20', to: today }, today)).toEqual(['hour', 'day', 'week', 'month']);
  expect(stepsFor({ from: '2026-11-01', to: today }, today)).not.toContain('hour');
  // Hours of long ago are not kept.
  expect(stepsFor({ from: '2026-06-01', to: '2026-06-02' }, today)).not.toContain('hour');
});

test('what is chosen stays in the address', () => {
  const chosen = { preset: null, from: '2026-11-01', to: '2026-11-03', by: 'day' } as const;
  expect(readRange(Object.fromEntries(writeRange(chosen)), today)).toEqual(chosen);
  expect(daysOf(chosen)).toBe(3);
  expect(daysOf({ from: today, to: '2026-11-01' })).toBeLessThan(1);
});

test('change is a part of what was before', () => {
  expect(changeOf(15, 10)).toBe(0.5);
  expect(changeOf(0, 10)).toBe(-1);
  expect(changeOf(4, 0)).toBeNull();
});
