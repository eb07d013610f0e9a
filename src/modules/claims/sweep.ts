import { claimLimits } from '../../../config/claim-limits.ts';
import type { Db } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import type { Clock } from '../../lib/clock.ts';

/** Forgets claims whose address nobody confirmed, and those that were decided so long ago that nobody can sue over them. Returns how many. */
export async function sweepClaims(db: Db, clock: Clock, signal?: AbortSignal): Promise<number> {
  const before = (ms: number) => new Date(clock.now() - ms);
  const unconfirmed = await deleteInBatches(
    db,
    'claims',
    {
      condition: `state = 'unconfirmed' and created_at < ?`,
      bindings: [before(claimLimits.unconfirmedMs)],
    },
    signal,
  );
  const old = await deleteInBatches(
    db,
    'claims',
    {
      condition: `state not in ('unconfirmed', 'open') and coalesce(decided_at, created_at) < ?
        and not exists (select from claim_counters where claim_id = claims.id and claim_counters.state = 'sued')`,
      bindings: [before(claimLimits.keptDays * 24 * 3_600_000)],
    },
    signal,
  );
  return unconfirmed + old;
}
