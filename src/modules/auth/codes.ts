import { oauthLimits } from '../../../config/limits.ts';
import type { Tx } from '../../db/database.ts';
import { randomToken, sha256 } from '../../lib/crypto.ts';
import type { AccountId, AppId, IdSource, SessionId } from '../../lib/ids.ts';
import type { Scope } from './model.ts';

/** What a person has allowed an app, bound to where the app waits for it and to its proof (RFC 7636). */
export interface Grant {
  readonly appId: AppId;
  readonly accountId: AccountId;
  readonly redirectUri: string;
  readonly scopes: readonly Scope[];
  /** S256 of the verifier that the app keeps; null for apps that have only their secret. */
  readonly challenge: string | null;
}

/** Makes the code that the app exchanges for a token; stored as a hash, for a few minutes. */
export async function issueCode(tx: Tx, grant: Grant): Promise<string> {
  const code = randomToken(oauthLimits.tokenBytes);
  await tx('oauth_codes').insert({
    code_hash: sha256(code),
    app_id: grant.appId,
    account_id: grant.accountId,
    redirect_uri: grant.redirectUri,
    scopes: grant.scopes,
    challenge: grant.challenge,
    expires_at: tx.raw('now() + make_interval(secs => ?)', [oauthLimits.codeSeconds]),
  });
  return code;
}

/**
 * Takes a code: once, however many ask at the same time, as the others wait for this transaction (security.md A3).
 * A code that comes again was seen by somebody else, too, so the token that it gave ends (RFC 6749 4.1.2). Null
 * where it is not, or no longer, a code of this app.
 */
export async function takeCode(
  tx: Tx,
  appId: AppId,
  code: string,
): Promise<(Grant & { readonly expiresAt: Date }) | null> {
  const mine = { code_hash: sha256(code), app_id: appId };
  const [row] = await tx('oauth_codes')
    .where(mine)
    .whereNull('used_at')
    .where('expires_at', '>', tx.fn.now())
    .update({ used_at: tx.fn.now() })
    .returning('*');
  if (row) {
    return {
      appId,
      accountId: row.account_id,
      redirectUri: row.redirect_uri,
      scopes: row.scopes,
      challenge: row.challenge,
      expiresAt: row.expires_at,
    };
  }
  const used = await tx('oauth_codes').where(mine).whereNotNull('session_id').first('session_id');
  if (used) await tx('sessions').where({ id: used.session_id }).delete();
  return null;
}

/** Opens the session of an app, which lasts until it is ended: apps have no way to renew one. */
export async function openAppSession(
  tx: Tx,
  ids: IdSource,
  input: {
    readonly appId: AppId;
    /** Null: the app speaks for itself. */
    readonly accountId: AccountId | null;
    readonly scopes: readonly Scope[];
    readonly userAgent: string;
    readonly token: string;
    /** The one that was taken for it. */
    readonly code: string | null;
  },
): Promise<void> {
  const id: SessionId = ids.next<'session'>();
  await tx('sessions').insert({
    id,
    app_id: input.appId,
    account_id: input.accountId,
    kind: 'bearer',
    token_hash: sha256(input.token),
    scopes: input.scopes,
    user_agent: input.userAgent.slice(0, oauthLimits.maxUserAgentCharacters),
    expires_at: null,
  });
  if (input.code !== null) {
    await tx('oauth_codes')
      .where({ code_hash: sha256(input.code) })
      .update({ session_id: id });
  }
  await tx('apps').where({ id: input.appId }).whereNull('token_at').update({ token_at: tx.fn.now() });
}
