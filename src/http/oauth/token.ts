import type { Request, Response } from 'express';
import { z } from 'zod';
import { allows } from '../../modules/auth/index.ts';
import { withBody } from '../body.ts';
import type { HttpDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { networkOf } from '../limits.ts';
import { takeLimit } from '../mount.ts';
import { viewerOfRequest } from '../session.ts';

const TOKENS = { name: 'oauth-token', points: 120, seconds: 300 };

/** Fields with one text each; no other is of any use to OAuth. */
const fieldsSchema = z
  .record(z.string(), z.unknown())
  .transform((fields) =>
    Object.fromEntries(
      Object.entries(fields).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    ),
  );

type Fields = z.output<typeof fieldsSchema>;

/** Gives a token for a code or for the credentials of an app. */
export function giveToken(deps: HttpDeps) {
  return endpoint(deps, async (req, res, fields) => {
    const given = await deps.inTx((tx) =>
      deps.auth.apps.exchange(tx, {
        fields,
        authorization: req.headers.authorization,
        userAgent: req.headers['user-agent'] ?? '',
      }),
    );
    if (!given.ok) return refuse(res, given.reason, given.detail ?? given.reason);
    res.json({
      access_token: given.token,
      token_type: 'Bearer',
      scope: given.scopes.join(' '),
      created_at: Math.floor(deps.clock.now() / 1_000),
    });
  });
}

/** Ends a token of the app that asks (RFC 7009). What is no token, or another app's, is answered like one that was. */
export function revokeToken(deps: HttpDeps) {
  return endpoint(deps, async (req, res, fields) => {
    const { id, secret } = credentialsOf(req, fields);
    const { apps } = deps.auth;
    // Who has the token and no secret is an app without one: it could do with the token what it likes.
    const app = secret ? await apps.bySecret(id, secret) : await apps.byClientId(id);
    if (!app) return refuse(res, 'invalid_client', 'The app is not known, or its secret is wrong.');
    if (!fields.token) return refuse(res, 'invalid_request', 'Missing parameter: `token`');
    await deps.inTx((tx) => apps.revoke(tx, app, fields.token ?? ''));
    res.json({});
  });
}

/** Who is signed in, as OpenID Connect 5.3.2 names it. */
export function userInfo(deps: HttpDeps) {
  return async (req: Request, res: Response): Promise<void> => {
    await takeLimit(deps, res, TOKENS, networkOf(req.ip));
    const viewer = await viewerOfRequest(deps, req);
    if (!viewer) throw new ApiError('not-signed-in');
    if (!allows(viewer.scopes, 'profile')) throw new ApiError('scope-missing');
    const { account } = viewer;
    res.set('Cache-Control', 'private, no-store').json({
      iss: deps.config.origin,
      sub: account.actorUri,
      name: account.displayName || account.username,
      preferred_username: account.username,
      profile: account.url ?? account.actorUri,
    });
  };
}

/** Reads the fields however they came; every refusal is in the shape of RFC 6749 5.2. */
function endpoint(deps: HttpDeps, work: (req: Request, res: Response, fields: Fields) => Promise<void>) {
  return async (req: Request, res: Response): Promise<void> => {
    res.set('Cache-Control', 'no-store').set('Pragma', 'no-cache');
    try {
      await takeLimit(deps, res, TOKENS, networkOf(req.ip));
      const route = { body: fieldsSchema };
      await withBody({ route, req, res, dataDir: deps.config.dataDir }, async ({ body }) => {
        const fields = fieldsSchema.safeParse(body);
        if (!fields.success) return refuse(res, 'invalid_request', 'The body has no fields.');
        // PostgreSQL stores no NUL (security.md R7).
        const isText = Object.values(fields.data).every((value) => !value.includes('\u0000'));
        if (!isText) return refuse(res, 'invalid_request', 'A field holds a NUL character.');
        await work(req, res, fields.data);
      });
    } catch (error) {
      const status =
        error instanceof ApiError ? error.status : (error as { status?: unknown } | null)?.status;
      if (typeof status !== 'number' || status >= 500) throw error;
      if (error instanceof ApiError) res.set(error.headers);
      const detail = error instanceof ApiError ? error.body.detail : 'The body cannot be read.';
      refuse(res, 'invalid_request', detail, status);
    }
  };
}

function credentialsOf(req: Request, fields: Fields): { id: string; secret: string | undefined } {
  const basic = /^Basic ([\w+/=-]+)$/i.exec(req.headers.authorization ?? '')?.[1];
  if (basic === undefined) return { id: fields.client_id ?? '', secret: fields.client_secret };
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { id: text.slice(0, Math.max(0, colon)), secret: text.slice(colon + 1) };
}

function refuse(res: Response, error: string, description: string, status?: number): void {
  const isClient = error === 'invalid_client';
  if (isClient) res.set('WWW-Authenticate', 'Basic realm="OAuth"');
  res.status(status ?? (isClient ? 401 : 400)).json({ error, error_description: description });
}
