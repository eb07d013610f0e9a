import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { type DirectoryFilter, roles, type StaffView } from '../../../modules/staff/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { linkPages } from '../paging.ts';
import { accountEntity, accountParams, flagSchema, quotaEntity, quotaOf } from '../schemas.ts';

/** Accounts in the shape of the Mastodon API's `Admin::Account`, with what else is known beside it. */
const adminAccountEntity = z
  .object({
    id: z.string(),
    username: z.string(),
    domain: z.string().nullable(),
    created_at: z.string(),
    email: z.string().nullable(),
    ip: z.string().nullable().describe('Of the newest session; addresses are forgotten after 30 days'),
    ips: z.array(z.object({ ip: z.string(), used_at: z.string() })),
    locale: z.string().nullable(),
    invite_request: z.string().nullable(),
    role: z.object({
      id: z.string(),
      name: z.string(),
      color: z.string(),
      permissions: z.string(),
      highlighted: z.boolean(),
    }),
    confirmed: z.boolean(),
    approved: z.boolean(),
    disabled: z.boolean(),
    silenced: z.boolean(),
    suspended: z.boolean(),
    sensitized: z.boolean(),
    state: z.string(),
    rank: z.number(),
    has_second_factor: z.boolean(),
    last_active_at: z.string().nullable(),
    invited_by_account_id: z.string().nullable(),
    account: accountEntity,
  })
  .meta({ id: 'AdminAccount' });

const adminAccountDetailEntity = adminAccountEntity
  .extend({
    storage_bytes: z.number(),
    quota: quotaEntity,
    videos_count: z.number().describe('Also those that nobody else sees'),
    sessions: z.array(
      z.object({
        id: z.string(),
        ip: z.string().nullable(),
        user_agent: z.string(),
        app: z.string().nullable(),
        created_at: z.string(),
        last_used_at: z.string(),
      }),
    ),
  })
  .meta({ id: 'AdminAccountDetail' });

const staff = { audience: 'staff', permission: 'accounts', scope: 'admin:read:accounts' } as const;
const accountId = idSchema<'account'>();
const text = z.string().trim().min(1).max(300).optional();
const network = z
  .string()
  .trim()
  .refine((one) => ipaddr.isValid(one) || ipaddr.isValidCIDR(one), 'This is no address, and no network.')
  .optional();
const roleRef = z.union([z.enum(roles), idSchema<'staff-role'>()]);

const common = {
  ...{ username: text, display_name: text, by_domain: text, email: text, ip: network },
  max_id: accountId.optional(),
  since_id: accountId.optional(),
  min_id: accountId.optional(),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(40)
    .transform((limit) => Math.min(limit, apiLimits.maxAdminPageItems)),
};

const STATUSES = ['active', 'pending', 'disabled', 'silenced', 'suspended', 'sensitized', 'leaving'] as const;
const flags = ['active', 'pending', 'disabled', 'silenced', 'suspended', 'sensitized'] as const;
const flag = flagSchema.optional();

const firstQuery = z.object({
  ...{ local: flag, remote: flag, staff: flag },
  ...{ active: flag, pending: flag, disabled: flag, silenced: flag, suspended: flag, sensitized: flag },
  ...common,
});

const secondQuery = z.object({
  origin: z.enum(['local', 'remote']).optional(),
  status: z.enum(STATUSES).optional(),
  permissions: z.literal('staff').optional(),
  role_ids: z.union([roleRef.transform((one) => [one]), z.array(roleRef).max(1)]).optional(),
  invited_by: accountId.optional(),
  inactive_days: z.coerce.number().int().min(1).max(10_000).optional(),
  ...common,
});

type Common = { [K in keyof typeof common]?: z.output<(typeof common)[K]> };

function commonFilter({ username, display_name, by_domain, email, ip }: Common): DirectoryFilter {
  return {
    ...(username !== undefined && { username }),
    ...(display_name !== undefined && { displayName: display_name }),
    ...(by_domain !== undefined && { domain: by_domain }),
    ...(email !== undefined && { email }),
    ...(ip !== undefined && { ip }),
  };
}

async function listed(
  deps: HttpDeps,
  filter: DirectoryFilter,
  { max_id, min_id, since_id, limit = 40 }: Common,
) {
  const page = { maxId: max_id ?? null, minId: min_id ?? null, sinceId: since_id ?? null, limit };
  const views = await deps.staff.directory.list(filter, page);
  return entitiesOf(deps, views);
}

export const listAdminAccounts = route({
  method: 'get',
  path: '/api/v1/admin/accounts',
  summary: 'Accounts, newest first, narrowed by flags. New apps use v2.',
  ...staff,
  query: firstQuery,
  output: z.array(adminAccountEntity),
  handler: async ({ deps, query, req, res }) => {
    const status = flags.find((one) => query[one]);
    const origin = query.local ? 'local' : query.remote ? 'remote' : undefined;
    const filter: DirectoryFilter = {
      ...commonFilter(query),
      ...(status !== undefined && { status }),
      ...(origin !== undefined && { origin }),
      ...(query.staff && { isStaff: true }),
    };
    const found = await listed(deps, filter, query);
    linkPages(req, res, deps.config.origin, found, query.limit);
    return found;
  },
});

export const searchAdminAccounts = route({
  method: 'get',
  path: '/api/v2/admin/accounts',
  summary: 'Accounts, newest first: by name, address, state, role, or how long nobody was seen there.',
  ...staff,
  query: secondQuery,
  output: z.array(adminAccountEntity),
  handler: async ({ deps, query, req, res }) => {
    const [role] = query.role_ids ?? [];
    const filter: DirectoryFilter = {
      ...commonFilter(query),
      ...(query.status !== undefined && { status: query.status }),
      ...(query.origin !== undefined && { origin: query.origin }),
      ...(query.permissions !== undefined && { isStaff: true }),
      ...(role !== undefined && { role }),
      ...(query.invited_by !== undefined && { invitedBy: query.invited_by }),
      ...(query.inactive_days !== undefined && { inactiveDays: query.inactive_days }),
    };
    const found = await listed(deps, filter, query);
    linkPages(req, res, deps.config.origin, found, query.limit);
    return found;
  },
});

export const getAdminAccount = route({
  method: 'get',
  path: '/api/v1/admin/accounts/:id',
  summary: 'An account with its sessions and what its videos take.',
  ...staff,
  params: accountParams,
  output: adminAccountDetailEntity,
  handler: async ({ deps, params }) => {
    const { directory } = deps.staff;
    const view = await directory.byId(params.id);
    const [entity] = view ? await entitiesOf(deps, [view]) : [];
    if (!entity) throw new ApiError('not-found');
    const [sessions, storage, quota] = await Promise.all([
      directory.sessionsOf(params.id),
      directory.storageOf(params.id),
      deps.staff.quotas.of(params.id),
    ]);
    return {
      ...entity,
      ips: sessions.flatMap(({ ip, lastUsedAt }) =>
        ip === null ? [] : [{ ip, used_at: lastUsedAt.toISOString() }],
      ),
      storage_bytes: storage.bytes,
      quota: quotaOf(quota),
      videos_count: storage.videos,
      sessions: sessions.map(({ id, ip, userAgent, app, createdAt, lastUsedAt }) => ({
        ...{ id, ip, user_agent: userAgent, app },
        ...{ created_at: createdAt.toISOString(), last_used_at: lastUsedAt.toISOString() },
      })),
    };
  },
});

export const setQuota = route({
  method: 'put',
  path: '/api/v1/admin/accounts/:id/quota',
  summary: 'Give an account of this server as much room for its videos, whatever its role.',
  ...{ ...staff, scope: 'admin:write:accounts' },
  params: accountParams,
  body: z.object({
    megabytes: z.number().int().min(0).max(100_000_000).nullable().describe('0: no limit; null: as its role'),
    reason: z.string().trim().max(apiLimits.maxReasonCharacters).default(''),
  }),
  output: quotaEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const input = { accountId: params.id, ...body };
    const outcome = await deps.inTx((tx) => deps.staff.quotas.set(tx, actorOf(viewer), input));
    if (!outcome.ok) throw refused(outcome);
    return quotaOf(outcome.quota);
  },
});

async function entitiesOf(deps: HttpDeps, views: readonly StaffView[]) {
  const accounts = await deps.accounts.byIds(views.map(({ accountId }) => accountId));
  const shown = views.flatMap((view) => {
    const account = accounts.get(view.accountId);
    return account ? [{ view, account }] : [];
  });
  const entities = await accountEntitiesOf(
    deps,
    shown.map(({ account }) => account),
  );
  return shown.flatMap(({ view, account }, at) => {
    const entity = entities[at];
    return entity ? [{ ...factsOf(view), ...identityOf(account), account: entity }] : [];
  });
}

const identityOf = (account: { id: string; username: string; domain: string | null; createdAt: Date }) => ({
  ...{ id: account.id, username: account.username, domain: account.domain },
  created_at: account.createdAt.toISOString(),
});

function factsOf({ user, standing, limits, ip, state }: StaffView) {
  const { customRole, role, permissions, rank } = standing;
  return {
    ...{ email: user?.email ?? null, ip, ips: [], locale: null, invite_request: user?.reason ?? null },
    role: {
      ...(customRole ?? { id: role, name: role }),
      ...{ color: '', permissions: '0', highlighted: permissions.length > 0 },
    },
    ...{ confirmed: user?.confirmed ?? true, approved: user?.approved ?? true },
    ...{ disabled: limits.frozen, silenced: limits.silenced, sensitized: limits.sensitive },
    ...{ suspended: state === 'suspended', state, rank },
    has_second_factor: user?.hasSecondFactor ?? false,
    last_active_at: user?.lastActiveAt?.toISOString() ?? null,
    invited_by_account_id: user?.invitedBy ?? null,
  };
}
