import { z } from 'zod';
import { staffLimits } from '../../../../config/staff-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { permissions, rankOf, roles, type StaffRole } from '../../../modules/staff/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountParams, emptyEntity } from '../schemas.ts';

const roleEntity = z
  .object({
    id: z.string(),
    name: z.string(),
    custom: z.boolean().describe('Made by this server; the others are on every one'),
    permissions: z.array(z.enum(permissions)),
    rank: z.number().describe('Whoever ranks higher may act on whoever ranks lower'),
    members: z.number(),
  })
  .meta({ id: 'StaffRole' });

const entityOf = (role: StaffRole): z.input<typeof roleEntity> => ({
  ...{ id: role.id, name: role.name, custom: role.isCustom, permissions: [...role.permissions] },
  ...{ rank: role.rank, members: role.members },
});

const staff = { audience: 'staff', permission: 'roles' } as const;
const roleId = idSchema<'staff-role'>();
const params = z.object({ id: roleId });
const body = z.object({
  name: z.string().trim().min(1).max(staffLimits.maxRoleNameCharacters),
  permissions: z.array(z.enum(permissions)).min(1),
  rank: z
    .number()
    .int()
    .min(1)
    .max(rankOf('admin') - 1)
    .default(rankOf('moderator') - 1),
});
const reason = z.string().trim().max(staffLimits.maxReasonCharacters).default('');

export const listRoles = route({
  method: 'get',
  path: '/api/v1/admin/roles',
  summary: 'Roles of the staff, highest first: those that every server has, and those that this one made.',
  ...staff,
  scope: 'admin:read',
  output: z.array(roleEntity),
  handler: async ({ deps }) => (await deps.staff.roles.list()).map(entityOf),
});

export const createRole = route({
  method: 'post',
  path: '/api/v1/admin/roles',
  summary: 'Make a role. Nobody makes one that ranks as high as theirs, or includes what theirs does not.',
  ...staff,
  scope: 'admin:write',
  body,
  output: z.object({ id: z.string() }),
  handler: async ({ deps, body, viewer }) => {
    const made = await deps.inTx((tx) => deps.staff.roles.create(tx, actorOf(viewer), body));
    if (!made.ok) throw refused(made);
    return { id: made.id };
  },
});

export const changeRole = route({
  method: 'put',
  path: '/api/v1/admin/roles/:id',
  summary: 'Change a role that this server made; what its people may follows at once.',
  ...staff,
  scope: 'admin:write',
  params,
  body,
  output: emptyEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const changed = await deps.inTx((tx) => deps.staff.roles.change(tx, actorOf(viewer), params.id, body));
    if (!changed.ok) throw refused(changed);
    return {};
  },
});

export const removeRole = route({
  method: 'delete',
  path: '/api/v1/admin/roles/:id',
  summary: 'Remove a role that this server made and that nobody has.',
  ...staff,
  scope: 'admin:write',
  params,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const removed = await deps.inTx((tx) => deps.staff.roles.remove(tx, actorOf(viewer), params.id));
    if (!removed.ok) throw refused(removed);
    return {};
  },
});

export const assignRole = route({
  method: 'post',
  path: '/api/v1/admin/accounts/:id/role',
  summary: 'Give somebody of this server another role, by its id. Their sessions follow at once.',
  ...staff,
  scope: 'admin:write:accounts',
  params: accountParams,
  body: z.object({ role: z.union([z.enum(roles), roleId]), reason }),
  output: emptyEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const input = { accountId: params.id, ...body };
    const assigned = await deps.inTx((tx) => deps.staff.roles.assign(tx, actorOf(viewer), input));
    if (!assigned.ok) throw refused(assigned);
    return {};
  },
});
