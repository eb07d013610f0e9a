import { spokenDuration } from '../format.ts';

const locale = document.documentElement.lang;
const parts = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
const signed = new Intl.NumberFormat(locale, {
  ...{ style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' },
} as Intl.NumberFormatOptions);
const hours = new Intl.NumberFormat(locale, {
  ...{ style: 'unit', unit: 'hour', unitDisplay: 'short', maximumFractionDigits: 1 },
} as Intl.NumberFormatOptions);

/** A part of a whole, from 0 to 1: "62%". */
export const percent = (part: number): string => parts.format(part);

/** A change as a part of what was before: "+50%". */
export const change = (part: number): string => signed.format(part);

/** Seconds as people say them: hours from one hour on. */
export const watched = (seconds: number): string =>
  seconds >= 3_600 ? hours.format(seconds / 3_600) : spokenDuration(seconds);
