import { describe, expect, test } from 'vitest';
import { checkAge, isBirthday } from './age.ts';

const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
const born = (dateOfBirth: string, day: string) => checkAge(16, { dateOfBirth, years: undefined }, at(day));
const old = (years: number) => checkAge(16, { dateOfBirth: undefined, years }, at('2026-06-15'));

describe('the age that a server asks for', () => {
  test.each([
    ['2010-06-15', '2026-06-15', true],
    ['2010-06-16', '2026-06-15', false],
    ['2010-07-01', '2026-06-30', false],
    ['2010-06-30', '2026-07-01', true],
    ['2009-12-31', '2026-01-01', true],
    ['2010-12-31', '2026-12-30', false],
    ['2012-02-29', '2028-02-28', false],
    ['2012-02-29', '2028-02-29', true],
    ['1912-02-29', '2026-02-28', true],
  ])('born on %s, on %s: %s', (day, today, isOldEnough) => {
    const checked = born(day, today);
    expect(checked).toEqual(
      isOldEnough ? { ok: true, statedAge: 16 } : expect.objectContaining({ reason: 'too-young' }),
    );
  });

  test('29 February is over on 1 March of other years', () => {
    const of = (today: string) => checkAge(17, { dateOfBirth: '2012-02-29', years: undefined }, at(today)).ok;
    expect([of('2029-02-28'), of('2029-03-01')]).toEqual([false, true]);
  });

  test('in years; of two statements, each must do', () => {
    expect([old(15).ok, old(16).ok, old(99).ok]).toEqual([false, true, true]);
    const both = checkAge(16, { dateOfBirth: '2015-01-01', years: 40 }, at('2026-06-15'));
    expect(both).toMatchObject({ reason: 'too-young' });
  });

  test('nothing said is not enough, and nobody is asked where there is none', () => {
    const nothing = { dateOfBirth: undefined, years: undefined };
    expect(checkAge(16, nothing, at('2026-06-15'))).toMatchObject({ reason: 'age-required' });
    expect(checkAge(0, { ...nothing, years: 3 }, 0)).toEqual({ ok: true, statedAge: null });
  });

  test.each([
    ...['2026-06-16', '2027-01-01', '1890-01-01', '2010-02-30', '2010-13-01', '2010-00-10', '10-01-01'],
    ...['2010-1-1', ' 2010-01-01', '2010-01-01T00:00', 'yesterday', '', '+002010-01-01'],
  ])('%j is no day of birth', (day) => {
    expect(isBirthday(day, at('2026-06-15'))).toBe(false);
  });

  test.each(['2026-06-15', '2010-02-28', '2008-02-29', '1900-01-01'])('%s is one', (day) => {
    expect(isBirthday(day, at('2026-06-15'))).toBe(true);
  });
});
