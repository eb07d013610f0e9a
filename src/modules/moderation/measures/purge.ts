import { measureLimits } from '../../../../config/measure-limits.ts';
import type { InTx, Tx } from '../../../db/database.ts';
import type { Comments } from '../../comments/index.ts';
import type { Actor } from '../../staff/index.ts';
import type { Videos } from '../../videos/index.ts';
import { type CommandDeps, erase, purgeRemote } from './commands.ts';
import { purgedMeasures } from './kinds.ts';
import { type Measure, type MeasureRow, measureFromRow } from './model.ts';
import { lockSubject } from './subject.ts';

export interface PurgeDeps extends CommandDeps {
  readonly inTx: InTx;
  readonly videos: Pick<Videos, 'remove'>;
  readonly comments: Pick<Comments, 'remove'>;
}

const UPKEEP: Actor = { kind: 'server', name: 'upkeep:measures' };

/** Removes for good what was hidden so long ago that nobody may bring it back. Returns how much that was. */
export async function purgeDue(deps: PurgeDeps): Promise<number> {
  for (let purged = 0; ; purged += 1) {
    const more = purged < measureLimits.purgedAtOnce && (await deps.inTx((tx) => purgeOne(deps, tx)));
    if (!more) return purged;
  }
}

async function purgeOne(deps: PurgeDeps, tx: Tx): Promise<boolean> {
  const due = (query: { id?: string }) =>
    tx('measures')
      .where({ lifted_at: null, purged_at: null, ...query })
      .whereIn('measure', purgedMeasures)
      .where('purge_at', '<=', new Date(deps.clock.now()))
      .orderBy('purge_at');
  const asked: MeasureRow | undefined = await due({}).first();
  if (!asked) return false;
  const subject = await lockSubject(tx, measureFromRow(asked).target);
  // Somebody may have taken it back while this waited.
  const row: MeasureRow | undefined = await due({ id: asked.id }).first();
  if (!row) return true;
  const measure = measureFromRow(row);
  await tx('measures').where({ id: row.id }).update({ purged_at: tx.fn.now() });
  // Its author may have removed it meanwhile.
  if (subject) await remove(deps, tx, { measure, local: subject.local });
  const { target } = measure;
  await deps.audit.record(tx, UPKEEP, {
    action: `${target.kind}.purge`,
    target: { kind: target.kind, id: target.id },
    detail: { measureId: row.id },
  });
  return true;
}

async function remove(
  deps: PurgeDeps,
  tx: Tx,
  { measure, local }: { readonly measure: Measure; readonly local: boolean },
): Promise<void> {
  const { target, accountId } = measure;
  if (target.kind === 'video') await deps.videos.remove(tx, target.id, accountId);
  else if (target.kind === 'comment') await deps.comments.remove(tx, target.id, accountId);
  else if (local) await erase(deps, tx, accountId);
  else await purgeRemote(deps, tx, accountId);
}
