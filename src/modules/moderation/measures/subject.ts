import type { Tx } from '../../../db/database.ts';
import type { AccountId } from '../../../lib/ids.ts';
import type { AccountState } from '../../accounts/index.ts';
import { standingOf } from '../../staff/index.ts';
import type { Target } from './kinds.ts';

/** What a measure is about, as it is now. */
export interface Subject {
  readonly target: Target;
  /** The account itself, or the author; of a channel, the person whose it is. */
  readonly accountId: AccountId;
  readonly local: boolean;
  readonly state: AccountState;
  /** Of the account among the staff of this server. */
  readonly rank: number;
}

/**
 * Finds what a measure is about, and lets nobody else take or lift one about the same account until the transaction ends. Null where
 * there is none: what stands for the server itself is nobody.
 */
export async function lockSubject(tx: Tx, target: Target): Promise<Subject | null> {
  const named = await accountOf(tx, target);
  if (named === null) return null;
  const asked = await tx('accounts').where({ id: named }).first('id', 'owner_id');
  const accountId: AccountId | undefined = asked?.owner_id ?? asked?.id;
  if (accountId === undefined) return null;
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended('measures ' || ?, 0))`, [accountId]);
  const row = await tx('accounts').where({ id: accountId }).first('domain', 'state', 'actor_type');
  const local = row?.domain === '';
  if (!row || (local && row.actor_type === 'Application')) return null;
  const { rank } = await standingOf(tx, accountId);
  const about: Target = target.kind === 'account' ? { kind: 'account', id: accountId } : target;
  return { target: about, accountId, local, state: row.state, rank };
}

async function accountOf(tx: Tx, target: Target): Promise<AccountId | null> {
  if (target.kind === 'account') return target.id;
  const table = target.kind === 'video' ? 'videos' : 'comments';
  const row = await tx(table).where({ id: target.id }).first('account_id');
  return row?.account_id ?? null;
}
