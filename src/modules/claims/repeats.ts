import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, AuditId, MeasureId } from '../../lib/ids.ts';
import { type ClaimDeps, SERVER } from './deps.ts';
import { type ClaimId, lentVias } from './model.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * How many upheld claims count against each of these accounts. A claim counts once, however many videos it names; not for who only made a
 * remix or took the sound, not for what came back, and not for ever.
 */
export async function repeatCounts(
  { clock, rules }: Pick<ClaimDeps, 'clock' | 'rules'>,
  conn: Db | Tx,
  accountIds: readonly AccountId[],
): Promise<Map<AccountId, number>> {
  if (accountIds.length === 0) return new Map();
  const rows: { account_id: AccountId; count: string }[] = await conn('claim_videos')
    .join('claims', 'claims.id', 'claim_videos.claim_id')
    .whereRaw('claim_videos.account_id = any(?::bigint[])', [[...accountIds]])
    .whereNotIn('claim_videos.via', lentVias)
    .whereNotNull('claim_videos.removed_at')
    .whereNull('claim_videos.restored_at')
    .where('claims.state', 'upheld')
    .where('claims.decided_at', '>', new Date(clock.now() - rules.repeatDays * DAY_MS))
    .groupBy('claim_videos.account_id')
    .select('claim_videos.account_id')
    .countDistinct('claims.id as count');
  return new Map(rows.map(({ account_id, count }) => [account_id, Number(count)]));
}

/** Tells the staff of those who have reached the limit, and suspends them where the server is set to do so. */
export async function actOnRepeats(
  deps: ClaimDeps,
  tx: Tx,
  claimId: ClaimId,
  accountIds: readonly AccountId[],
): Promise<void> {
  const { repeatLimit, repeatAction } = deps.rules;
  if (repeatLimit === null) return;
  const counts = await repeatCounts(deps, tx, accountIds);
  for (const [accountId, count] of [...counts].sort()) {
    if (count < repeatLimit) continue;
    await deps.tellStaff(tx, `copyright-repeat:${accountId}:${claimId}`);
    if (repeatAction !== 'suspend') continue;
    const taken = await deps.measures.take(tx, SERVER, {
      ...{ target: { kind: 'account', id: accountId }, measure: 'suspend', automated: true },
      facts: `${count} copyright claims against this account were upheld and count.`,
    });
    if (!taken.ok || !taken.changed || taken.measureId === null) continue;
    await tx('claims')
      .where({ id: claimId })
      .update({ suspensions: tx.raw('suspensions || ?::bigint', [taken.measureId]) });
  }
}

/** Takes suspensions back that claims led to, of those who are below the limit again. */
export async function forgiveRepeats(
  deps: ClaimDeps,
  tx: Tx,
  { accounts, reason }: { readonly accounts: readonly AccountId[]; readonly reason: string },
): Promise<void> {
  const { repeatLimit } = deps.rules;
  const counts = await repeatCounts(deps, tx, accounts);
  const over: AccountId[] = accounts.filter(
    (id) => repeatLimit !== null && (counts.get(id) ?? 0) >= repeatLimit,
  );
  const rows: { id: MeasureId; audit_id: AuditId | null }[] = await tx('measures')
    .whereRaw(
      `id in (select unnest(suspensions) from claims join claim_videos on claim_videos.claim_id = claims.id
               where claim_videos.account_id = any(?::bigint[]))`,
      [[...accounts]],
    )
    .whereRaw('account_id = any(?::bigint[])', [[...accounts]])
    .whereRaw('account_id <> all(?::bigint[])', [over])
    .where({ lifted_at: null })
    .select('id', 'audit_id');
  for (const { audit_id: auditId } of rows) {
    if (auditId !== null) await deps.measures.undo(tx, SERVER, auditId, reason);
  }
}
