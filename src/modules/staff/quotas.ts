import type { Config } from '../../../config/config.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, AuditId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, outranks, permitted } from './actor.ts';
import type { Audit } from './audit.ts';
import type { AuditEntry } from './deed.ts';
import { STANDING_COLUMNS, type StandingRow, standingFromRow } from './standing.ts';

/** What somebody's videos may take, and who said so. */
export interface Quota {
  /** Null: as much as there is room. */
  readonly maxBytes: number | null;
  readonly source: 'account' | 'role' | 'server';
}

const MEGABYTE = 1024 * 1024;

interface Allowance {
  readonly accountId: AccountId;
  readonly megabytes: number | null;
  readonly reason?: string;
  readonly undoes?: AuditId;
}

type Refusal = 'permission-missing' | 'not-found' | 'outranked';

/** What the staff gave an account of this server; null: nothing of its own. Nobody changes it until the transaction ends. */
async function megabytesOf(tx: Tx, accountId: AccountId): Promise<number | null> {
  const row = await tx('users').where({ account_id: accountId }).forUpdate().first('quota_bytes');
  return row?.quota_bytes == null ? null : Number(row.quota_bytes) / MEGABYTE;
}

/** How much the videos of each account may take: what the staff gave it, else what its role has, else what everybody has. */
export function createQuotas(deps: {
  readonly db: Db;
  readonly audit: Audit;
  readonly config: Pick<Config, 'maxStoredBytesPerAccount' | 'storageByRole'>;
}) {
  const { db, audit, config } = deps;

  async function of(accountId: AccountId, conn: Db | Tx = db): Promise<Quota> {
    const row = await conn('users')
      .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
      .where({ 'users.account_id': accountId })
      .first<(StandingRow & { quota_bytes: string | null }) | undefined>(...STANDING_COLUMNS, 'quota_bytes');
    if (row?.quota_bytes != null) return quota(Number(row.quota_bytes), 'account');
    const standing = row && standingFromRow(row);
    const role = (standing?.customRole?.name ?? standing?.role ?? 'user').toLowerCase();
    const ofRole = config.storageByRole.find((one) => one.role.toLowerCase() === role);
    return ofRole ? quota(ofRole.bytes, 'role') : quota(config.maxStoredBytesPerAccount, 'server');
  }

  async function set(
    tx: Tx,
    by: Actor,
    input: Allowance,
  ): Promise<Result<{ quota: Quota; auditId: AuditId }, Refusal>> {
    const allowed = permitted(by, 'accounts');
    if (!allowed.ok) return allowed;
    const { accountId, megabytes, reason = '' } = input;
    const row = await tx('users')
      .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
      .where({ 'users.account_id': accountId })
      .forUpdate('users')
      .first<(StandingRow & { quota_bytes: string | null }) | undefined>(...STANDING_COLUMNS, 'quota_bytes');
    if (!row) return fail('not-found', 'There is no such account here.');
    if (!outranks(by, standingFromRow(row).rank)) {
      return fail('outranked', 'Nobody acts on whoever has as high a rank, or a higher one.');
    }
    const bytes = megabytes === null ? null : megabytes * MEGABYTE;
    await tx('users').where({ account_id: accountId }).update({ quota_bytes: bytes });
    const before = row.quota_bytes === null ? null : Number(row.quota_bytes) / MEGABYTE;
    const auditId = await audit.record(tx, by, {
      action: 'user.quota',
      target: { kind: 'account', id: accountId },
      reason,
      detail: { from: before, to: megabytes },
      ...(input.undoes && { undoes: input.undoes }),
    });
    return ok({ quota: await of(accountId, tx), auditId });
  }

  return {
    of,

    /** Gives an account of this server as much, whatever its role; 0: no limit, null: as its role again. */
    set,

    /** Gives an account as much again as it had before a deed of the log. */
    async undo(tx: Tx, by: Actor, entry: AuditEntry, reason: string) {
      const accountId = entry.target.id as AccountId;
      const { from, to } = entry.detail as { from: number | null; to: number | null };
      if ((await megabytesOf(tx, accountId)) !== to) {
        return fail(
          'not-undoable',
          'Somebody gave this account other room since. Give it what it shall have.',
        );
      }
      return set(tx, by, { accountId, megabytes: from, reason, undoes: entry.id });
    },
  };
}

function quota(bytes: number, source: Quota['source']): Quota {
  return { maxBytes: bytes === 0 ? null : bytes, source };
}
