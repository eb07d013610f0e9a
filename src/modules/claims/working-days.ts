const DAY_MS = 24 * 3_600_000;
const SATURDAY = 6;
const SUNDAY = 0;

/**
 * The moment that many working days later: Monday to Friday in UTC. Holidays differ by country, so that none are left out: who waits for
 * one has a day or two less than the most that the law gives, never less than the least where the setting stands above it.
 */
export function afterWorkingDays(from: Date, days: number): Date {
  let at = from.getTime();
  for (let left = days; left > 0; ) {
    at += DAY_MS;
    const day = new Date(at).getUTCDay();
    if (day !== SATURDAY && day !== SUNDAY) left -= 1;
  }
  return new Date(at);
}
