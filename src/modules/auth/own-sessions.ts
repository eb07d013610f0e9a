import type { Db, Tx } from '../../db/database.ts';
import { randomToken } from '../../lib/crypto.ts';
import type { AccountId, SessionId } from '../../lib/ids.ts';
import { hashToken } from './commands.ts';
import type { OwnSession } from './model.ts';
import { removeAll } from './passkeys.ts';

interface SessionRow {
  readonly id: SessionId;
  readonly kind: OwnSession['kind'];
  readonly app_id: string | null;
  readonly app_name: string;
  readonly app_website: string | null;
  readonly scopes: OwnSession['scopes'];
  readonly user_agent: string;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date | null;
}

/** Sessions of one account that still count, the newest first. */
export async function sessionsOf(
  db: Db,
  accountId: AccountId,
  page: { readonly before: SessionId | null; readonly limit: number },
): Promise<OwnSession[]> {
  const rows = await db('sessions')
    .leftJoin('apps', 'apps.id', 'sessions.app_id')
    .where({ 'sessions.account_id': accountId })
    .where((where) => {
      where.whereNull('sessions.expires_at').orWhere('sessions.expires_at', '>', db.fn.now());
    })
    .modify((query) => {
      if (page.before !== null) query.where('sessions.id', '<', page.before);
    })
    .orderBy('sessions.id', 'desc')
    .limit(page.limit)
    .select('sessions.*', 'apps.name as app_name', 'apps.website as app_website');
  return rows.map((row: SessionRow) => ({
    id: row.id,
    kind: row.kind,
    app: row.app_id === null ? null : { name: row.app_name, website: row.app_website },
    scopes: row.scopes,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  }));
}

/** Ends one session. */
export async function closeSession(tx: Tx, sessionId: SessionId): Promise<void> {
  await tx('sessions').where({ id: sessionId }).delete();
}

/** Ends one session of this account; false where it has no such session. */
export async function closeOwnSession(tx: Tx, accountId: AccountId, sessionId: SessionId): Promise<boolean> {
  return (await tx('sessions').where({ id: sessionId, account_id: accountId }).delete()) === 1;
}

/** Gives a session with an end another token, and ends the old one: what it may do has changed (security.md A6). */
export async function rotateSession(
  tx: Tx,
  sessionId: SessionId,
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomToken(32);
  const [row] = await tx('sessions')
    .where({ id: sessionId })
    .update({ token_hash: hashToken(token) })
    .returning('expires_at');
  if (!row) throw new Error('The session that asked is gone.');
  return { token, expiresAt: row.expires_at };
}

/**
 * Sets a new password and ends every session of the account but one, those of apps and the codes that they have not
 * exchanged yet included (security.md A6). Where no session stays, the person was not signed in, and nobody knows who has
 * been: passkeys end, too, as somebody else may have added one. Says how many those were; null where the account has no password: it is nobody's.
 */
export async function setPassword(
  tx: Tx,
  accountId: AccountId,
  passwordHash: string,
  but: SessionId | null = null,
): Promise<{ passkeysRemoved: number } | null> {
  const passkeysRemoved = but === null ? await removeAll(tx, accountId) : 0;
  await tx('oauth_codes').where({ account_id: accountId }).delete();
  await tx('sessions')
    .where({ account_id: accountId })
    .modify((query) => {
      if (but !== null) query.whereNot({ id: but });
    })
    .delete();
  const set = await tx('users').where({ account_id: accountId }).update({ password_hash: passwordHash });
  return set === 1 ? { passkeysRemoved } : null;
}
