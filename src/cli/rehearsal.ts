import type { InTx, Tx } from '../db/database.ts';
import type { Report } from './report.ts';

/** Does something in a transaction; where it is only tried, all of it is taken back at once, and its outcome is told. */
export async function tried<T>(inTx: InTx, dryRun: boolean, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (!dryRun) return inTx(work);
  const undo = new Error('Only tried.');
  let outcome: { readonly value: T } | undefined;
  await inTx(async (tx) => {
    outcome = { value: await work(tx) };
    throw undo;
  }).catch((error) => {
    if (error !== undo) throw error;
  });
  if (!outcome) throw undo;
  return outcome.value;
}

/** The options of a command that may only be tried. */
export interface Tried {
  readonly dryRun?: boolean;
}

/** What `--dry-run` says in the help. */
export const DRY_RUN = ['--dry-run', 'only say what it would do, and change nothing'] as const;

/** What came of it, with a word that it was only tried. */
export function ofTrial(report: Report, { dryRun }: Tried): Report {
  if (!dryRun || !report.ok) return report;
  return { ...report, text: `${report.text} (Only tried: nothing was changed.)`.trim() };
}
