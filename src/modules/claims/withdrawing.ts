import type { Tx } from '../../db/database.ts';
import { type ClaimDeps, SERVER } from './deps.ts';
import type { Letters } from './letters.ts';
import { type ClaimRow, claimFromRow } from './model.ts';
import { bringBack, videosOf } from './removing.ts';
import { undoing } from './undoing.ts';

/** Ends a claim that its claimant took back; on record as what the server did, since a claimant is nobody of the staff. */
export async function takeBack(
  deps: ClaimDeps & { readonly letters: Letters },
  tx: Tx,
  row: ClaimRow,
): Promise<void> {
  const wasUpheld = row.state === 'upheld';
  const auditId = await deps.audit.record(tx, SERVER, {
    action: 'claim.withdraw',
    target: { kind: 'claim', id: row.id },
    ...(wasUpheld ? await undoing(deps, tx, row.audit_id) : {}),
  });
  const [ended] = await tx('claims')
    .where({ id: row.id })
    .update({ state: 'withdrawn', audit_id: auditId })
    .returning<ClaimRow[]>('*');
  if (!ended) throw new Error('A locked claim is gone.');
  if (wasUpheld) {
    const reason = 'The copyright claim was withdrawn.';
    await bringBack(deps, tx, { by: SERVER, reason }, await videosOf(tx, row.id));
    await endCounters(tx, row.id);
  }
  await deps.letters.decided(tx, claimFromRow(ended));
}

/** Whatever a counter-notice asked for has come. */
export async function endCounters(tx: Tx, claimId: string): Promise<void> {
  await tx('claim_counters')
    .where({ claim_id: claimId })
    .whereIn('state', ['waiting', 'sued'])
    .update({ state: 'accepted' });
}
