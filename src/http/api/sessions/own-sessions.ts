import type { Response } from 'express';
import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { type OwnSession, passwordLimits, type Viewer } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { route } from '../../route.ts';
import { clearSessionCookie, setSessionCookie } from '../../session.ts';
import { checkFresh, freshFields } from '../../sign-in.ts';
import { emptyEntity } from '../schemas.ts';

/** An app may act for a person, and yet decide nothing about who else may (security.md A6). */
export function refuseApps(viewer: Viewer): void {
  if (viewer.appId === null) return;
  throw new ApiError('own-session-only', 'Only you can do this, signed in with your password; no app can.');
}

const sessionEntity = z
  .object({
    id: z.string(),
    current: z.boolean().describe('The one that asks'),
    app: z.object({ name: z.string(), website: z.string().nullable() }).nullable(),
    scopes: z.array(z.string()),
    user_agent: z.string(),
    created_at: z.string(),
    last_used_at: z.string().describe('To about ten minutes'),
    expires_at: z.string().nullable().describe('Null: it lasts until it is ended'),
  })
  .meta({ id: 'OwnSession' });

/** For a session with the password that got another token: a page has it as its cookie. */
export const rotatedEntity = z.object({
  token: z.string().optional().describe('In place of the one that was used, where that was no cookie'),
});

export const listSessions = route({
  method: 'get',
  path: '/api/v1/sessions',
  beforeConfirmed: true,
  summary: 'Where you are signed in: pages and apps, the newest first.',
  audience: 'signed-in',
  scope: 'read:accounts',
  query: z.object({
    max_id: idSchema<'session'>().optional(),
    limit: z.coerce.number().int().min(1).max(apiLimits.maxPageItems).default(apiLimits.maxPageItems),
  }),
  output: z.array(sessionEntity),
  handler: async ({ deps, query, viewer }) => {
    refuseApps(viewer);
    const page = { before: query.max_id ?? null, limit: query.limit };
    const sessions = await deps.auth.sessionsOf(viewer.account.id, page);
    return sessions.map((session) => entityOf(session, viewer));
  },
});

export const endSession = route({
  method: 'delete',
  path: '/api/v1/sessions/:id',
  beforeConfirmed: true,
  summary: 'End one of your own sessions: what was signed in there is signed out.',
  audience: 'signed-in',
  scope: 'write:accounts',
  params: z.object({ id: idSchema<'session'>() }),
  output: emptyEntity,
  handler: async ({ deps, params, viewer, res }) => {
    refuseApps(viewer);
    const ended = await deps.inTx((tx) => deps.auth.closeOwnSession(tx, viewer.account.id, params.id));
    if (!ended) throw new ApiError('not-found');
    const isOwnCookie = params.id === viewer.sessionId && viewer.via === 'cookie';
    if (isOwnCookie) clearSessionCookie(res, deps.config.origin);
    return {};
  },
});

export const changePassword = route({
  method: 'post',
  path: '/api/v1/accounts/change_password',
  beforeConfirmed: true,
  summary: 'Set a new password. Every other session ends, those of apps included.',
  audience: 'signed-in',
  scope: 'write:accounts',
  limit: { name: 'change-password', points: 20, seconds: 900 },
  body: z.object({
    password: freshFields.password.describe('The old one'),
    proof: freshFields.proof,
    new_password: z.string().min(passwordLimits.min).max(passwordLimits.max),
  }),
  output: rotatedEntity,
  handler: async ({ deps, body, viewer, res }) => {
    refuseApps(viewer);
    await checkFresh(deps, viewer, body);
    const hash = await deps.auth.hashPassword(body.new_password);
    const token = await deps.inTx(async (tx) => {
      await deps.auth.setPassword(tx, viewer.account.id, hash, viewer.sessionId);
      return deps.auth.rotateSession(tx, viewer.sessionId);
    });
    return handOver(deps, res, viewer, token);
  },
});

/** Tells whoever holds the session its new token. */
export function handOver(
  deps: Pick<HttpDeps, 'config'>,
  res: Response,
  viewer: Viewer,
  session: { readonly token: string; readonly expiresAt: Date },
): { token?: string } {
  if (viewer.via === 'bearer') return { token: session.token };
  setSessionCookie(res, deps.config.origin, session.token, session.expiresAt);
  return {};
}

function entityOf(session: OwnSession, viewer: Viewer): z.input<typeof sessionEntity> {
  return {
    id: session.id,
    current: session.id === viewer.sessionId,
    app: session.app,
    scopes: [...session.scopes],
    user_agent: session.userAgent,
    created_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: session.expiresAt?.toISOString() ?? null,
  };
}
