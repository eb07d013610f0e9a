import { ageLimits } from '../../../config/joining-limits.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

/** What somebody says of their age when signing up: the day of birth, or how many years. */
export interface AgeStatement {
  /** `YYYY-MM-DD`, a day that was. */
  readonly dateOfBirth: string | undefined;
  readonly years: number | undefined;
}

/**
 * Holds what somebody says against the age that this server asks for. Only that age is kept, as what they have said
 * to have at least: the day of birth is forgotten with the request. Where both are given, both must do.
 */
export function checkAge(
  minimum: number,
  { dateOfBirth, years }: AgeStatement,
  now: number,
): Result<{ statedAge: number | null }, 'age-required' | 'too-young'> {
  if (minimum === 0) return ok({ statedAge: null });
  const said = [years, dateOfBirth === undefined ? undefined : yearsSince(dateOfBirth, now)].filter(
    (one) => one !== undefined,
  );
  if (said.length === 0) {
    return fail('age-required', `Say how old you are: people here are at least ${minimum}.`);
  }
  if (said.some((one) => one < minimum)) {
    return fail('too-young', `You must be at least ${minimum} years old to join this server.`);
  }
  return ok({ statedAge: minimum });
}

/**
 * Whole years from a day to now, by the calendar of UTC. Who was born on 29 February is a year older on 1 March in
 * years without that day.
 */
function yearsSince(day: string, now: number): number {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const today = new Date(now);
  const isBefore =
    today.getUTCMonth() + 1 < month || (today.getUTCMonth() + 1 === month && today.getUTCDate() < date);
  return today.getUTCFullYear() - year - (isBefore ? 1 : 0);
}

/** Whether this is a day on which somebody who is alive can have been born. */
export function isBirthday(day: string, now: number): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day) return false;
  return at.getTime() <= now && yearsSince(day, now) <= ageLimits.maxYears;
}
