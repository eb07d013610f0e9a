/** Whether this names a time zone of the IANA database. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The moment at which clocks of a zone show this date and time (ISO 8601, without an offset). A time that is skipped where clocks are put
 * forward is as much later; of one that comes twice, the first counts.
 */
export function momentIn(zone: string, local: string): Date {
  const shown = Date.parse(`${local}${local.includes('T') ? '' : 'T00:00'}Z`);
  // The offsets of the days around it: there is no zone that changes its own twice within two days.
  const offsets = [-1, 1].map((days) => offsetAt(zone, shown + days * DAY_MS));
  const moments = offsets.map((offset) => shown - offset);
  const fitting = moments.filter((moment) => moment + offsetAt(zone, moment) === shown);
  return new Date(fitting.length > 0 ? Math.min(...fitting) : Math.max(...moments));
}

/** The date and time that clocks of a zone show at this moment, to the minute: `2026-12-01T09:00`. */
export function localTimeIn(zone: string, moment: Date): string {
  return new Date(moment.getTime() + offsetAt(zone, moment.getTime())).toISOString().slice(0, 16);
}

const DAY_MS = 24 * 3_600_000;

/** How far clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(timeZone: string, moment: number): number {
  const parts = new Intl.DateTimeFormat('en', {
    ...{ timeZone, hourCycle: 'h23', calendar: 'iso8601', numberingSystem: 'latn' },
    ...{
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    },
  }).formatToParts(moment);
  const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(moment / 1_000) * 1_000;
}
