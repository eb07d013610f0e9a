import { InvalidArgumentError, Option } from 'commander';
import type { Report } from './report.ts';

const DAY_MS = 24 * 3_600_000;
const MAX_DAYS = 36_500;

/** For how long a decision counts, in days. */
export function lastingOption(): Option {
  return new Option('--days <days>', 'for how long; 0: for good').argParser((text) => {
    const number = Number(text);
    if (!/^\d{1,5}$/.test(text) || number > MAX_DAYS) {
      throw new InvalidArgumentError('Write a number of days.');
    }
    return number;
  });
}

/** When that ends. */
export function endOf(lasting: number, now: number): Date | null {
  return lasting === 0 ? null : new Date(now + lasting * DAY_MS);
}

/** What was done, with the number by which it is taken back. */
export function said(
  deed: { readonly auditId: string | null },
  text: string,
  rows: readonly object[] = [],
): Report {
  const number =
    deed.auditId === null ? 'Nothing changed.' : `Taken back by: vireo domain undo ${deed.auditId}`;
  return { ok: true, rows, text: [text, number].filter((line) => line !== '').join('\n') };
}
