import OAuth2Server from '@node-oauth/oauth2-server';
import { oauthLimits } from '../../../config/limits.ts';
import type { Tx } from '../../db/database.ts';
import { randomToken } from '../../lib/crypto.ts';
import type { AccountId, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type App, appByClientId, appBySecret, grantable } from './apps.ts';
import { openAppSession, takeCode } from './codes.ts';
import type { Scope } from './model.ts';

/** A request for a token, as it came: which fields it must have depends on the grant. */
export interface TokenRequest {
  readonly fields: Readonly<Record<string, string>>;
  /** Apps may name themselves there in place of the fields (RFC 6749 2.3.1). */
  readonly authorization: string | undefined;
  readonly userAgent: string;
}

export interface GivenToken {
  readonly token: string;
  readonly scopes: readonly Scope[];
}

type TokenRefusal =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope';

/**
 * Gives an app its token for a code or for its own credentials (RFC 6749 4.1.3 and 4.4, RFC 7636). The reasons are
 * those of RFC 6749 5.2. A refusal may have used up a code or ended a session: commit it.
 */
export async function exchange(
  tx: Tx,
  ids: IdSource,
  request: TokenRequest,
): Promise<Result<GivenToken, TokenRefusal>> {
  const server = new OAuth2Server({ model: modelOf(tx, ids, request) });
  const { authorization } = request;
  const asked = new OAuth2Server.Request({
    method: 'POST',
    query: {},
    headers: {
      // Whatever it came as: the fields have been read.
      ...{ 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' },
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: request.fields,
  });
  try {
    const given = await server.token(asked, new OAuth2Server.Response({}), {
      requireClientAuthentication: { authorization_code: true, client_credentials: true },
    });
    return ok({ token: given.accessToken, scopes: given.scope as Scope[] });
  } catch (error) {
    if (!(error instanceof OAuth2Server.OAuthError)) throw error;
    // The library wraps what the database says.
    if (error.name === 'server_error') throw 'inner' in error ? error.inner : error;
    return fail(error.name as TokenRefusal, error.message);
  }
}

/** Where tokens are given, as the library asks for it. Everything happens in one transaction. */
function modelOf(
  tx: Tx,
  ids: IdSource,
  request: TokenRequest,
): OAuth2Server.AuthorizationCodeModel & OAuth2Server.ClientCredentialsModel {
  let app: App | null = null;
  return {
    // Public clients have no secret: they prove by PKCE who began.
    async getClient(clientId, secret) {
      app = secret ? await appBySecret(tx, clientId, secret) : await appByClientId(tx, clientId);
      return app && { id: app.id, grants: ['authorization_code', 'client_credentials'] };
    },
    async getAuthorizationCode(code) {
      const grant = app && (await takeCode(tx, app.id, code));
      if (!grant) return null;
      return {
        authorizationCode: code,
        expiresAt: grant.expiresAt,
        redirectUri: grant.redirectUri,
        scope: [...grant.scopes],
        client: { id: grant.appId, grants: [] },
        user: { accountId: grant.accountId },
        ...(grant.challenge === null ? {} : { codeChallenge: grant.challenge, codeChallengeMethod: 'S256' }),
      };
    },
    // It was taken when it was read.
    revokeAuthorizationCode: async () => true,
    getUserFromClient: async () => ({ accountId: null }),
    async validateScope(user, _client, scope) {
      // What a code allows was checked when it was made.
      if (user?.accountId) return scope ?? false;
      const granted = app && grantable(app, scope?.join(' '));
      return granted ? [...granted] : false;
    },
    generateAccessToken: async () => randomToken(oauthLimits.tokenBytes),
    async saveToken(token, client, user) {
      const accountId: AccountId | null = user.accountId;
      const scopes = (token.scope ?? []) as Scope[];
      const { accessToken } = token;
      await openAppSession(tx, ids, {
        token: accessToken,
        ...{ appId: client.id as App['id'], accountId, scopes, userAgent: request.userAgent },
        code: accountId === null ? null : (request.fields.code ?? null),
      });
      return { accessToken, scope: token.scope ?? [], client, user };
    },
    // Codes are made by the page where people allow them.
    async saveAuthorizationCode() {
      throw new Error('Codes are not made here.');
    },
    // Tokens are read as sessions.
    getAccessToken: async () => null,
  };
}
