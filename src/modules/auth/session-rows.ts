import type { Db } from '../../db/database.ts';
import { madeOnce } from '../../db/made-once.ts';
import type { SessionId } from '../../lib/ids.ts';
import type { AccountRow } from '../accounts/index.ts';
import { STANDING_COLUMNS, type StandingRow } from '../staff/index.ts';
import type { Viewer } from './model.ts';

const SEEN_EVERY_MINUTES = 10;

interface SessionRow extends AccountRow, StandingRow {
  readonly session_id: SessionId;
  readonly session_app_id: Viewer['appId'];
  readonly session_kind: Viewer['via'];
  readonly session_scopes: Viewer['scopes'];
  readonly session_stale: boolean;
  readonly has_second_factor: boolean;
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
      .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
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
        ...STANDING_COLUMNS,
        'users.unconfirmed as user_unconfirmed',
        // Of the staff alone; nobody else is asked to have one.
        db.raw(`case when users.role = 'user' and users.staff_role_id is null then false else
          exists (select from second_factors as factors
            where factors.account_id = users.account_id and factors.confirmed_at is not null)
          or exists (select from passkeys where passkeys.account_id = users.account_id)
          end as has_second_factor`),
        db.raw(`sessions.last_used_at < now() - make_interval(mins => ?) as session_stale`, [
          SEEN_EVERY_MINUTES,
        ]),
      ),
  );
}
