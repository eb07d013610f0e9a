import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { clientDocumentLimits } from '../../../config/joining-limits.ts';
import { oauthLimits } from '../../../config/limits.ts';
import type { Db } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomToken, sha256 } from '../../lib/crypto.ts';
import type { IdSource } from '../../lib/ids.ts';
import type { FetchAnswer, SafeFetch } from '../../lib/net/safe-fetch.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type App, appByClientId, isRedirectUri, OUT_OF_BAND, readScopes } from './apps.ts';
import type { Scope } from './model.ts';

export interface ClientDocumentDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  /** The guarded one: addresses of documents come from strangers. */
  readonly request: SafeFetch['request'];
  readonly origin: string;
  /** For servers that are no real ones. */
  readonly allowsPlainHttp: boolean;
}

type DocumentRefusal = 'client-unreachable' | 'client-invalid';

/** What an app may ask for whose document names no scopes. */
const USUAL: readonly Scope[] = ['profile', 'read', 'write', 'follow', 'push'];

/**
 * Apps that nobody registers: their id is the address of a document that says what they are (OAuth Client ID Metadata
 * Document, draft-ietf-oauth-client-id-metadata-document). They have no secret, so that they prove by PKCE who began.
 */
export function createClientDocuments(deps: ClientDocumentDeps) {
  /** Those that could not be had a moment ago. */
  const failed = new LRUCache<string, Result<{ app: App }, DocumentRefusal>>({
    max: clientDocumentLimits.failuresInMemory,
    ttl: clientDocumentLimits.failureKeptMs,
    perf: { now: () => deps.clock.now() },
  });
  const loading = new Map<string, Promise<Result<{ app: App }, DocumentRefusal>>>();

  async function load(clientId: string): Promise<Result<{ app: App }, DocumentRefusal>> {
    const { maxBytes, deadlineMs } = clientDocumentLimits;
    const answer = await deps.request({
      ...{ method: 'GET', url: clientId, accept: 'application/json', maxBytes, deadlineMs },
      // Who is redirected is somebody else.
      maxRedirects: 0,
    });
    const read = answer.ok ? documentOf(clientId, answer) : unreachable();
    if (!read.ok) failed.set(clientId, read);
    return read.ok ? ok({ app: await keep(deps, clientId, read.document) }) : read;
  }

  return {
    /** Whether a client id is the address of a document. All others are names of registered apps. */
    isAddress: (clientId: string): boolean => isDocumentAddress(deps, clientId),

    /** The app of an address, asked for anew once in a while. While its server is away, it is as it was a day ago. */
    async app(clientId: string): Promise<Result<{ app: App }, DocumentRefusal>> {
      const known = await appByClientId(deps.db, clientId);
      const age = known?.documentAt ? deps.clock.now() - known.documentAt.getTime() : null;
      if (known && age !== null && age < clientDocumentLimits.freshMs) return ok({ app: known });
      const running = failed.get(clientId) ?? loading.get(clientId) ?? load(clientId);
      if (running instanceof Promise) {
        loading.set(clientId, running);
        running.finally(() => loading.delete(clientId)).catch(() => undefined);
      }
      const read = await running;
      const mayStay = known && age !== null && age < clientDocumentLimits.staleMs;
      return !read.ok && read.reason === 'client-unreachable' && mayStay ? ok({ app: known }) : read;
    },
  };
}

/**
 * https, with a path, written as URLs are when they are written out: no dots to walk up, no fragment, no name in front
 * of the host. A query makes one document look like many.
 */
function isDocumentAddress(
  { origin, allowsPlainHttp }: Pick<ClientDocumentDeps, 'origin' | 'allowsPlainHttp'>,
  clientId: string,
): boolean {
  const url = URL.parse(clientId);
  if (url?.href !== clientId || clientId.length > clientDocumentLimits.maxAddressCharacters) return false;
  const isSecure = url.protocol === 'https:' || (allowsPlainHttp && url.protocol === 'http:');
  const isPlain = url.username === '' && url.password === '' && !/[?#]/.test(clientId);
  return isSecure && isPlain && url.pathname.length > 1 && url.origin !== origin;
}

interface ClientDocument {
  readonly name: string;
  readonly website: string | null;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly Scope[];
}

const redirect = z
  .string()
  .max(oauthLimits.maxRedirectUriCharacters)
  .refine((uri) => isRedirectUri(uri) && uri !== OUT_OF_BAND);
const documentSchema = z.looseObject({
  client_id: z.string(),
  client_name: z.string().trim().min(1).max(oauthLimits.maxNameCharacters).optional(),
  client_uri: z.string().max(oauthLimits.maxUrlCharacters).optional(),
  redirect_uris: z.array(redirect).min(1).max(oauthLimits.maxRedirectUris),
  grant_types: z.array(z.string().max(100)).max(20).default(['authorization_code']),
  // A document that all may read keeps no secret; keys of apps are not asked for here.
  token_endpoint_auth_method: z.literal('none').default('none'),
  client_secret: z.undefined().optional(),
  scope: z.string().max(oauthLimits.maxScopeCharacters).optional(),
});

function documentOf(
  clientId: string,
  answer: FetchAnswer,
): Result<{ document: ClientDocument }, DocumentRefusal> {
  if (answer.status >= 500 || answer.status === 429) return unreachable();
  const type = answer.headers['content-type'] ?? '';
  if (answer.status !== 200 || !/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type)) return invalid();
  const parsed = documentSchema.safeParse(jsonOf(answer.body.toString('utf8')));
  if (!parsed.success) return invalid();
  const { data } = parsed;
  if (data.client_id !== clientId || !data.grant_types.includes('authorization_code')) return invalid();
  const { host, origin } = new URL(clientId);
  const scopes = data.scope === undefined ? USUAL : readScopes(data.scope);
  if (scopes.length === 0) return invalid();
  const website = data.client_uri !== undefined && URL.parse(data.client_uri)?.origin === origin;
  return ok({
    document: {
      name: (data.client_name ?? host).replace(/\p{Cc}/gu, ''),
      website: website ? (data.client_uri ?? null) : null,
      redirectUris: data.redirect_uris,
      scopes,
    },
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Keeps the app as its document is now. Its secret is nobody's. */
async function keep(
  { db, ids, clock }: ClientDocumentDeps,
  clientId: string,
  { name, website, redirectUris, scopes }: ClientDocument,
): Promise<App> {
  const facts = {
    ...{ name, website, redirect_uris: redirectUris, scopes },
    document_at: new Date(clock.now()),
  };
  await db('apps')
    .insert({
      ...{ id: ids.next<'app'>(), client_id: clientId, ...facts },
      secret_hash: sha256(randomToken(oauthLimits.tokenBytes)),
    })
    .onConflict('client_id')
    .merge(facts);
  const app = await appByClientId(db, clientId);
  if (!app) throw new Error('An app is gone that was kept a moment ago.');
  return app;
}

function unreachable() {
  return fail('client-unreachable', 'The server of the app does not say what the app is. Try again later.');
}

function invalid() {
  return fail('client-invalid', 'What the server of the app says of it cannot be used here.');
}
