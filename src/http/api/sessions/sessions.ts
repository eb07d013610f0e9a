import type { Request, Response } from 'express';
import { z } from 'zod';
import { secondFactorLimits } from '../../../../config/limits.ts';
import { passwordLimits } from '../../../modules/auth/index.ts';
import { roles } from '../../../modules/staff/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { addressOf } from '../../limits.ts';
import { route } from '../../route.ts';
import { clearSessionCookie, comesFromOurPage, setSessionCookie } from '../../session.ts';
import { checkCode, checkSignIn, type Proven, SIGN_INS } from '../../sign-in.ts';
import { accountEntityOf } from '../entities.ts';
import { accountEntity, emptyEntity } from '../schemas.ts';

export const sessionEntity = z
  .object({
    account: accountEntity,
    role: z.enum(roles),
    token: z.string().optional().describe('Only for kind `bearer`'),
    expires_at: z.string(),
  })
  .meta({ id: 'Session' });

/** Opens a session for somebody who has shown who they are, and tells of it. */
export async function enterBy(
  deps: HttpDeps,
  req: Request,
  res: Response,
  { accountId, role }: Proven,
  kind: 'cookie' | 'bearer',
): Promise<z.input<typeof sessionEntity>> {
  const userAgent = req.headers['user-agent'] ?? '';
  const opened = { accountId, role, kind, userAgent, ip: addressOf(req.ip) };
  const session = await deps.inTx((tx) => deps.auth.openSession(tx, opened));
  const account = await deps.accounts.byId(accountId);
  if (!account) throw new Error('A session was opened for an account that is gone.');
  if (kind === 'cookie') setSessionCookie(res, deps.config.origin, session.token, session.expiresAt);
  // Not from where: the session keeps that for a while, and goes with the account; a line of a log would stay.
  deps.log.info({ accountId }, 'signed in');
  return {
    account: await accountEntityOf(deps, account),
    role,
    expires_at: session.expiresAt.toISOString(),
    ...(kind === 'bearer' ? { token: session.token } : {}),
  };
}

export const signIn = route({
  method: 'post',
  path: '/api/v1/sessions',
  summary: 'Sign in by name or e-mail address. Sets the session cookie, or returns a bearer token.',
  audience: 'anyone',
  scope: null,
  limit: SIGN_INS,
  body: z.object({
    login: z.string().trim().min(1).max(254),
    password: z.string().min(1).max(passwordLimits.max),
    code: z
      .string()
      .max(secondFactorLimits.maxCodeCharacters)
      .optional()
      .describe('Asked for with the code `second-factor-required`, where the account has a second factor'),
    kind: z.enum(['cookie', 'bearer']).default('cookie'),
  }),
  output: sessionEntity,
  handler: async ({ deps, body, req, res }) => {
    // A form of another site could sign its visitors in as somebody else (security.md A5).
    if (body.kind === 'cookie' && !comesFromOurPage(req, deps.config.origin))
      throw new ApiError('cross-site');
    const checked = await checkSignIn(deps, body.login, body.password);
    await checkCode(deps, checked.accountId, body.code);
    return enterBy(deps, req, res, checked, body.kind);
  },
});

export const signOut = route({
  method: 'delete',
  path: '/api/v1/sessions/current',
  beforeConfirmed: true,
  summary: 'Sign out: this session ends, and its token or cookie is worth nothing any more.',
  audience: 'signed-in',
  scope: null,
  output: emptyEntity,
  handler: async ({ deps, viewer, res }) => {
    await deps.inTx((tx) => deps.auth.closeSession(tx, viewer.sessionId));
    if (viewer.via === 'cookie') clearSessionCookie(res, deps.config.origin);
    return {};
  },
});
