import type { Tx } from '../../db/database.ts';
import type { JobRun } from '../../jobs/registry.ts';
import { keepForCounters } from './countering.ts';
import { type ClaimDeps, SERVER } from './deps.ts';
import { furtherFrom } from './finding.ts';
import { type ClaimId, claimFromRow } from './model.ts';
import {
  addRelated,
  bringSomeBack,
  goneOf,
  lockClaim,
  removeSome,
  removeVideos,
  videosOf,
} from './removing.ts';

/**
 * The job `claims.settle`: what the transaction of a decision left, a portion at a time, each whole or not at all. While a claim is upheld, what goes with its
 * videos is removed, and then looked for from there; what is to come back comes back, also while the rest was still being removed. Can be cut off anywhere, and run again.
 */
export async function settleClaim(
  deps: ClaimDeps,
  claimId: ClaimId,
  { signal }: Pick<JobRun, 'signal'>,
): Promise<undefined> {
  do signal.throwIfAborted();
  while (await deps.inTx((tx) => settleSome(deps, tx, claimId)));
}

/** The next portion; false: nothing is left. */
async function settleSome(deps: ClaimDeps, tx: Tx, claimId: ClaimId): Promise<boolean> {
  const row = await lockClaim(tx, claimId);
  if (!row) return false;
  if ((await bringSomeBack(deps, tx, claimId, SERVER)) > 0) return true;
  if (row.state !== 'upheld') return false;
  const removing = { claim: claimFromRow(row), by: SERVER, keepAway: false };
  if ((await removeSome(deps, tx, removing)) > 0) {
    await keepForCounters(deps, tx, claimId);
    return true;
  }
  const known = await videosOf(tx, claimId);
  const those = { all: known, gone: goneOf(known) };
  const further = await furtherFrom(deps.hashes, tx, those, row.sound_policy);
  await addRelated(deps, tx, claimId, further);
  const isKnown = new Set(known.map(({ id }) => id));
  await removeVideos(
    ...([deps, tx, removing] as const),
    (await videosOf(tx, claimId)).filter(({ id }) => !isKnown.has(id)),
  );
  await keepForCounters(deps, tx, claimId);
  return further.length > 0;
}
