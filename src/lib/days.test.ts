import { describe, expect, test } from 'vitest';
import { isTimeZone, lastDays } from './days.ts';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);

describe('the last days of a time zone', () => {
  test.for([
    ['UTC', '2026-11-27T00:00:00Z', '2026-11-27', '2026-11-27T00:00:00Z'],
    ['UTC', '2026-11-26T23:59:59Z', '2026-11-26', '2026-11-26T00:00:00Z'],
    ['Europe/Berlin', '2026-11-26T23:30:00Z', '2026-11-27', '2026-11-26T23:00:00Z'],
    ['America/Los_Angeles', '2026-11-27T07:59:00Z', '2026-11-26', '2026-11-26T08:00:00Z'],
    ['Asia/Kathmandu', '2026-11-27T12:00:00Z', '2026-11-27', '2026-11-26T18:15:00Z'],
    ['Pacific/Kiritimati', '2026-11-27T12:00:00Z', '2026-11-28', '2026-11-27T10:00:00Z'],
    ['Pacific/Pago_Pago', '2026-11-27T10:00:00Z', '2026-11-26', '2026-11-26T11:00:00Z'],
  ])('%s at %s', ([zone, now, date, startsAt]) => {
    expect(lastDays(zone ?? '', at(now ?? ''), 1)).toEqual([{ date, startsAt: at(startsAt ?? '') }]);
  });

  test('are an hour shorter or longer where the clock is changed', () => {
    const lengths = (now: string) => {
      const days = lastDays('Europe/Berlin', at(now), 4);
      return days.slice(1).map(({ startsAt }, index) => (startsAt - (days[index]?.startsAt ?? 0)) / HOUR);
    };
    expect(lengths('2026-03-31T12:00:00Z')).toEqual([24, 23, 24]);
    expect(lengths('2026-10-27T12:00:00Z')).toEqual([24, 25, 24]);
  });

  test('begin after midnight where that is left out', () => {
    // Lebanon goes from 0:00 to 1:00 on the last Sunday of March.
    const [day] = lastDays('Asia/Beirut', at('2026-03-29T12:00:00Z'), 1);
    expect(day).toEqual({ date: '2026-03-29', startsAt: at('2026-03-28T22:00:00Z') });
  });

  test('go over the end of a year', () => {
    expect(lastDays('UTC', at('2028-03-01T00:00:00Z'), 62).map(({ date }) => date)).toContain('2028-02-29');
    expect(lastDays('UTC', at('2027-01-01T00:00:00Z'), 2)[0]?.date).toBe('2026-12-31');
  });
});

test.for([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Mars/Olympus', false],
  ['+01:00', false],
  ['', false],
  ["UTC'; drop table videos", false],
] as const)('%s is a time zone: %s', ([name, is]) => {
  expect(isTimeZone(name)).toBe(is);
});
