import { linkLimits } from '../../../config/mail-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import { randomToken, sha256 } from '../../lib/crypto.ts';
import type { AccountId, SessionId } from '../../lib/ids.ts';

/** What a mailed link does: says that an address is its owner's, at first or in place of another; or sets a password. */
export type LinkPurpose = keyof typeof linkLimits.lastMs;

/** What is known of a link that counts. */
export interface MailLink {
  readonly accountId: AccountId;
  /** Where it was sent to. */
  readonly email: string;
  /** Which asked for it. */
  readonly sessionId: SessionId | null;
}

/**
 * Makes the token of a link; stored as a hash. Null where the account got as many within the hour as it may: whoever
 * asks, nobody's mailbox is filled (security.md A7). The row of the user is locked until the transaction ends.
 */
export async function issueLink(
  tx: Tx,
  link: MailLink & { readonly purpose: LinkPurpose },
): Promise<{ token: string; expiresAt: Date } | null> {
  const { accountId, purpose, email, sessionId } = link;
  await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
  const recent = await tx('mail_links')
    .where({ account_id: accountId, purpose })
    .where('created_at', '>', tx.raw(`now() - interval '1 hour'`))
    .count('* as count')
    .first();
  if (Number(recent?.count ?? 0) >= linkLimits.perHour) return null;
  const token = randomToken(linkLimits.tokenBytes);
  const [row] = await tx('mail_links')
    .insert({
      ...{ token_hash: sha256(token), account_id: accountId, purpose, email, session_id: sessionId },
      expires_at: tx.raw(`now() + ? * interval '1 ms'`, [linkLimits.lastMs[purpose]]),
    })
    .returning<{ expires_at: Date }[]>('expires_at');
  if (!row) throw new Error('A link was not stored.');
  return { token, expiresAt: row.expires_at };
}

/** What a link is about, as long as it counts; null otherwise. Changes nothing: programs open links before people do. */
export async function lookAtLink(db: Db, purpose: LinkPurpose, token: string): Promise<MailLink | null> {
  const row = await db('mail_links')
    .where({ token_hash: sha256(token), purpose })
    .where('expires_at', '>', db.fn.now())
    .first('account_id', 'email', 'session_id');
  return row ? { accountId: row.account_id, email: row.email, sessionId: row.session_id } : null;
}

/**
 * Takes a link: once, however many ask at the same time, as the others wait for this transaction. The other links of
 * the account for the same end with it. Null where it does not count, or no longer.
 */
export async function takeLink(tx: Tx, purpose: LinkPurpose, token: string): Promise<MailLink | null> {
  const [row] = await tx('mail_links')
    .where({ token_hash: sha256(token), purpose })
    .where('expires_at', '>', tx.fn.now())
    .update({ expires_at: SPENT })
    .returning('*');
  if (!row) return null;
  await endLinks(tx, row.account_id, { purpose });
  return { accountId: row.account_id, email: row.email, sessionId: row.session_id };
}

/** Before the beginning of every transaction, whichever of two that take one link began first. */
const SPENT = '-infinity';

/**
 * Ends links of an account: all that were mailed for one purpose, or all there are; except to one address, where that is
 * given. They are kept as long as they count against the limit of the hour.
 */
export async function endLinks(
  tx: Tx,
  accountId: AccountId,
  which: { readonly purpose?: LinkPurpose; readonly butTo?: string } = {},
): Promise<void> {
  const { purpose, butTo } = which;
  await tx('mail_links')
    .where({ account_id: accountId, ...(purpose === undefined ? {} : { purpose }) })
    .modify((query) => {
      if (butTo !== undefined) query.whereNot({ email: butTo });
    })
    .update({ expires_at: SPENT });
}

/** Forgets links that have run out, except those that count against the limit of the hour still. */
export function sweepLinks(db: Db, signal?: AbortSignal): Promise<number> {
  const condition = `expires_at < now() and created_at < now() - interval '1 hour'`;
  return deleteInBatches(db, 'mail_links', { condition }, signal);
}
