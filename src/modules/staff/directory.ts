import type { Knex } from 'knex';
import type { Db } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import type { AccountId, SessionId, StaffRoleId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import { roles as usualRoles } from './permissions.ts';
import type { RoleRef } from './roles.ts';
import { STANDING_COLUMNS, type Standing, type StandingRow, standingFromRow } from './standing.ts';

/** What the staff may know of an account beside what everybody sees. */
export interface StaffView {
  readonly accountId: AccountId;
  readonly state: string;
  readonly standing: Standing;
  /** Of accounts of this server; null for others. */
  readonly user: {
    readonly email: string | null;
    readonly confirmed: boolean;
    readonly approved: boolean;
    readonly reason: string | null;
    readonly invitedBy: AccountId | null;
    readonly lastActiveAt: Date | null;
    readonly hasSecondFactor: boolean;
  } | null;
  readonly limits: { readonly frozen: boolean; readonly silenced: boolean; readonly sensitive: boolean };
  /** The address of the newest session, where one is kept. */
  readonly ip: string | null;
}

/** Which accounts are asked for; what is left out does not narrow. */
export interface DirectoryFilter {
  readonly origin?: 'local' | 'remote';
  readonly status?: 'active' | 'pending' | 'disabled' | 'silenced' | 'suspended' | 'sensitized' | 'leaving';
  readonly isStaff?: boolean;
  readonly role?: RoleRef;
  /** The beginning of a name, with or without its server. */
  readonly username?: string;
  readonly displayName?: string;
  readonly domain?: string;
  readonly email?: string;
  /** An address, or a network of some. */
  readonly ip?: string;
  readonly invitedBy?: AccountId;
  /** Nobody was seen there for so many days. */
  readonly inactiveDays?: number;
}

/** A session, for those who look after accounts. */
export interface SessionView {
  readonly id: SessionId;
  readonly ip: string | null;
  readonly userAgent: string;
  readonly app: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

/** All accounts, as the staff sees them. */
export function createDirectory(db: Db) {
  const views = () =>
    db('accounts')
      .leftJoin('users', 'users.account_id', 'accounts.id')
      .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
      .leftJoin('invites', 'invites.id', 'users.invite_id')
      // What stands for the server itself, and channels, are nobody.
      .whereNull('accounts.owner_id')
      .whereRaw(`not (accounts.domain = '' and accounts.actor_type = 'Application')`)
      .select<ViewRow[]>(
        ...[
          'accounts.id',
          'accounts.state',
          'accounts.frozen',
          'accounts.silenced',
          'accounts.all_sensitive',
        ],
        ...[
          'users.account_id as user_id',
          'users.email',
          'users.unconfirmed',
          'users.approval',
          'users.reason',
        ],
        ...['users.last_seen_at', 'invites.account_id as invited_by', ...STANDING_COLUMNS],
        db.raw(`exists (select from second_factors as factors
            where factors.account_id = accounts.id and factors.confirmed_at is not null)
          or exists (select from passkeys where passkeys.account_id = accounts.id) as has_second_factor`),
        db.raw(`(select host(sessions.ip) from sessions
            where sessions.account_id = accounts.id and sessions.ip is not null
            order by sessions.id desc limit 1) as ip`),
      );
  return {
    /** Accounts, newest first. */
    async list(filter: DirectoryFilter, page: Page): Promise<StaffView[]> {
      const rows = await views()
        .modify(within(page, 'accounts.id'))
        .whereNot('accounts.state', 'deleted')
        .modify((query) => narrow(query, filter));
      const found = rows.map(viewOf);
      return page.minId === null ? found : found.reverse();
    },

    async byId(accountId: AccountId): Promise<StaffView | null> {
      const [row] = await views().where('accounts.id', accountId);
      return row === undefined ? null : viewOf(row);
    },

    /** Sessions that still count, newest first. */
    async sessionsOf(accountId: AccountId): Promise<SessionView[]> {
      const rows = await db('sessions')
        .leftJoin('apps', 'apps.id', 'sessions.app_id')
        .where({ 'sessions.account_id': accountId })
        .where((open) =>
          open.whereNull('sessions.expires_at').orWhere('sessions.expires_at', '>', db.fn.now()),
        )
        .orderBy('sessions.id', 'desc')
        .limit(MAX_SESSIONS)
        .select('sessions.*', 'apps.name as app_name', db.raw('host(sessions.ip) as address'));
      return rows.map((row) => ({
        ...{ id: row.id, ip: row.address, userAgent: row.user_agent, app: row.app_name },
        ...{ createdAt: row.created_at, lastUsedAt: row.last_used_at },
      }));
    },

    /** What the uploads of somebody of this server take. */
    async storageOf(accountId: AccountId): Promise<{ readonly videos: number; readonly bytes: number }> {
      const row = await db('videos')
        .leftJoin('video_assets', 'video_assets.video_id', 'videos.id')
        .where({ 'videos.account_id': accountId })
        .first(
          db.raw('count(distinct videos.id) as videos'),
          db.raw('coalesce(sum(video_assets.bytes), 0) as bytes'),
        );
      return { videos: Number(row?.videos ?? 0), bytes: Number(row?.bytes ?? 0) };
    },

    /** Forgets addresses of sessions that are older than this. Returns how many it were. */
    forgetAddresses: (days: number): Promise<number> =>
      db('sessions')
        .whereNotNull('ip')
        .whereRaw('created_at < now() - make_interval(days => ?)', [days])
        .update({ ip: null }),
  };
}

const MAX_SESSIONS = 100;

interface ViewRow extends StandingRow {
  readonly id: AccountId;
  readonly state: string;
  readonly frozen: boolean;
  readonly silenced: boolean;
  readonly all_sensitive: boolean;
  readonly user_id: AccountId | null;
  readonly email: string | null;
  readonly unconfirmed: boolean;
  readonly approval: string;
  readonly reason: string | null;
  readonly last_seen_at: Date | null;
  readonly invited_by: AccountId | null;
  readonly has_second_factor: boolean;
  readonly ip: string | null;
}

function viewOf(row: ViewRow): StaffView {
  const user = row.user_id !== null && {
    ...{ email: row.email, confirmed: !row.unconfirmed, approved: row.approval === 'approved' },
    ...{ reason: row.reason, invitedBy: row.invited_by, lastActiveAt: row.last_seen_at },
    hasSecondFactor: row.has_second_factor,
  };
  return {
    ...{ accountId: row.id, state: row.state, ip: row.ip, user: user || null },
    standing: standingFromRow(user ? row : { ...row, user_role: 'user', staff_role_id: null }),
    limits: { frozen: row.frozen, silenced: row.silenced, sensitive: row.all_sensitive },
  };
}

function narrow(query: Knex.QueryBuilder, filter: DirectoryFilter): void {
  const { username, displayName, email, role } = filter;
  if (filter.origin === 'local') query.where('accounts.domain', '');
  if (filter.origin === 'remote') query.whereNot('accounts.domain', '');
  if (filter.status !== undefined) byStatus(query, filter.status);
  if (filter.isStaff) query.whereRaw(`(users.role <> 'user' or users.staff_role_id is not null)`);
  if (role !== undefined) byRole(query, role);
  if (username !== undefined) {
    const [name = '', domain] = username.replace(/^@/, '').toLowerCase().split('@');
    query.whereLike('accounts.username_key', `${escaped(name)}%`);
    if (domain) query.where('accounts.domain', domain);
  }
  if (displayName !== undefined) query.whereILike('accounts.display_name', `%${escaped(displayName)}%`);
  if (filter.domain !== undefined) query.where('accounts.domain', filter.domain.toLowerCase());
  if (email !== undefined) query.whereLike('users.email_key', `%${escaped(email.trim().toLowerCase())}%`);
  if (filter.invitedBy !== undefined) query.where('invites.account_id', filter.invitedBy);
  if (filter.ip !== undefined) {
    query.whereRaw(
      'exists (select from sessions where sessions.account_id = accounts.id and sessions.ip <<= ?::inet)',
      [filter.ip],
    );
  }
  if (filter.inactiveDays !== undefined) {
    query.whereRaw(
      `coalesce(users.last_seen_at, accounts.fetched_at, accounts.created_at) < now() - make_interval(days => ?)`,
      [filter.inactiveDays],
    );
  }
}

function byStatus(query: Knex.QueryBuilder, status: NonNullable<DirectoryFilter['status']>): void {
  if (status === 'disabled') query.where('accounts.frozen', true);
  else if (status === 'silenced') query.where('accounts.silenced', true);
  else if (status === 'sensitized') query.where('accounts.all_sensitive', true);
  else if (status === 'pending') query.where('users.approval', 'pending');
  else query.where('accounts.state', status);
}

function byRole(query: Knex.QueryBuilder, role: RoleRef): void {
  const isUsual = usualRoles.some((usual) => usual === role);
  if (!isUsual) query.where('users.staff_role_id', role as StaffRoleId);
  else query.where('users.role', role).whereNull('users.staff_role_id');
}

/** As a part of a pattern of `like`. */
const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
