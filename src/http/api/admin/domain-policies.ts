import { z } from 'zod';
import { remoteVideoModes } from '../../../../config/env.ts';
import { apiLimits, policyLimits } from '../../../../config/limits.ts';
import { sha256 } from '../../../lib/crypto.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { DomainPolicy, PolicyChange, Severity } from '../../../modules/instances/index.ts';
import type { Actor } from '../../../modules/staff/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages } from '../paging.ts';
import { emptyEntity } from '../schemas.ts';

/** Policies in the shape of the Mastodon API, where blocks and allows are two lists of one table. */

const mediaMode = z.enum(remoteVideoModes);

const BLOCKS: readonly Severity[] = ['noop', 'no-feed', 'silence', 'suspend'];
const ALLOWS: readonly Severity[] = ['allow'];

const blockEntity = z
  .object({
    id: z.string(),
    domain: z.string(),
    digest: z.string().describe('SHA-256 of the domain, in hexadecimal'),
    severity: z.enum(['noop', 'silence', 'suspend']).describe('The nearest that Mastodon knows'),
    level: z.enum(['noop', 'no-feed', 'silence', 'suspend']),
    reject_media: z.boolean(),
    reject_reports: z.boolean(),
    media_mode: mediaMode.nullable().describe('What happens to its videos; null: as to those of others'),
    private_comment: z.string().nullable(),
    public_comment: z.string().nullable(),
    obfuscate: z.boolean(),
    created_at: z.string(),
    expires_at: z.string().nullable(),
  })
  .meta({ id: 'AdminDomainBlock' });

const allowEntity = z
  .object({ id: z.string(), domain: z.string(), created_at: z.string() })
  .meta({ id: 'AdminDomainAllow' });

function blockEntityOf(policy: DomainPolicy): z.input<typeof blockEntity> {
  return {
    id: policy.id,
    domain: policy.domain,
    digest: sha256(Buffer.from(policy.domain)).toString('hex'),
    severity: policy.severity === 'allow' || policy.severity === 'no-feed' ? 'noop' : policy.severity,
    level: policy.severity === 'allow' ? 'noop' : policy.severity,
    reject_media: policy.rejectMedia,
    reject_reports: policy.rejectReports,
    media_mode: policy.mediaMode,
    private_comment: policy.privateComment || null,
    public_comment: policy.publicComment || null,
    obfuscate: policy.obfuscate,
    created_at: policy.createdAt.toISOString(),
    expires_at: policy.expiresAt?.toISOString() ?? null,
  };
}

function allowEntityOf({ id, domain, createdAt }: DomainPolicy): z.input<typeof allowEntity> {
  return { id, domain, created_at: createdAt.toISOString() };
}

const params = z.object({ id: idSchema<'policy'>() });

const query = z.object({
  max_id: idSchema<'policy'>().optional(),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .transform((limit) => Math.min(limit, apiLimits.maxAdminPageItems)),
});

/** JSON has booleans; forms of older clients have their names. */
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const comment = z.string().max(policyLimits.maxCommentCharacters);
const domain = z.string().trim().min(1).max(policyLimits.maxDomainCharacters);

const changes = z.object({
  severity: z.enum(['noop', 'no-feed', 'silence', 'suspend']).optional(),
  reject_media: flag.optional(),
  reject_reports: flag.optional(),
  media_mode: mediaMode.nullish(),
  private_comment: comment.nullish().transform((text) => text ?? undefined),
  public_comment: comment.nullish().transform((text) => text ?? undefined),
  obfuscate: flag.optional(),
  expires_at: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .nullish(),
});

function changeOf(body: z.output<typeof changes>, severity: Severity): PolicyChange {
  return {
    severity: body.severity ?? severity,
    rejectMedia: body.reject_media,
    rejectReports: body.reject_reports,
    mediaMode: body.media_mode,
    privateComment: body.private_comment,
    publicComment: body.public_comment,
    obfuscate: body.obfuscate,
    expiresAt: body.expires_at,
  };
}

async function found(deps: HttpDeps, id: string, of: readonly Severity[]): Promise<DomainPolicy> {
  const policy = await deps.instances.policyById(id);
  if (!policy || !of.includes(policy.severity)) throw new ApiError('not-found');
  return policy;
}

async function set(deps: HttpDeps, by: Actor, name: string, change: PolicyChange): Promise<DomainPolicy> {
  const input = { domain: name, change, reason: change.privateComment ?? '' };
  const outcome = await deps.inTx((tx) => deps.domains.set(tx, by, input));
  if (!outcome.ok) throw refused(outcome);
  return outcome.policy;
}

async function remove(deps: HttpDeps, by: Actor, { domain }: DomainPolicy): Promise<void> {
  const outcome = await deps.inTx((tx) => deps.domains.remove(tx, by, { domain, reason: '' }));
  if (!outcome.ok) throw refused(outcome);
}

const staffRead = { audience: 'staff', permission: 'domains', scope: 'admin:read:domain_blocks' } as const;
const staffWrite = { audience: 'staff', permission: 'domains', scope: 'admin:write:domain_blocks' } as const;
const readAllows = { audience: 'staff', permission: 'domains', scope: 'admin:read:domain_allows' } as const;
const writeAllows = { audience: 'staff', permission: 'domains', scope: 'admin:write:domain_allows' } as const;

export const listDomainBlocks = route({
  method: 'get',
  path: '/api/v1/admin/domain_blocks',
  summary: 'What is decided against domains, newest first.',
  ...staffRead,
  query,
  output: z.array(blockEntity),
  handler: async ({ deps, query: { max_id, limit }, req, res }) => {
    const page = { before: max_id ?? null, limit };
    const blocks = (await deps.instances.policies(BLOCKS, page)).map(blockEntityOf);
    linkPages(req, res, deps.urls.origin, blocks, limit);
    return blocks;
  },
});

export const getDomainBlock = route({
  method: 'get',
  path: '/api/v1/admin/domain_blocks/:id',
  summary: 'What is decided against one domain.',
  ...staffRead,
  params,
  output: blockEntity,
  handler: async ({ deps, params: { id } }) => blockEntityOf(await found(deps, id, BLOCKS)),
});

export const createDomainBlock = route({
  method: 'post',
  path: '/api/v1/admin/domain_blocks',
  summary: 'Decide against a domain and its subdomains. One that is decided about already is refused.',
  ...staffWrite,
  body: changes.extend({ domain }),
  output: blockEntity,
  handler: async ({ deps, body, viewer }) => {
    if (await deps.instances.policyOf(body.domain)) {
      throw new ApiError(
        'domain-known',
        'This domain is decided about already. Change or remove that first.',
      );
    }
    return blockEntityOf(await set(deps, actorOf(viewer), body.domain, changeOf(body, 'silence')));
  },
});

export const updateDomainBlock = route({
  method: 'put',
  path: '/api/v1/admin/domain_blocks/:id',
  summary: 'Change what is decided against a domain; what is left out stays as it is.',
  ...staffWrite,
  params,
  body: changes,
  output: blockEntity,
  handler: async ({ deps, params: { id }, body, viewer }) => {
    const policy = await found(deps, id, BLOCKS);
    const change = changeOf(body, policy.severity);
    return blockEntityOf(await set(deps, actorOf(viewer), policy.domain, change));
  },
});

export const deleteDomainBlock = route({
  method: 'delete',
  path: '/api/v1/admin/domain_blocks/:id',
  summary: 'Lift what is decided against a domain. What was hidden is shown again.',
  ...staffWrite,
  params,
  output: emptyEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    await remove(deps, actorOf(viewer), await found(deps, id, BLOCKS));
    return {};
  },
});

export const listDomainAllows = route({
  method: 'get',
  path: '/api/v1/admin/domain_allows',
  summary: 'Domains that may talk to this server where only listed ones may, newest first.',
  ...readAllows,
  query,
  output: z.array(allowEntity),
  handler: async ({ deps, query: { max_id, limit }, req, res }) => {
    const page = { before: max_id ?? null, limit };
    const allows = (await deps.instances.policies(ALLOWS, page)).map(allowEntityOf);
    linkPages(req, res, deps.urls.origin, allows, limit);
    return allows;
  },
});

export const getDomainAllow = route({
  method: 'get',
  path: '/api/v1/admin/domain_allows/:id',
  summary: 'One domain that may talk to this server.',
  ...readAllows,
  params,
  output: allowEntity,
  handler: async ({ deps, params: { id } }) => allowEntityOf(await found(deps, id, ALLOWS)),
});

export const createDomainAllow = route({
  method: 'post',
  path: '/api/v1/admin/domain_allows',
  summary: 'Let a domain and its subdomains talk to this server where only listed ones may.',
  ...writeAllows,
  body: z.object({ domain }),
  output: allowEntity,
  handler: async ({ deps, body, viewer }) => {
    const known = await deps.instances.policyOf(body.domain);
    if (known && known.severity !== 'allow') {
      throw new ApiError(
        'domain-known',
        'This domain is decided about already. Change or remove that first.',
      );
    }
    return allowEntityOf(known ?? (await set(deps, actorOf(viewer), body.domain, { severity: 'allow' })));
  },
});

export const deleteDomainAllow = route({
  method: 'delete',
  path: '/api/v1/admin/domain_allows/:id',
  summary: 'Take a domain off the list of those that may talk to this server.',
  ...writeAllows,
  params,
  output: emptyEntity,
  handler: async ({ deps, params: { id }, viewer }) => {
    await remove(deps, actorOf(viewer), await found(deps, id, ALLOWS));
    return {};
  },
});
