import type { Logger } from '../../src/lib/log.ts';
import {
  isJsonObject,
  type JsonLimits,
  type JsonObject,
  type JsonRefusal,
  parseBoundedJson,
} from '../../src/lib/net/bounded-json.ts';
import type { FetchReason } from '../../src/lib/net/fetch-failure.ts';
import type { FetchAnswer, SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { type Failure, fail, type Ok, ok } from '../../src/lib/result.ts';
import { ACTIVITY_ACCEPT, isActivityType } from './media-type.ts';

/** Why a document could not be had. `gone` is status 410, `not-found` 404, `refused` 401 or 403. */
export type DocumentReason =
  | FetchReason
  | JsonRefusal
  | 'gone'
  | 'not-found'
  | 'refused'
  | 'server-error'
  | 'wrong-content-type'
  | 'id-mismatch'
  | 'own-host';

export interface LoadedDocument {
  /** The document's id without its fragment: the address that speaks for the document. */
  readonly url: string;
  readonly document: JsonObject;
  readonly contentType: string;
  /** Size of what was served. */
  readonly bytes: number;
}

export type LoadResult = Ok<LoadedDocument> | Failure<DocumentReason>;

/** Loads one ActivityPub document. Never throws for anything that the other server does. */
export type LoadDocument = (url: string, options?: { readonly signal?: AbortSignal }) => Promise<LoadResult>;

/** Headers that sign a GET as the instance actor, so that servers in secure mode answer. */
export type SignGet = (request: {
  readonly method: 'GET';
  readonly url: URL;
}) => Promise<Record<string, string>>;

export interface DocumentLoaderDeps {
  readonly fetch: Pick<SafeFetch, 'request'>;
  readonly log: Logger;
  readonly limits: JsonLimits;
  /** Host of our own origin: documents of our own are in the database, never on the net (security.md F8). */
  readonly ownHost: string;
  /** Absent: requests go out unsigned. */
  readonly sign?: SignGet;
}

/**
 * Loads documents that speak for their origin. The answer must be of an ActivityPub type (security.md O5) and
 * of bounded shape (R1, R2), and its `id` must be the address that served it; if not, the id is asked for
 * once, on the same origin, and must then serve itself (O3; FEP-fe34 rules in federation-interop.md 3).
 * Redirects stay on the origin that was asked (O6, S7).
 */
export function createDocumentLoader(deps: DocumentLoaderDeps): LoadDocument {
  const { fetch, limits, sign } = deps;

  async function fetchOnce(url: URL, signal: AbortSignal | undefined): Promise<LoadResult> {
    if (url.host === deps.ownHost) return fail('own-host', 'The document is one of this server.');
    const answer = await fetch.request({
      method: 'GET',
      url,
      accept: ACTIVITY_ACCEPT,
      maxBytes: limits.maxBytes,
      sameOriginOnly: true,
      ...(signal && { signal }),
      ...(sign && {
        headers: await sign({ method: 'GET', url }),
        onRedirect: (next: URL) => sign({ method: 'GET', url: next }),
      }),
    });
    return answer.ok ? readDocument(answer, limits) : answer;
  }

  return async (text, options = {}) => {
    const url = withoutFragment(text);
    if (!url) return fail('blocked-url', 'The address is not a usable web address.');
    const first = await fetchOnce(url, options.signal);
    if (!first.ok) return first;
    const id = idOf(first.document);
    if (id?.href === url.href || id?.href === first.url) return { ...first, url: id.href };
    if (id?.origin !== url.origin) return mismatch();

    deps.log.debug({ host: id.host }, 'document names another id than its address, asking for the id');
    const second = await fetchOnce(id, options.signal);
    if (!second.ok) return second;
    return idOf(second.document)?.href === id.href ? { ...second, url: id.href } : mismatch();
  };
}

function mismatch(): Failure<DocumentReason> {
  return fail('id-mismatch', 'The document claims an id that does not serve it.');
}

function readDocument(answer: FetchAnswer, limits: JsonLimits): LoadResult {
  const failure = statusFailure(answer.status);
  if (failure) return failure;
  const contentType = answer.headers['content-type'] ?? '';
  if (!isActivityType(contentType)) {
    return fail('wrong-content-type', 'The address does not serve an ActivityPub document.');
  }
  const parsed = parseBoundedJson(answer.body, limits);
  if (!parsed.ok) return parsed;
  if (!isJsonObject(parsed.value)) return fail('bad-json', 'The document is not a JSON object.');
  return ok({ url: answer.finalUrl.href, document: parsed.value, contentType, bytes: answer.body.length });
}

function statusFailure(status: number): Failure<DocumentReason> | undefined {
  if (status === 200) return undefined;
  if (status === 410) return fail('gone', 'The document was deleted.');
  if (status === 404) return fail('not-found', 'There is no such document.');
  if (status === 401 || status === 403)
    return fail('refused', 'The other server does not show this document to us.');
  if (status >= 500 || status === 429)
    return fail('server-error', `The other server answered with status ${status}.`);
  return fail('bad-response', `The other server answered with status ${status}.`);
}

function idOf({ id }: JsonObject): URL | undefined {
  return typeof id === 'string' ? withoutFragment(id) : undefined;
}

/** A fragment names a part of a document and is never sent, so it does not count. */
function withoutFragment(text: string): URL | undefined {
  const url = URL.parse(text) ?? undefined;
  if (url) url.hash = '';
  return url;
}
