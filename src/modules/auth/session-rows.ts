import type { Db } from '../../db/database.ts';
import { madeOnce } from '../../db/made-once.ts';
import type { SessionId } from '../../lib/ids.ts';
import type { AccountRow } from '../accounts/index.ts';
import type { Role } from '../staff/index.ts';
import type { Viewer } from './model.ts';

const SEEN_EVERY_MINUTES = 10;

interface SessionRow extends AccountRow {
  readonly session_id: SessionId;
  readonly session_app_id: Viewer['appId'];
  readonly session_kind: Viewer['via'];
  readonly session_scopes: Viewer['scopes'];
  readonly session_stale: boolean;
  readonly user_role: Role;
  readonly user_unconfirmed: boolean;
}

/** The session of the hash of a token with its account: each request of somebody who is signed in begins here. */
export function sessionByHash(db: Db) {
  const HASH = 'hash';
  return madeOnce<SessionRow>(
    db,
    [HASH],
    db('sessions')
      .join('users', 'users.account_id', 'sessions.account_id')
      .join('accounts', 'accounts.id', 'sessions.account_id')
      .where({ 'sessions.token_hash': HASH })
      .where((where) => {
        where.where({ 'users.approval': 'approved' }).orWhere({ 'users.unconfirmed': true });
      })
      .where((where) => {
        where.whereNull('sessions.expires_at').orWhere('sessions.expires_at', '>', db.fn.now());
      })
      .select(
        'accounts.*',
        'sessions.id as session_id',
        'sessions.app_id as session_app_id',
        'sessions.kind as session_kind',
        'sessions.scopes as session_scopes',
        'users.role as user_role',
        'users.unconfirmed as user_unconfirmed',
        db.raw(`sessions.last_used_at < now() - make_interval(mins => ?) as session_stale`, [
          SEEN_EVERY_MINUTES,
        ]),
      ),
  );
}
