import { portionLimits } from '../../../config/account-limits.ts';
import type { InTx, Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';

/** Does some portions, each in a transaction of its own, and comes back for the rest; `portion` says whether there is more. */
export async function inPortions(
  inTx: InTx,
  run: JobRun,
  portion: (tx: Tx) => Promise<boolean>,
): Promise<Finish | undefined> {
  for (let done = 0; done < portionLimits.portionsPerRun; done += 1) {
    run.signal.throwIfAborted();
    if (!(await inTx(portion))) return undefined;
  }
  return async () => new Date();
}
