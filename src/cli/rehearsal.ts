import type { InTx, Tx } from '../db/database.ts';
import type { Report } from './report.ts';

/** Does something in a transaction; where it is only tried, all of it is taken back at once, and its outcome is told. */
export function tried<T>(inTx: InTx, dryRun: boolean, work: (tx: Tx) => Promise<T>): Promise<T> {
  return keptIf(inTx, () => !dryRun, work);
}

/** Does something in a transaction, and tells its outcome; of what is not to be kept, nothing stays. */
export async function keptIf<T>(
  inTx: InTx,
  isKept: (outcome: T) => boolean,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const undo = new Error('It is not to be kept.');
  let done: { readonly outcome: T } | undefined;
  await inTx(async (tx) => {
    done = { outcome: await work(tx) };
    if (!isKept(done.outcome)) throw undo;
  }).catch((error) => {
    if (error !== undo) throw error;
  });
  if (!done) throw undo;
  return done.outcome;
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
