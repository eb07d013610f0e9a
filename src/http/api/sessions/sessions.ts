import { z } from 'zod';
import { passwordLimits, roles } from '../../../modules/auth/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { networkOf } from '../../limits.ts';
import { route } from '../../route.ts';
import { clearSessionCookie, comesFromOurPage, setSessionCookie } from '../../session.ts';
import { accountEntityOf } from '../entities.ts';
import { accountEntity, emptyEntity } from '../schemas.ts';

/** Wrong passwords that one account may see, whoever tries (security.md A7). */
const PER_ACCOUNT = { name: 'sign-in-account', points: 10, seconds: 900 };

export const signIn = route({
  method: 'post',
  path: '/api/v1/sessions',
  summary: 'Sign in by name or e-mail address. Sets the session cookie, or returns a bearer token.',
  audience: 'anyone',
  scope: null,
  limit: { name: 'sign-in-network', points: 40, seconds: 900 },
  body: z.object({
    login: z.string().trim().min(1).max(254),
    password: z.string().min(1).max(passwordLimits.max),
    kind: z.enum(['cookie', 'bearer']).default('cookie'),
  }),
  output: z
    .object({
      account: accountEntity,
      role: z.enum(roles),
      token: z.string().optional().describe('Only for kind `bearer`'),
      expires_at: z.string(),
    })
    .meta({ id: 'Session' }),
  handler: async ({ deps, body, req, res }) => {
    // A form of another site could sign its visitors in as somebody else (security.md A5).
    if (body.kind === 'cookie' && !comesFromOurPage(req, deps.config.origin))
      throw new ApiError('cross-site');
    const triesKey = await deps.auth.triesKey(body.login);
    await deps.limits.take(PER_ACCOUNT, triesKey);
    const checked = await deps.auth.checkCredentials(body.login, body.password);
    if (!checked.ok) throw refused(checked);
    await deps.limits.clear(PER_ACCOUNT, triesKey);
    const session = await deps.inTx((tx) =>
      deps.auth.openSession(tx, {
        accountId: checked.accountId,
        role: checked.role,
        kind: body.kind,
        userAgent: req.headers['user-agent'] ?? '',
      }),
    );
    const account = await deps.accounts.byId(checked.accountId);
    if (!account) throw new Error('A session was opened for an account that is gone.');
    if (body.kind === 'cookie') setSessionCookie(res, deps.config.origin, session.token, session.expiresAt);
    deps.log.info({ accountId: account.id, network: networkOf(req.ip) }, 'signed in');
    return {
      account: await accountEntityOf(deps, account, account.id),
      role: checked.role,
      expires_at: session.expiresAt.toISOString(),
      ...(body.kind === 'bearer' ? { token: session.token } : {}),
    };
  },
});

export const signOut = route({
  method: 'delete',
  path: '/api/v1/sessions/current',
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
