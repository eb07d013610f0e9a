import { z } from 'zod';
import { passwordLimits } from '../../../modules/auth/index.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { clearSessionCookie } from '../../session.ts';
import { checkPasswordAgain } from '../../sign-in.ts';
import { refuseApps } from '../sessions/own-sessions.ts';

export const deleteAccount = route({
  method: 'post',
  path: '/api/v1/accounts/delete_account',
  beforeConfirmed: true,
  summary:
    'Leave this server: you are hidden and signed out at once, and deleted after 30 days unless you sign in before.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: { name: 'delete-account', points: 20, seconds: 900 },
  body: z.object({ password: z.string().min(1).max(passwordLimits.max) }),
  output: z.object({
    delete_at: z
      .string()
      .describe(
        'Until then, signing in brings everything back; an account whose address was not confirmed is gone at once',
      ),
  }),
  handler: async ({ deps, body, viewer, res }) => {
    refuseApps(viewer);
    await checkPasswordAgain(deps, viewer.account.id, body.password);
    const left = await deps.inTx((tx) => deps.auth.leave(tx, viewer.account.id));
    if (!left.ok) throw refused(left);
    if (viewer.via === 'cookie') clearSessionCookie(res, deps.config.origin);
    return { delete_at: left.deleteAt.toISOString() };
  },
});
