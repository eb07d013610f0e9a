import type { Tag } from '../api/schema.gen.ts';
import { date } from '../i18n/formats.ts';

const DAY_MS = 86_400_000;
/** As many as the server tells of. */
const DAYS = 7;

/** The uses of each of the last days up to today (UTC), the oldest first; the server leaves out those without any. */
export function daysOf(history: Tag['history'], now: number): { at: number; uses: number }[] {
  const uses = new Map(history.map((entry) => [Number(entry.day) * 1_000, Number(entry.uses)]));
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return Array.from({ length: DAYS }, (_, n) => {
    const at = today - (DAYS - 1 - n) * DAY_MS;
    return { at, uses: uses.get(at) ?? 0 };
  });
}

/** A day as the server counts them, which is by UTC: where the clock is behind, its midnight would be the evening before. */
export const nameOfDay = (at: number | Date): string =>
  date(new Date(at), { day: 'numeric', month: 'short', timeZone: 'UTC' });
