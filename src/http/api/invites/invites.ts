import { z } from 'zod';
import { inviteLimits } from '../../../../config/joining-limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import type { Invite } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { whole } from '../inputs.ts';
import { linkPages, pageOf } from '../paging.ts';
import { emptyEntity, flagSchema, pageQuery } from '../schemas.ts';
import { refuseApps } from '../sessions/own-sessions.ts';

export const inviteEntity = z
  .object({
    id: z.string(),
    code: z.string(),
    url: z.string().describe('Page that signs people up with the code'),
    max_uses: z.number().nullable().describe('Null: no limit'),
    uses: z.number(),
    autofollow: z.boolean().describe('Whoever comes follows you'),
    expires_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'Invite' });

/** What others get to see of an invite. */
export function entityOf({ urls }: HttpDeps, invite: Invite): z.input<typeof inviteEntity> {
  return {
    id: invite.id,
    code: invite.code,
    url: `${urls.origin}/invite/${invite.code}`,
    max_uses: invite.maxUses,
    uses: invite.uses,
    autofollow: invite.autofollow,
    expires_at: invite.expiresAt?.toISOString() ?? null,
    revoked_at: invite.revokedAt?.toISOString() ?? null,
    created_at: invite.createdAt.toISOString(),
  };
}

export const listInvites = route({
  method: 'get',
  path: '/api/v1/invites',
  summary: 'Invites that you gave, the newest first, also those that count no longer.',
  audience: 'signed-in',
  scope: 'read:accounts',
  query: pageQuery,
  output: z.array(inviteEntity),
  handler: async ({ deps, query, req, res, viewer }) => {
    refuseApps(viewer);
    const invites = await deps.auth.invites.of(viewer.account.id, pageOf(query));
    linkPages(req, res, deps.urls.origin, invites, query.limit);
    return invites.map((invite) => entityOf(deps, invite));
  },
});

export const createInvite = route({
  method: 'post',
  path: '/api/v1/invites',
  summary: 'Invite others. Whoever comes by the code waits for no approval.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: { name: 'invite', points: 60, seconds: 3_600 },
  body: z.object({
    max_uses: whole(1, inviteLimits.maxUses).nullish(),
    expires_in: whole(60, inviteLimits.maxExpiresSeconds).nullish().describe('Seconds'),
    autofollow: flagSchema.default(false),
  }),
  output: inviteEntity,
  handler: async ({ deps, body, viewer }) => {
    refuseApps(viewer);
    const inviter = { id: viewer.account.id, role: viewer.role };
    const made = await deps.inTx((tx) =>
      deps.auth.invites.create(tx, inviter, {
        maxUses: body.max_uses ?? null,
        expiresInSeconds: body.expires_in ?? null,
        autofollow: body.autofollow,
      }),
    );
    if (!made.ok) throw refused(made);
    return entityOf(deps, made.invite);
  },
});

export const revokeInvite = route({
  method: 'delete',
  path: '/api/v1/invites/:id',
  summary: 'End one of your invites. Who came by it stays.',
  audience: 'signed-in',
  scope: 'write:accounts',
  params: z.object({ id: idSchema<'invite'>() }),
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    refuseApps(viewer);
    const ended = await deps.inTx((tx) => deps.auth.invites.revoke(tx, params.id, viewer.account.id));
    if (!ended) throw new ApiError('not-found');
    return {};
  },
});

export const checkInvite = route({
  method: 'get',
  path: '/api/v1/invites/:code',
  summary: 'Whether somebody can sign up with this code now. It tells nobody who gave it.',
  audience: 'anyone',
  scope: null,
  limit: { name: 'invite-check', points: 60, seconds: 600 },
  params: z.object({ code: z.string().max(inviteLimits.maxCodeCharacters) }),
  output: z.object({ invite_code: z.string(), instance_api_url: z.string() }).meta({ id: 'InviteCheck' }),
  handler: async ({ deps, params: { code } }) => {
    if (!(await deps.auth.invites.isOpen(code))) throw new ApiError('not-found');
    return { invite_code: code, instance_api_url: `${deps.urls.origin}/api/v2/instance` };
  },
});
