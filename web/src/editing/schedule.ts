/** The least the server wants a time to be ahead (schedulingLimits.leastAheadMs), and a minute for the way there. */
const LEAST_AHEAD_MS = 6 * 60_000;
/** As the server (schedulingLimits.maxAheadMs), less a day. */
const MOST_AHEAD_MS = (5 * 366 - 1) * 24 * 3_600_000;
const MINUTE_MS = 60_000;

const two = (n: number) => String(n).padStart(2, '0');

/** A moment as fields of date and time write it, in the time zone of the device, to the minute: `2026-11-27T22:30`. */
export function localTime(moment: number): string {
  const at = new Date(moment);
  const date = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The moment that such a field names, as the server writes it; null where it names none. */
export function momentOf(local: string): string | null {
  const moment = Date.parse(local);
  return /^\d{4,6}-\d\d-\d\dT\d\d:\d\d/.test(local) && !Number.isNaN(moment)
    ? new Date(moment).toISOString()
    : null;
}

/** Between which times a clip can be scheduled, for a field. */
export function scheduleBounds(now: number): { readonly min: string; readonly max: string } {
  const first = Math.ceil((now + LEAST_AHEAD_MS) / MINUTE_MS) * MINUTE_MS;
  return { min: localTime(first), max: localTime(now + MOST_AHEAD_MS) };
}

/** Whether the server would take this time. */
export function isSchedulable(local: string, now: number): boolean {
  const moment = momentOf(local);
  if (moment === null) return false;
  const ahead = Date.parse(moment) - now;
  return ahead >= LEAST_AHEAD_MS - MINUTE_MS && ahead <= MOST_AHEAD_MS + 24 * 3_600_000;
}

/** The name of the time zone of the device, such as Europe/Berlin. */
export const ownTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
