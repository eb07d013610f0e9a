import { z } from 'zod';
import { apiLimits, policyLimits } from '../../../../config/limits.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages } from '../paging.ts';
import { emptyEntity } from '../schemas.ts';

const domain = z.string().trim().min(1).max(policyLimits.maxDomainCharacters);

export const listDomainBlocksOfMine = route({
  method: 'get',
  path: '/api/v1/domain_blocks',
  summary: 'Domains of which the viewer wants to see nothing, by name.',
  audience: 'signed-in',
  scope: 'read:blocks',
  query: z.object({
    max_id: domain.optional().describe('The last domain of the page before'),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .transform((limit) => Math.min(limit, apiLimits.maxAdminPageItems)),
  }),
  output: z.array(z.string()),
  handler: async ({ deps, query, viewer, req, res }) => {
    const names = await deps.social.blockedDomains(viewer.account.id, query.max_id ?? null, query.limit);
    const items = names.map((id) => ({ id }));
    linkPages(req, res, deps.urls.origin, items, query.limit);
    return names;
  },
});

export const blockDomain = route({
  method: 'post',
  path: '/api/v1/domain_blocks',
  summary: 'See nothing of a domain any more, and let nobody there follow the viewer.',
  audience: 'signed-in',
  scope: 'write:blocks',
  body: z.object({ domain }),
  output: emptyEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.social.blockDomain(tx, viewer.account.id, body.domain));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

export const unblockDomain = route({
  method: 'delete',
  path: '/api/v1/domain_blocks',
  summary: 'See a domain again. It is named in the query or in the body.',
  audience: 'signed-in',
  scope: 'write:blocks',
  query: z.object({ domain: domain.optional() }),
  body: z.object({ domain: domain.optional() }),
  output: emptyEntity,
  handler: async ({ deps, query, body, viewer }) => {
    const name = query.domain ?? body.domain ?? '';
    await deps.inTx((tx) => deps.social.unblockDomain(tx, viewer.account.id, name));
    return {};
  },
});
