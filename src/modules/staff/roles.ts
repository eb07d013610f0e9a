import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, AuditId, IdSource, StaffRoleId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { AuditAction } from './actions.ts';
import { type Actor, may, outranks, permitted } from './actor.ts';
import type { Audit } from './audit.ts';
import type { AuditEntry, Deed } from './deed.ts';
import { type Permission, permissionsOf, type Role, rankOf, roles as usualRoles } from './permissions.ts';
import type { Watch } from './rows.ts';
import { knownAmong, type Standing, standingOf } from './standing.ts';

/** A role that this server made, or one that every server has. */
export interface StaffRole {
  readonly id: StaffRoleId | Role;
  readonly name: string;
  readonly isCustom: boolean;
  readonly permissions: readonly Permission[];
  readonly rank: number;
  /** How many have it. */
  readonly members: number;
}

export interface NewRole {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly rank: number;
}

/** One of the roles that every server has, or the id of one that this one made. */
export type RoleRef = Role | StaffRoleId;

type Refusal = 'permission-missing' | 'not-found' | 'outranked' | 'role-too-high';
type Changed = Result<object, Refusal | 'role-known' | 'role-in-use'>;

interface RolesDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly audit: Audit;
}

/** Who belongs to the staff, and what its roles include. */
export function createRoles({ db, ids, audit }: RolesDeps) {
  const deps = { ids, audit };
  return {
    standingOf: (accountId: AccountId) => standingOf(db, accountId),
    list: () => listRoles(db),
    assign: (tx: Tx, by: Actor, input: Assignment) => assignRole(audit, tx, by, input),
    /** Gives somebody the role again that they had before a deed of the log. */
    undoAssignment: (tx: Tx, by: Actor, entry: AuditEntry, reason: string) =>
      undoAssignment(audit, tx, by, entry, reason),
    /** A role was put back. */
    restored: (tx: Tx, id: string) => fitMembers(tx, id as StaffRoleId),
    create: (tx: Tx, by: Actor, role: NewRole) => createRole(deps, tx, by, role),
    change: (tx: Tx, by: Actor, id: StaffRoleId, role: NewRole) => changeRole(audit, tx, by, id, role),
    remove: (tx: Tx, by: Actor, id: StaffRoleId) => removeRole(audit, tx, by, id),
  };
}

/** All roles, highest first. */
async function listRoles(db: Db): Promise<StaffRole[]> {
  const counts = await db('users')
    .groupBy('role', 'staff_role_id')
    .select<{ role: Role; staff_role_id: StaffRoleId | null; members: string }[]>(
      'role',
      'staff_role_id',
      db.raw('count(*) as members'),
    );
  const membersOf = (of: RoleRef): number =>
    Number(counts.find(({ role, staff_role_id }) => (staff_role_id ?? role) === of)?.members ?? 0);
  const custom: StaffRole[] = (await db('staff_roles').select()).map((row) => ({
    ...{ id: row.id, name: row.name, isCustom: true, permissions: knownAmong(row.permissions) },
    ...{ rank: row.rank, members: membersOf(row.id) },
  }));
  const usual: StaffRole[] = usualRoles.map((role) => ({
    ...{ id: role, name: role, isCustom: false, permissions: permissionsOf(role) },
    ...{ rank: rankOf(role), members: membersOf(role) },
  }));
  return [...usual, ...custom].sort((a, b) => b.rank - a.rank || (a.name < b.name ? -1 : 1));
}

interface Assignment {
  readonly accountId: AccountId;
  readonly role: RoleRef;
  readonly reason: string;
}

/**
 * Gives somebody of this server another role. Nobody acts on whoever ranks as high, gives what ranks as high, or more than they have; the
 * last owner stays. What a session may do for the staff follows the role at once.
 */
async function assignRole(
  audit: Audit,
  tx: Tx,
  by: Actor,
  { accountId, role, reason, undoes }: Assignment & { readonly undoes?: AuditId },
): Promise<Result<{ auditId: AuditId }, Refusal | 'last-owner'>> {
  const allowed = permitted(by, 'roles');
  if (!allowed.ok) return allowed;
  // Two who make each other plain users at once would leave a server without an owner.
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended('roles', 0))`);
  const user = await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
  const wanted = await roleByRef(tx, role);
  if (!user || !wanted) return fail('not-found', 'There is no such account here, or no such role.');
  const before = await standingOf(tx, accountId);
  if (!outranks(by, before.rank)) return outranked();
  const grantable = mayGrant(by, wanted);
  if (!grantable.ok) return grantable;
  if (before.role === 'owner' && wanted.role !== 'owner' && (await countOwners(tx)) === 1) {
    return fail('last-owner', 'Somebody has to own the server: make another owner first.');
  }
  await tx('users')
    .where({ account_id: accountId })
    .update({ role: wanted.role, staff_role_id: wanted.customRole?.id ?? null });
  await fitSessions(tx, accountId, wanted.permissions.length > 0);
  const detail = { from: before.customRole?.id ?? before.role, to: role };
  const auditId = await audit.record(tx, by, {
    ...{ action: 'role.assign', target: { kind: 'account', id: accountId }, reason, detail },
    ...(undoes && { undoes }),
  });
  return ok({ auditId });
}

async function undoAssignment(audit: Audit, tx: Tx, by: Actor, entry: AuditEntry, reason: string) {
  const accountId = entry.target.id as AccountId;
  const { from, to } = entry.detail as { from: RoleRef; to: RoleRef };
  const now = await standingOf(tx, accountId);
  if ((now.customRole?.id ?? now.role) !== to) {
    return fail(
      'not-undoable',
      'Somebody gave this account another role since. Give it the one it shall have.',
    );
  }
  return assignRole(audit, tx, by, { accountId, role: from, reason, undoes: entry.id });
}

/**
 * Sessions of our own pages may do for the staff what their person may; tokens of apps lose it and get it only by signing in with it. What a
 * person may is asked at each request besides.
 */
async function fitSessions(tx: Tx, accountId: AccountId, isOfStaff: boolean): Promise<void> {
  await tx.raw(
    `update sessions set scopes =
       array(select scope from unnest(scopes) as scope where scope not like 'admin:%')
       || case when ? and kind = 'cookie' and app_id is null
            then array['admin:read', 'admin:write'] else array[]::text[] end
     where account_id = ?`,
    [isOfStaff, accountId],
  );
}

async function createRole({ ids, audit }: Omit<RolesDeps, 'db'>, tx: Tx, by: Actor, role: NewRole) {
  const allowed = mayMake(by, role);
  if (!allowed.ok) return allowed;
  const id = ids.next<'staff-role'>();
  const detail = { permissions: role.permissions, rank: role.rank };
  const made = await audit.recordRows(tx, by, deedOn('role.create', id, detail), {
    watch: watching(id),
    write: () =>
      tx('staff_roles')
        .insert({ id, ...columnsOf(role) })
        .onConflict('name_key')
        .ignore(),
  });
  return made === null ? nameKnown() : ok({ id });
}

async function changeRole(audit: Audit, tx: Tx, by: Actor, id: StaffRoleId, role: NewRole): Promise<Changed> {
  const known = await ownRole(tx, by, id);
  if (!known.ok) return known;
  const allowed = mayMake(by, role);
  if (!allowed.ok) return allowed;
  const { name_key } = columnsOf(role);
  if (await tx('staff_roles').where({ name_key }).whereNot({ id }).first('id')) return nameKnown();
  const detail = {
    from: { permissions: known.role.permissions, rank: known.role.rank },
    to: { permissions: role.permissions, rank: role.rank },
  };
  await audit.recordRows(tx, by, deedOn('role.change', id, detail), {
    watch: watching(id),
    write: () => tx('staff_roles').where({ id }).update(columnsOf(role)),
  });
  await fitMembers(tx, id);
  return ok();
}

/** Sessions of all who have a role may do what it includes now. */
async function fitMembers(tx: Tx, id: StaffRoleId): Promise<void> {
  const role = await tx('staff_roles').where({ id }).first('permissions');
  const members = await tx('users').where({ staff_role_id: id }).select('account_id');
  for (const member of members) await fitSessions(tx, member.account_id, (role?.permissions.length ?? 0) > 0);
}

const deedOn = (action: AuditAction, id: StaffRoleId, detail: object): Deed => ({
  ...{ action, target: { kind: 'role', id }, detail: { ...detail } },
});

const watching = (id: StaffRoleId): Watch => ({
  table: 'staff_roles',
  where: (query) => query.where({ id }),
});

async function removeRole(audit: Audit, tx: Tx, by: Actor, id: StaffRoleId): Promise<Changed> {
  const known = await ownRole(tx, by, id);
  if (!known.ok) return known;
  if (await tx('users').where({ staff_role_id: id }).first('account_id')) {
    return fail('role-in-use', 'Somebody has this role still. Give them another one first.');
  }
  const detail = { permissions: known.role.permissions, rank: known.role.rank };
  await audit.recordRows(tx, by, deedOn('role.remove', id, detail), {
    watch: watching(id),
    write: () => tx('staff_roles').where({ id }).delete(),
  });
  return ok();
}

/** A role that this server made, for whoever may change it; the row stays locked. */
async function ownRole(
  tx: Tx,
  by: Actor,
  id: StaffRoleId,
): Promise<Result<{ role: Standing }, 'permission-missing' | 'not-found' | 'outranked'>> {
  const allowed = permitted(by, 'roles');
  if (!allowed.ok) return allowed;
  const row = await tx('staff_roles').where({ id }).forUpdate().first();
  if (!row) return fail('not-found', 'There is no such role.');
  if (!outranks(by, row.rank)) return outranked();
  const role: Standing = {
    ...{ role: 'user', customRole: { id, name: row.name } },
    ...{ permissions: knownAmong(row.permissions), rank: row.rank },
  };
  return ok({ role });
}

async function roleByRef(tx: Tx, ref: RoleRef): Promise<Standing | null> {
  const usual = usualRoles.find((role) => role === ref);
  if (usual !== undefined) {
    return { role: usual, customRole: null, permissions: permissionsOf(usual), rank: rankOf(usual) };
  }
  const row = await tx('staff_roles').where({ id: ref }).forShare().first();
  if (!row) return null;
  return {
    ...{ role: 'user', customRole: { id: row.id, name: row.name } },
    ...{ permissions: knownAmong(row.permissions), rank: row.rank },
  };
}

function mayMake(by: Actor, role: NewRole): Result<object, 'permission-missing' | 'role-too-high'> {
  const allowed = permitted(by, 'roles');
  return allowed.ok ? mayGrant(by, role) : allowed;
}

/** Whether somebody ranks above a role, and has all that it includes. */
function mayGrant(
  by: Actor,
  { permissions, rank }: Pick<NewRole, 'permissions' | 'rank'>,
): Result<object, 'role-too-high'> {
  if (outranks(by, rank) && permissions.every((permission) => may(by, permission))) return ok();
  return fail(
    'role-too-high',
    'This role ranks as high as yours, or includes what yours does not: somebody above you can give it.',
  );
}

async function countOwners(tx: Tx): Promise<number> {
  const row = await tx('users').where({ role: 'owner' }).count('* as count').first();
  return Number(row?.count ?? 0);
}

const columnsOf = ({ name, permissions, rank }: NewRole) => ({
  ...{ name, name_key: name.toLowerCase(), permissions: [...permissions], rank },
});

const outranked = () =>
  fail('outranked', 'This account or role ranks as high as you, or higher: somebody above you can do that.');
const nameKnown = () => fail('role-known', 'There is a role of this name already.');
