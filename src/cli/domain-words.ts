import { type Command, InvalidArgumentError, Option } from 'commander';
import { type PolicyChange, severities } from '../modules/instances/index.ts';
import { ofTrial, type Tried } from './rehearsal.ts';
import type { Report } from './report.ts';

const DAY_MS = 24 * 3_600_000;
const MAX_DAYS = 36_500;

/** A decision about domains, as the command line is told of it. */
export interface PolicyOptions extends PolicyChange, Tried {
  readonly days?: number;
}

/** What may be said of a policy besides its level. */
export function withDetails(command: Command): Command {
  return command
    .option('--reject-media', 'never copy its files')
    .option('--no-reject-media', 'copy its files again')
    .option('--reject-reports', 'ignore its reports')
    .option('--no-reject-reports', 'take its reports again')
    .option('--obfuscate', 'hide part of the name in lists for everybody')
    .option('--no-obfuscate', 'tell the whole name')
    .option('--public-comment <text>', 'why, for everybody')
    .option('--private-comment <text>', 'why, for the staff')
    .addOption(lastingOption())
    .option('--dry-run', 'say whom it is about, and change nothing');
}

export function levelOption(): Option {
  return new Option('--severity <severity>', 'how strict').choices([...severities]).makeOptionMandatory();
}

/** What of these options is to be decided. */
export function changeOf(options: PolicyOptions, now: number): PolicyChange {
  const { severity, rejectMedia, rejectReports, obfuscate, publicComment, privateComment, days } = options;
  const expiresAt = days === undefined ? undefined : endOf(days, now);
  return { severity, rejectMedia, rejectReports, obfuscate, publicComment, privateComment, expiresAt };
}

/** For how long a decision counts, in days. */
function lastingOption(): Option {
  return new Option('--days <days>', 'for how long; 0: for good').argParser((text) => {
    const number = Number(text);
    if (!/^\d{1,5}$/.test(text) || number > MAX_DAYS) {
      throw new InvalidArgumentError('Write a number of days.');
    }
    return number;
  });
}

/** When that ends. */
function endOf(lasting: number, now: number): Date | null {
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

/** The same of a deed that may only have been tried: it has no number then. */
export function saidOrTried(
  deed: { readonly auditId: string | null },
  text: string,
  trial: Tried,
  rows: readonly object[] = [],
): Report {
  return trial.dryRun ? ofTrial({ ok: true, rows, text }, trial) : said(deed, text, rows);
}
