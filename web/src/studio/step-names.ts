import type { Step } from './range.ts';

const locale = document.documentElement.lang;
const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);

const hour = format({ hour: 'numeric', minute: '2-digit' });
const dayAndHour = format({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
});
// Days of the answer are dates already: no time zone may move them.
const day = format({ day: 'numeric', month: 'short', timeZone: 'UTC' });
const wholeDay = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const month = format({ month: 'short', year: '2-digit', timeZone: 'UTC' });
const wholeMonth = format({ month: 'long', year: 'numeric', timeZone: 'UTC' });

/** What a step of a period is called: all of it, and a few letters. */
export function stepNames(
  step: { readonly date: string; readonly starts_at: string },
  by: Step,
): { readonly name: string; readonly label: string } {
  const date = new Date(`${step.date}T00:00:00Z`);
  switch (by) {
    case 'hour':
      return {
        name: dayAndHour.format(new Date(step.starts_at)),
        label: dayAndHour.format(new Date(step.starts_at)),
      };
    case 'day':
    case 'week':
      return { name: wholeDay.format(date), label: day.format(date) };
    case 'month':
      return { name: wholeMonth.format(date), label: month.format(date) };
  }
}

/** A minute of today. */
export const minuteName = (iso: string): string => hour.format(new Date(iso));
