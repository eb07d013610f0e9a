import { z } from 'zod';
import { actorOf } from '../../../modules/auth/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountParams, emptyEntity } from '../schemas.ts';

const MAX_LISTED = 200;

export const listSignUps = route({
  method: 'get',
  path: '/api/v1/admin/sign_ups',
  summary: 'People who asked to join and wait for an answer, oldest first.',
  audience: 'staff',
  permission: 'sign-ups',
  scope: 'admin:read:accounts',
  output: z.array(
    z
      .object({
        id: z.string(),
        username: z.string(),
        email: z.string().nullable(),
        reason: z.string().nullable(),
        confirmed: z.boolean().describe('Whether the address is known to be the person’s'),
        created_at: z.string(),
      })
      .meta({ id: 'PendingAccount' }),
  ),
  handler: async ({ deps }) =>
    (await deps.auth.pending(MAX_LISTED)).map((person) => ({
      id: person.accountId,
      username: person.username,
      email: person.email,
      reason: person.reason,
      confirmed: person.confirmed,
      created_at: person.createdAt.toISOString(),
    })),
});

const decide = (verb: 'approve' | 'reject', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/accounts/:id/${verb}`,
    summary,
    audience: 'staff',
    permission: 'sign-ups',
    scope: 'admin:write:accounts',
    params: accountParams,
    output: emptyEntity,
    handler: async ({ deps, params, viewer }) => {
      const outcome = await deps.inTx((tx) =>
        deps.auth.decideSignUp(tx, actorOf(viewer), params.id, verb === 'approve'),
      );
      if (!outcome.ok) throw refused(outcome);
      return {};
    },
  });

export const approveSignUp = decide('approve', 'Let a person in.');
export const rejectSignUp = decide('reject', 'Turn a request away; the name becomes free again.');
