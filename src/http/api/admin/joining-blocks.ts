import { z } from 'zod';
import { staffLimits } from '../../../../config/staff-limits.ts';
import type { Tx } from '../../../db/database.ts';
import { idSchema, type JoiningBlockId } from '../../../lib/ids.ts';
import type { Failure, Ok } from '../../../lib/result.ts';
import { actorOf, type Viewer } from '../../../modules/auth/index.ts';
import {
  type Actor,
  type EmailDomainBlock,
  type IpBlock,
  ipSeverities,
  type JoiningBlockKind,
} from '../../../modules/staff/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { addressOf } from '../../limits.ts';
import { route } from '../../route.ts';
import { emptyEntity, flagSchema } from '../schemas.ts';

/** What is refused of those who join; blocks of e-mail domains and addresses in the shapes of the Mastodon API. */

const staff = { audience: 'staff', permission: 'sign-ups' } as const;
const params = z.object({ id: idSchema<'joining-block'>() });
const comment = z.string().trim().max(staffLimits.maxCommentCharacters).default('');
const added = z.object({ id: z.string() });
const MAX_YEARS_S = 10 * 366 * 86_400;

const ipBlockFields = {
  severity: z.enum(ipSeverities),
  comment,
  expires_in: z.coerce.number().int().min(1).max(MAX_YEARS_S).nullish().describe('In seconds'),
};

function ipBlockOf(body: z.output<z.ZodObject<typeof ipBlockFields>>, now: number) {
  const { severity, expires_in: seconds } = body;
  return { severity, comment: body.comment, expiresAt: seconds ? new Date(now + seconds * 1_000) : null };
}

const emailDomainEntity = z
  .object({
    ...{ id: z.string(), domain: z.string(), allow_with_approval: z.boolean(), created_at: z.string() },
    history: z.array(z.object({})),
  })
  .meta({ id: 'EmailDomainBlock' });

const emailDomainOf = ({ id, domain, allowWithApproval, createdAt }: EmailDomainBlock) => ({
  ...{ id, domain, allow_with_approval: allowWithApproval },
  ...{ created_at: createdAt.toISOString(), history: [] },
});

const ipEntity = z
  .object({
    ...{ id: z.string(), ip: z.string(), severity: z.enum(ipSeverities), comment: z.string() },
    ...{ created_at: z.string(), expires_at: z.string().nullable() },
  })
  .meta({ id: 'IpBlock' });

const ipOf = ({ id, ip, severity, comment: said, expiresAt, createdAt }: IpBlock) => ({
  ...{ id, ip, severity, comment: said },
  ...{ created_at: createdAt.toISOString(), expires_at: expiresAt?.toISOString() ?? null },
});

export const listEmailDomainBlocks = route({
  method: 'get',
  path: '/api/v1/admin/email_domain_blocks',
  summary: 'E-mail providers with whose addresses nobody joins, or only by approval.',
  ...staff,
  scope: 'admin:read',
  output: z.array(emailDomainEntity),
  handler: async ({ deps }) => (await deps.staff.joining.emailDomains()).map(emailDomainOf),
});

export const getEmailDomainBlock = route({
  method: 'get',
  path: '/api/v1/admin/email_domain_blocks/:id',
  summary: 'One of the blocked e-mail providers.',
  ...staff,
  scope: 'admin:read',
  params,
  output: emailDomainEntity,
  handler: async ({ deps, params: { id } }) => {
    const block = (await deps.staff.joining.emailDomains()).find((one) => one.id === id);
    if (!block) throw new ApiError('not-found');
    return emailDomainOf(block);
  },
});

export const addEmailDomainBlock = route({
  method: 'post',
  path: '/api/v1/admin/email_domain_blocks',
  summary: 'Block an e-mail provider, and domains below it, for those who join.',
  ...staff,
  scope: 'admin:write',
  body: z.object({
    domain: z.string().trim().min(1).max(253),
    allow_with_approval: flagSchema.default(false),
  }),
  output: added,
  handler: async ({ deps, body, viewer }) =>
    done(
      await deps.inTx((tx) =>
        deps.staff.joining.blockEmailDomain(tx, actorOf(viewer), body.domain, body.allow_with_approval),
      ),
    ),
});

export const listIpBlocks = route({
  method: 'get',
  path: '/api/v1/admin/ip_blocks',
  summary:
    'Networks from which nobody joins, only by approval, or nobody is answered; those that have not run out.',
  ...staff,
  scope: 'admin:read:ip_blocks',
  output: z.array(ipEntity),
  handler: async ({ deps }) => (await deps.staff.joining.ips()).map(ipOf),
});

export const getIpBlock = route({
  method: 'get',
  path: '/api/v1/admin/ip_blocks/:id',
  summary: 'One of the blocked networks.',
  ...staff,
  scope: 'admin:read:ip_blocks',
  params,
  output: ipEntity,
  handler: async ({ deps, params: { id } }) => {
    const block = (await deps.staff.joining.ips()).find((one) => one.id === id);
    if (!block) throw new ApiError('not-found');
    return ipOf(block);
  },
});

export const addIpBlock = route({
  method: 'post',
  path: '/api/v1/admin/ip_blocks',
  summary:
    'Block an address or a network (CIDR) for those who join, or (`no_access`) for everybody but other servers.',
  ...staff,
  scope: 'admin:write:ip_blocks',
  body: z.object({ ip: z.string().trim().min(2).max(60), ...ipBlockFields }),
  output: added,
  handler: async ({ deps, body, viewer, req }) => {
    const block = { ip: body.ip, ...ipBlockOf(body, deps.clock.now()) };
    const from = addressOf(req.ip);
    return done(await deps.inTx((tx) => deps.staff.joining.blockIp(tx, actorOf(viewer), block, from)));
  },
});

export const listReservedNames = route({
  method: 'get',
  path: '/api/v1/admin/reserved_names',
  summary: 'Names that nobody takes, beside those that every server keeps.',
  ...staff,
  scope: 'admin:read',
  output: z.array(
    z
      .object({ id: z.string(), name: z.string(), comment: z.string(), created_at: z.string() })
      .meta({ id: 'ReservedName' }),
  ),
  handler: async ({ deps }) =>
    (await deps.staff.joining.names()).map(({ createdAt, ...name }) => ({
      ...name,
      created_at: createdAt.toISOString(),
    })),
});

export const reserveName = route({
  method: 'post',
  path: '/api/v1/admin/reserved_names',
  summary: 'Keep a name from those who join.',
  ...staff,
  scope: 'admin:write',
  body: z.object({
    name: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9_]{1,30}$/),
    comment,
  }),
  output: added,
  handler: async ({ deps, body, viewer }) =>
    done(
      await deps.inTx((tx) => deps.staff.joining.reserveName(tx, actorOf(viewer), body.name, body.comment)),
    ),
});

const changing = <Body extends z.ZodType>(
  path: string,
  scope: 'admin:write' | 'admin:write:ip_blocks',
  body: Body,
  change: (
    joining: HttpDeps['staff']['joining'],
    tx: Tx,
    input: { by: Actor; id: JoiningBlockId; body: z.output<Body>; now: number; from: string | null },
  ) => Promise<Ok | Failure<'permission-missing' | 'not-found' | 'validation-failed'>>,
) =>
  route({
    method: 'put',
    path,
    summary: 'Change this block; what it is about stays.',
    ...staff,
    scope,
    params,
    body,
    output: emptyEntity,
    handler: async ({ deps, params, body: given, viewer, req }) => {
      const input = {
        by: actorOf(viewer),
        id: params.id,
        body: given as z.output<Body>,
        ...{ now: deps.clock.now(), from: addressOf(req.ip) },
      };
      const outcome = await deps.inTx((tx) => change(deps.staff.joining, tx, input));
      if (!outcome.ok) throw refused(outcome);
      return {};
    },
  });

export const changeEmailDomainBlock = changing(
  '/api/v1/admin/email_domain_blocks/:id',
  'admin:write',
  z.object({ allow_with_approval: flagSchema }),
  (joining, tx, { by, id, body }) => joining.changeEmailDomain(tx, by, id, body.allow_with_approval),
);
export const changeIpBlock = changing(
  '/api/v1/admin/ip_blocks/:id',
  'admin:write:ip_blocks',
  z.object(ipBlockFields),
  (joining, tx, { by, id, body, now, from }) => joining.changeIp(tx, by, id, ipBlockOf(body, now), from),
);
export const changeReservedName = changing(
  '/api/v1/admin/reserved_names/:id',
  'admin:write',
  z.object({ comment }),
  (joining, tx, { by, id, body }) => joining.changeName(tx, by, id, body.comment),
);

const removal = (kind: JoiningBlockKind, path: string, scope: 'admin:write' | 'admin:write:ip_blocks') =>
  route({
    method: 'delete',
    path,
    summary: 'Take this block away.',
    ...staff,
    scope,
    params,
    output: emptyEntity,
    handler: ({ deps, params, viewer }) => remove(deps, viewer, kind, params.id),
  });

export const removeEmailDomainBlock = removal(
  'email',
  '/api/v1/admin/email_domain_blocks/:id',
  'admin:write',
);
export const removeIpBlock = removal('ip', '/api/v1/admin/ip_blocks/:id', 'admin:write:ip_blocks');
export const releaseName = removal('name', '/api/v1/admin/reserved_names/:id', 'admin:write');

async function remove(deps: HttpDeps, viewer: Viewer, kind: JoiningBlockKind, id: JoiningBlockId) {
  const removed = await deps.inTx((tx) => deps.staff.joining.remove(tx, actorOf(viewer), kind, id));
  if (!removed.ok) throw refused(removed);
  return {};
}

function done(outcome: { readonly ok: true; readonly id: JoiningBlockId } | Failure) {
  if (!outcome.ok) throw refused(outcome);
  return { id: outcome.id };
}
