/** Numbers, sizes and times for people, in the language of the page. */

import { date, language, number } from './i18n/formats.ts';
import { say } from './i18n/time/say.ts';

const KIB = 1024;
const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
const WEEK_S = 7 * DAY_S;
const ONE_DIGIT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

const unit = (value: number, name: string, maximumFractionDigits = 0) =>
  number(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits });

/** 1,234 up to ten thousand, then 12.3K. */
export function count(n: number): string {
  return number(n, n < 10_000 ? {} : { notation: 'compact', maximumFractionDigits: 1 });
}

/** A size in the unit that fits, counted in steps of 1024 as the server's limits are: "412 MB". */
export function bytes(size: number): string {
  const steps = Math.min(3, Math.floor(Math.log(Math.max(1, size)) / Math.log(KIB)));
  const name = ['byte', 'kilobyte', 'megabyte', 'gigabyte'][steps] ?? 'byte';
  const value = size / KIB ** steps;
  return unit(value, name, value < 10 ? 1 : 0);
}

/** Seconds as a clock shows them: "1:04". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / MINUTE_S)}:${String(whole % MINUTE_S).padStart(2, '0')}`;
}

/** A place in a clip to a tenth of a second: "1:04.5". */
export function preciseClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds * 10));
  const rest = (whole % (10 * MINUTE_S)) / 10;
  return `${Math.floor(whole / (10 * MINUTE_S))}:${number(rest, { ...ONE_DIGIT, minimumIntegerDigits: 2 })}`;
}

/** Seconds to a tenth: "3.2". */
export function tenths(seconds: number): string {
  return number(seconds, ONE_DIGIT);
}

/** Seconds in words: "3 min", "1 min 4 sec". */
export function spokenDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / MINUTE_S);
  const rest = whole % MINUTE_S;
  const parts = [
    ...(minutes > 0 ? [unit(minutes, 'minute')] : []),
    ...(rest > 0 || minutes === 0 ? [unit(rest, 'second')] : []),
  ];
  return new Intl.ListFormat(language(), { type: 'unit', style: 'narrow' }).format(parts);
}

/** How long ago: "3h"; a date after a week. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1_000);
  if (seconds < MINUTE_S) return say('now');
  if (seconds < HOUR_S) return say('minutes', { n: Math.floor(seconds / MINUTE_S) });
  if (seconds < DAY_S) return say('hours', { n: Math.floor(seconds / HOUR_S) });
  if (seconds < WEEK_S) return say('days', { n: Math.floor(seconds / DAY_S) });
  return day(iso);
}

/** The whole date and time. */
export function absolute(iso: string): string {
  return date(new Date(iso), { dateStyle: 'long', timeStyle: 'short' });
}

/** A day: "3 Feb 2026". */
export function day(iso: string): string {
  return date(new Date(iso), { day: 'numeric', month: 'short', year: 'numeric' });
}

/** The words of sanitised HTML, without its marks. */
export function plainText(html: string): string {
  return (new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '').trim();
}

/** A part of a whole as 0 to 100; a whole of nothing is done. */
export function percentOf(part: number, whole: number): number {
  return whole <= 0 ? 100 : Math.min(100, Math.floor((part / whole) * 100));
}
