import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AuditId, PackId, PlaylistId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, permitted } from './actor.ts';
import type { Audit } from './audit.ts';

/** What people put together, each by the table that it lies in. */
const KINDS = {
  pack: { table: 'packs', missing: 'There is no such starter pack.' },
  playlist: { table: 'playlists', missing: 'There is no such playlist.' },
} as const;

/** What the staff decides about a thing that people put together: it stays with its owner, who sees that it is taken down (ADR 0081). */
export const takingDown = <Id extends PackId | PlaylistId>(
  kind: keyof typeof KINDS,
  { clock, audit }: { readonly clock: Clock; readonly audit: Audit },
) => ({
  /** Takes it from everybody but its owner, or gives it back. */
  async setTakenDown(
    tx: Tx,
    by: Actor,
    input: {
      readonly id: Id;
      readonly takenDown: boolean;
      readonly reason: string;
      readonly undoes?: AuditId;
    },
  ): Promise<Result<{ auditId: AuditId }, 'permission-missing' | 'not-found' | 'decided-before'>> {
    const allowed = permitted(by, 'reports');
    if (!allowed.ok) return allowed;
    const { id, takenDown, reason, undoes } = input;
    const { table, missing } = KINDS[kind];
    const row: { taken_down_at: Date | null } | undefined = await tx(table)
      .where({ id })
      .forUpdate()
      .first('taken_down_at');
    if (!row) return fail('not-found', missing);
    if ((row.taken_down_at !== null) === takenDown) return fail('decided-before');
    await tx(table)
      .where({ id })
      .update({ taken_down_at: takenDown ? new Date(clock.now()) : null });
    const auditId = await audit.record(tx, by, {
      action: takenDown ? `${kind}.take-down` : `${kind}.restore`,
      target: { kind, id },
      reason,
      ...(undoes ? { undoes } : {}),
    });
    return ok({ auditId });
  },
});
