import { z } from 'zod';
import { ageLimits, inviteLimits } from '../../../../config/joining-limits.ts';
import { isBirthday, passwordLimits } from '../../../modules/auth/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { addressOf, networkOf } from '../../limits.ts';
import { route } from '../../route.ts';
import { accountEntityOf } from '../entities.ts';
import { whole } from '../inputs.ts';
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
    invite_code: z.string().trim().max(inviteLimits.maxCodeCharacters).optional(),
    date_of_birth: z
      .string()
      .max(40)
      .optional()
      .describe('YYYY-MM-DD, where the server asks for a minimum age. It is checked, and not kept'),
    age: whole(0, ageLimits.maxYears).optional().describe('In years, in place of it'),
  }),
  output: z
    .object({
      account: accountEntity,
      pending: z.boolean(),
      unconfirmed: z.boolean().describe('A link was mailed, by which the address is confirmed first'),
    })
    .meta({ id: 'SignUp' }),
  handler: async ({ deps, body, req }) => {
    const allowed = deps.auth.mayRegister({ reason: body.reason, inviteCode: body.invite_code });
    if (!allowed.ok) throw refused(allowed);
    const { date_of_birth: dateOfBirth, age: years } = body;
    if (dateOfBirth !== undefined && !isBirthday(dateOfBirth, deps.clock.now())) throw notADay();
    const age = deps.auth.checkAge({ dateOfBirth, years });
    if (!age.ok) throw refused(age);
    await deps.limits.take(SIGN_UPS, networkOf(req.ip));
    const { statedAge } = age;
    const ip = addressOf(req.ip);
    const form = await deps.auth.prepareSignUp({ ...body, inviteCode: body.invite_code, statedAge, ip });
    const outcome = await deps.inTx((tx) => deps.auth.signUp(tx, form));
    if (!outcome.ok) throw refused(outcome);
    const account = await accountEntityOf(deps, outcome.account);
    return { account, pending: outcome.pending, unconfirmed: deps.mail.isOn };
  },
});

function notADay(): ApiError {
  const message = 'Write the day as YYYY-MM-DD.';
  return new ApiError('validation-failed', `date_of_birth: ${message}`, {
    details: [{ field: 'date_of_birth', message }],
  });
}
