import { Temporal } from '@js-temporal/polyfill';
import { digestLimits } from '../../../config/mail-limits.ts';
import type { NotificationType } from '../notifications/index.ts';

/** How often somebody wants to be told by mail of what she has not seen. */
export const digestRhythms = ['never', 'daily', 'weekly'] as const;
export type DigestRhythm = (typeof digestRhythms)[number];

/** What is told by mail; the work of the staff is told apart from it. */
export const mailedTypes = [
  ...['mention', 'follow', 'follow_request', 'reblog', 'favourite', 'status', 'update', 'quote'],
  ...['vireo.published', 'vireo.rejected', 'vireo.report', 'vireo.pack'],
  ...['vireo.remix_request', 'vireo.remix_refused'],
] as const satisfies readonly string[] as readonly Exclude<NotificationType, `admin.${string}`>[];
export type MailedType = (typeof mailedTypes)[number];

export interface DigestPreferences {
  readonly digest: DigestRhythm;
  readonly types: readonly MailedType[];
  /** Name in the IANA database. */
  readonly timeZone: string;
}

/** Nobody gets mail who has not asked for it. */
export const noDigest: DigestPreferences = { digest: 'never', types: mailedTypes, timeZone: 'UTC' };

/** Whether this runtime knows a time zone of that name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/**
 * When the next digest after `now` (milliseconds) is due: in the morning of the reader's next day, or of her next
 * Monday, whatever the clocks there do in between. Null: never.
 */
export function nextDigestAt(
  now: number,
  { digest, timeZone }: Omit<DigestPreferences, 'types'>,
): Date | null {
  if (digest === 'never') return null;
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const morning = (day: Temporal.PlainDate) =>
    day.toZonedDateTime({ timeZone, plainTime: { hour: digestLimits.hour } }).epochMilliseconds;
  const isDay = (day: Temporal.PlainDate) => digest === 'daily' || day.dayOfWeek === digestLimits.weekday;
  for (let day = here.toPlainDate(); ; day = day.add({ days: 1 })) {
    if (isDay(day) && morning(day) > now) return new Date(morning(day));
  }
}
