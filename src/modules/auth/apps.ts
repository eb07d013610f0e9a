import { oauthLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import { randomToken, sha256, timingSafeEqualText } from '../../lib/crypto.ts';
import type { AppId, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { allows, scopes as knownScopes, type Scope } from './model.ts';

/** Shows the code to the person, who carries it to the app, in place of a redirect. */
export const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob';

/** A program that signs people in by OAuth 2 (RFC 6749, "client"). */
export interface App {
  readonly id: AppId;
  readonly clientId: string;
  readonly name: string;
  readonly website: string | null;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly Scope[];
  /** When the document was read whose address the client id is; null for an app that was registered. */
  readonly documentAt: Date | null;
}

export interface AppForm {
  readonly name: string;
  readonly website: string | null;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly Scope[];
}

/** Makes an app known. Its secret is told this once; only a hash is kept. */
export async function registerApp(
  tx: Tx,
  ids: IdSource,
  form: AppForm,
): Promise<Result<{ app: App; secret: string }, 'redirect-invalid' | 'scope-invalid'>> {
  const bad = form.redirectUris.find((uri) => !isRedirectUri(uri));
  if (bad !== undefined || form.redirectUris.length === 0) {
    return fail('redirect-invalid', 'redirect_uris: Each must be an absolute address without a fragment.');
  }
  if (form.scopes.length === 0) return fail('scope-invalid', 'scopes: None of them is known here.');
  const secret = randomToken(oauthLimits.tokenBytes);
  const app = {
    id: ids.next<'app'>(),
    clientId: randomToken(oauthLimits.tokenBytes),
    documentAt: null,
    ...form,
  };
  await tx('apps').insert({
    id: app.id,
    client_id: app.clientId,
    secret_hash: sha256(secret),
    name: app.name,
    website: app.website,
    redirect_uris: app.redirectUris,
    scopes: app.scopes,
  });
  return ok({ app, secret });
}

/** Schemes that would run something in the browser, or open a file, where others open an app. */
const DANGEROUS = /^(javascript|data|vbscript|file|blob|about|view-source|filesystem|mailto|ws|wss|ftp):/i;

/** RFC 6749 3.1.2: absolute, without a fragment. Compared as text later on, so nothing is made the same here (A1). */
export function isRedirectUri(uri: string): boolean {
  if (uri === OUT_OF_BAND) return true;
  if (uri.length > oauthLimits.maxRedirectUriCharacters || !/^[\x21-\x7e]+$/.test(uri)) return false;
  if (uri.includes('#') || uri.includes('\\') || DANGEROUS.test(uri)) return false;
  const url = URL.parse(uri);
  if (url?.username !== '' || url.password !== '') return false;
  return /^https?:$/.test(url.protocol) ? /^https?:\/\/[^/]/i.test(uri) : /^[a-z][a-z0-9+.-]*:./i.test(uri);
}

/** Scopes as a client writes them, apart from each other. What is not known here is left out (RFC 6749 3.3). */
export function readScopes(text: string): Scope[] {
  const asked = new Set(text.split(/[\s+]+/));
  return knownScopes.filter((scope) => asked.has(scope));
}

/** What a request may be granted, of what its app has registered; null where it asks for more (security.md A4). */
export function grantable(app: Pick<App, 'scopes'>, asked: string | undefined): readonly Scope[] | null {
  if (asked === undefined || asked.trim() === '') {
    return allows(app.scopes, 'read') ? ['read'] : app.scopes;
  }
  const scopes = readScopes(asked);
  const isWithin = scopes.length > 0 && scopes.every((scope) => allows(app.scopes, scope));
  return isWithin ? scopes : null;
}

interface AppRow {
  readonly id: AppId;
  readonly client_id: string;
  readonly name: string;
  readonly website: string | null;
  readonly redirect_uris: string[];
  readonly scopes: Scope[];
  readonly document_at: Date | null;
}

function appOf(row: AppRow): App {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    website: row.website,
    redirectUris: row.redirect_uris,
    scopes: row.scopes,
    documentAt: row.document_at,
  };
}

export async function appByClientId(db: Db | Tx, clientId: string): Promise<App | null> {
  const row = await db('apps').where({ client_id: clientId }).first();
  return row ? appOf(row) : null;
}

/** The app, where this is its secret. */
export async function appBySecret(db: Db | Tx, clientId: string, secret: string): Promise<App | null> {
  const row = await db('apps').where({ client_id: clientId }).first();
  if (!row) return null;
  const isRight = timingSafeEqualText(sha256(secret).toString('hex'), row.secret_hash.toString('hex'));
  return isRight ? appOf(row) : null;
}

/** The app that a token was given to, whether or not somebody signed in with it. */
export async function appOfToken(db: Db, token: string): Promise<App | null> {
  const row = await db('sessions')
    .join('apps', 'apps.id', 'sessions.app_id')
    .where({ 'sessions.token_hash': sha256(token) })
    .first('apps.*');
  return row ? appOf(row) : null;
}

/** Removes apps that nobody signed in with, and codes that can neither be used nor come again. */
export async function sweepApps(db: Db, signal?: AbortSignal): Promise<number> {
  const olderThan = (column: string, days: number) => ({
    condition: `${column} < now() - make_interval(days => ?)`,
    bindings: [days],
  });
  const unused = olderThan('token_at is null and created_at', oauthLimits.unusedAppDays);
  const apps = await deleteInBatches(db, 'apps', unused, signal);
  return (
    apps +
    (await deleteInBatches(db, 'oauth_codes', olderThan('expires_at', oauthLimits.oldCodeDays), signal))
  );
}
