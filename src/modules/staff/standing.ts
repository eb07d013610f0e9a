import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, StaffRoleId } from '../../lib/ids.ts';
import { type Permission, permissions, permissionsOf, type Role, rankOf } from './permissions.ts';

/** Where somebody stands among the people of this server. */
export interface Standing {
  readonly role: Role;
  /** The role that this server made, where it is one of those; `role` is then `user`. */
  readonly customRole: { readonly id: StaffRoleId; readonly name: string } | null;
  readonly permissions: readonly Permission[];
  readonly rank: number;
}

/** What a row says of a role, as `STANDING_COLUMNS` asks for it. */
export interface StandingRow {
  readonly user_role: Role;
  readonly staff_role_id: StaffRoleId | null;
  readonly staff_role_name: string | null;
  readonly staff_role_permissions: readonly string[] | null;
  readonly staff_role_rank: number | null;
}

/** Of a query that joins `users` with `staff_roles` on the left. */
export const STANDING_COLUMNS = [
  'users.role as user_role',
  'users.staff_role_id',
  'staff_roles.name as staff_role_name',
  'staff_roles.permissions as staff_role_permissions',
  'staff_roles.rank as staff_role_rank',
] as const;

const NOBODY: Standing = { role: 'user', customRole: null, permissions: [], rank: rankOf('user') };

export function standingFromRow(row: StandingRow): Standing {
  const { user_role: role, staff_role_id: id } = row;
  if (role !== 'user' || id === null) {
    return { role, customRole: null, permissions: permissionsOf(role), rank: rankOf(role) };
  }
  return {
    role,
    customRole: { id, name: row.staff_role_name ?? '' },
    permissions: knownAmong(row.staff_role_permissions ?? []),
    rank: row.staff_role_rank ?? 0,
  };
}

/** Without those that a later version knew: nobody may what has no meaning. */
export function knownAmong(names: readonly string[]): Permission[] {
  return permissions.filter((permission) => names.includes(permission));
}

/** Where an account stands; like everybody, where it is of another server or does not exist. */
export async function standingOf(conn: Db | Tx, accountId: AccountId): Promise<Standing> {
  const row = await conn('users')
    .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
    .where({ 'users.account_id': accountId })
    .first<StandingRow | undefined>(...STANDING_COLUMNS);
  return row === undefined ? NOBODY : standingFromRow(row);
}
