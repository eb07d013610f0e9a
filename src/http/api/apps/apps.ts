import { z } from 'zod';
import { oauthLimits } from '../../../../config/limits.ts';
import { type App, readScopes } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { bearerOf } from '../../session.ts';
import { applicationEntity, credentialApplicationEntity } from './schemas.ts';

const website = z
  .union([
    z.literal(''),
    z
      .url({ protocol: /^https?$/, error: 'This is not the address of a page.' })
      .max(oauthLimits.maxUrlCharacters),
  ])
  .nullish();

/** One text with an address a line, or a list. */
const redirectUris = z
  .union([
    z
      .string()
      .max(oauthLimits.maxRedirectUris * oauthLimits.maxRedirectUriCharacters)
      .transform((text) => text.split(/\s+/)),
    z.array(z.string().max(oauthLimits.maxRedirectUriCharacters)),
  ])
  .transform((uris) => [...new Set(uris.filter((uri) => uri !== ''))])
  .pipe(z.array(z.string()).min(1).max(oauthLimits.maxRedirectUris));

export const createApp = route({
  method: 'post',
  path: '/api/v1/apps',
  summary: 'Make an app known, so that it can sign people in. Its secret is told this once.',
  audience: 'anyone',
  scope: null,
  limit: { name: 'app-registration', points: 60, seconds: 3_600 },
  body: z.object({
    client_name: z.string().trim().min(1).max(oauthLimits.maxNameCharacters),
    redirect_uris: redirectUris.describe('Exactly as they will be asked for; one a line, or a list'),
    scopes: z
      .union([
        z.string().max(oauthLimits.maxScopeCharacters),
        z.array(z.string().max(oauthLimits.maxScopeCharacters)).max(100),
      ])
      .optional()
      .describe('Apart by spaces; `read` where none is named. Unknown ones are left out'),
    website,
  }),
  output: credentialApplicationEntity,
  handler: async ({ deps, body }) => {
    const asked = Array.isArray(body.scopes) ? body.scopes.join(' ') : (body.scopes ?? '');
    const form = {
      name: body.client_name,
      website: body.website || null,
      redirectUris: body.redirect_uris,
      scopes: readScopes(asked.trim() === '' ? 'read' : asked),
    };
    const made = await deps.inTx((tx) => deps.auth.apps.register(tx, form));
    if (!made.ok) throw refused(made);
    return {
      ...applicationOf(deps, made.app),
      client_id: made.app.clientId,
      client_secret: made.secret,
      client_secret_expires_at: 0 as const,
    };
  },
});

export const verifyApp = route({
  method: 'get',
  path: '/api/v1/apps/verify_credentials',
  summary: 'Which app a token was given to, whether or not somebody signed in with it.',
  audience: 'anyone',
  scope: null,
  output: applicationEntity,
  handler: async ({ deps, req }) => {
    const token = bearerOf(req);
    const app = token === null ? null : await deps.auth.apps.ofToken(token);
    if (!app) throw new ApiError('not-signed-in', 'This needs the token of an app.');
    return applicationOf(deps, app);
  },
});

function applicationOf({ push }: Pick<HttpDeps, 'push'>, app: App): z.input<typeof applicationEntity> {
  return {
    id: app.id,
    name: app.name,
    website: app.website,
    scopes: [...app.scopes],
    redirect_uri: app.redirectUris.join('\n'),
    redirect_uris: [...app.redirectUris],
    vapid_key: push.publicKey,
  };
}
