import { expect, test } from 'vitest';
import { daysOf } from './days.ts';

test('each of the last seven days has its number, also those of which nothing is told', () => {
  const now = Date.UTC(2026, 10, 28, 15);
  const at = (date: number) => Date.UTC(2026, 10, date);
  const entry = (date: number, uses: string) => ({ day: String(at(date) / 1_000), uses, accounts: '1' });
  const days = daysOf([entry(28, '3'), entry(25, '1'), entry(2, '9')], now);
  expect(days.map(({ uses }) => uses)).toEqual([0, 0, 0, 1, 0, 0, 3]);
  expect([days[0]?.at, days[6]?.at]).toEqual([at(22), at(28)]);
});
