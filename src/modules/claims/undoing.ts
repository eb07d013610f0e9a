import type { Tx } from '../../db/database.ts';
import type { AuditId } from '../../lib/ids.ts';
import type { ClaimDeps } from './deps.ts';

/** What a decision says of the one that it takes back; nothing where there is none, or something else has taken it back. */
export async function undoing(
  { audit }: Pick<ClaimDeps, 'audit'>,
  tx: Tx,
  auditId: AuditId | null,
): Promise<{ readonly undoes?: AuditId }> {
  const entry = auditId === null ? null : await audit.byId(tx, auditId);
  return entry === null || entry.undoneBy !== null ? {} : { undoes: entry.id };
}
