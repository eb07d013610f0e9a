import { z } from 'zod';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { entityOf, inviteEntity } from '../invites/invites.ts';
import { linkPages, pageOf } from '../paging.ts';
import { emptyEntity, pageQuery } from '../schemas.ts';

/** Invites of everybody here. One’s own are made at `/api/v1/invites`, by the staff, too. */

const staff = { audience: 'staff', permission: 'invites' } as const;
const params = z.object({ id: idSchema<'invite'>() });

export const listAllInvites = route({
  method: 'get',
  path: '/api/v1/admin/invites',
  summary: 'Invites of everybody here, the newest first, with who gave them and who came.',
  ...staff,
  scope: 'admin:read',
  query: pageQuery.extend({
    state: z.enum(['open', 'ended']).optional(),
    by: z.string().trim().min(1).max(100).optional().describe('The name of who gave it'),
  }),
  output: z.array(
    inviteEntity
      .extend({
        open: z.boolean().describe('Neither ended, run out nor used up'),
        inviter: z.string(),
        came: z.array(z.string()).describe('The first twenty of those who came'),
      })
      .meta({ id: 'GivenInvite' }),
  ),
  handler: async ({ deps, query, req, res }) => {
    const filter = {
      isOpen: query.state && query.state === 'open',
      inviter: query.by?.replace(/^@/, ''),
    };
    const invites = await deps.auth.invites.given(filter, pageOf(query));
    linkPages(req, res, deps.urls.origin, invites, query.limit);
    return invites.map((invite) => ({
      ...entityOf(deps, invite),
      ...{ open: invite.isOpen, inviter: invite.inviter, came: [...invite.came] },
    }));
  },
});

const decision = (verb: 'end' | 'reopen', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/invites/:id/${verb}`,
    summary,
    ...staff,
    scope: 'admin:write',
    params,
    output: emptyEntity,
    handler: async ({ deps, params: { id }, viewer }) => {
      const outcome = await deps.inTx((tx) => deps.auth.invites[verb](tx, actorOf(viewer), id));
      if (!outcome.ok) throw refused(outcome);
      return {};
    },
  });

export const endInvite = decision('end', 'End an invite, whoever gave it. Who came by it stays.');
export const reopenInvite = decision('reopen', 'Let an invite count again that was ended.');
