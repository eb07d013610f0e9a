import { date } from '../../i18n/formats.ts';

/** Date and time with their zone: the staff may be spread over several, and its server stands in one of its own. */
export const moment = (iso: string): string =>
  date(new Date(iso), {
    ...{ year: 'numeric', month: 'short', day: 'numeric' },
    ...{ hour: 'numeric', minute: '2-digit', timeZoneName: 'short' },
  });
