import { z } from 'zod';
import { passwordLimits } from '../../../modules/auth/index.ts';
import { refused } from '../../errors.ts';
import { networkOf } from '../../limits.ts';
import { route } from '../../route.ts';
import { accountEntityOf } from '../entities.ts';
import { accountEntity, flagSchema } from '../schemas.ts';

/** Accounts that one network may make in an hour, counted once the form itself is in order. */
const SIGN_UPS = { name: 'sign-up', points: 20, seconds: 3_600 };

export const register = route({
  method: 'post',
  path: '/api/v1/accounts',
  summary: 'Sign up. Where a person decides, the account is pending until then.',
  audience: 'anyone',
  scope: null,
  limit: { name: 'sign-up-form', points: 60, seconds: 600 },
  body: z.object({
    username: z.string().trim().min(1).max(60),
    password: z.string().min(passwordLimits.min).max(passwordLimits.max),
    email: z.email().max(254).optional(),
    reason: z.string().trim().max(2_000).optional(),
    agreement: flagSchema.optional(),
  }),
  output: z
    .object({
      account: accountEntity,
      pending: z.boolean(),
      unconfirmed: z.boolean().describe('A link was mailed, by which the address is confirmed first'),
    })
    .meta({ id: 'SignUp' }),
  handler: async ({ deps, body, req }) => {
    const allowed = deps.auth.mayRegister(body.reason);
    if (!allowed.ok) throw refused(allowed);
    await deps.limits.take(SIGN_UPS, networkOf(req.ip));
    const form = await deps.auth.prepareSignUp(body);
    const outcome = await deps.inTx((tx) => deps.auth.signUp(tx, form));
    if (!outcome.ok) throw refused(outcome);
    const account = await accountEntityOf(deps, outcome.account);
    return { account, pending: outcome.pending, unconfirmed: deps.mail.isOn };
  },
});
