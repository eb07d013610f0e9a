import { request as send } from 'undici';
import { FetchStop } from './fetch-failure.ts';
import type { HostSlots } from './host-slots.ts';
import { discardBody, type Response } from './response-body.ts';
import { type UrlRules, vetUrl } from './url-policy.ts';
import type { VettedAgent } from './vetted-agent.ts';

/** Header names in any case. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** One request with everything that each of its hops needs. */
export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly url: string | URL;
  readonly headers: RequestHeaders;
  /** Sent on every hop and never replaced by the caller. */
  readonly fixedHeaders: RequestHeaders;
  readonly body?: string | Buffer | undefined;
  readonly idleMs: number;
  readonly maxRedirects: number;
  readonly sameOriginOnly: boolean;
  readonly onRedirect?: ((next: URL) => RequestHeaders | Promise<RequestHeaders>) | undefined;
  readonly slots: HostSlots;
}

/** An answer whose body is still unread. The caller must call `release` when it is done. */
export interface Opened {
  readonly response: Response;
  readonly url: URL;
  readonly release: () => void;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** The redirects that ask for the same method and body again; the others would turn a POST into a GET. */
const REPEATS = new Set([307, 308]);

/** Never sent to a place the caller did not name (security.md F3). A Date is fresh only with its signature. */
const CREDENTIALS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'signature',
  'signature-input',
  'date',
]);

/**
 * Opens a call and follows its redirects by hand, vetting every hop's URL again. https never leads to http.
 * A POST is repeated for 307 and 308 only; its other redirects are answers. Throws FetchStop and what
 * undici throws. Source: security.md F3.
 */
export function createOpener(
  agent: VettedAgent,
  rules: UrlRules,
  limits: { discardBytes: number; keptConnections: number },
) {
  async function openHop(
    call: Call,
    url: URL,
    headers: RequestHeaders,
    signal: AbortSignal,
  ): Promise<Opened> {
    const release = await call.slots.take(url.host, signal);
    try {
      const response = await send(url, {
        dispatcher: agent.dispatcher,
        method: call.method,
        headers: { ...withoutHost(headers), ...call.fixedHeaders },
        body: call.body ?? null,
        headersTimeout: call.idleMs,
        bodyTimeout: call.idleMs,
        reset: agent.openConnections() >= limits.keptConnections,
        signal,
      });
      return { response, url, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  return async function open(call: Call, signal: AbortSignal): Promise<Opened> {
    let url = vetOrStop(call.url, rules);
    let headers = call.headers;
    for (let hop = 0; ; hop += 1) {
      const opened = await openHop(call, url, headers, signal);
      const location = redirectOf(opened.response, call.method);
      if (location === undefined) return opened;
      await discardBody(opened.response, limits.discardBytes);
      opened.release();
      if (hop >= call.maxRedirects) {
        throw new FetchStop('too-many-redirects', 'The address leads to another address too many times.');
      }
      const next = nextUrl(url, location, call.sameOriginOnly, rules);
      headers = call.onRedirect ? await call.onRedirect(next) : withoutCredentials(headers);
      url = next;
    }
  };
}

function vetOrStop(url: string | URL, rules: UrlRules): URL {
  const vetted = vetUrl(url, rules);
  if (!vetted.ok) throw new FetchStop(vetted.reason, vetted.detail ?? vetted.reason);
  return vetted.url;
}

function redirectOf(response: Response, method: Call['method']): string | undefined {
  const { statusCode, headers } = response;
  if (!REDIRECTS.has(statusCode) || (method === 'POST' && !REPEATS.has(statusCode))) return undefined;
  return typeof headers.location === 'string' ? headers.location : undefined;
}

/**
 * Where a redirect leads, vetted like every URL. Never away from https, nor to another origin when the
 * caller forbade that. Throws FetchStop. Source: security.md F3.
 */
export function nextUrl(from: URL, location: string, sameOriginOnly: boolean, rules: UrlRules): URL {
  const next = URL.parse(location, from);
  if (!next) throw new FetchStop('blocked-url', 'The address leads to something that is no web address.');
  if (from.protocol === 'https:' && next.protocol !== 'https:') {
    throw new FetchStop('blocked-url', 'The address leads away from https.');
  }
  if (sameOriginOnly && next.origin !== from.origin) {
    throw new FetchStop('blocked-url', 'The address leads to another server.');
  }
  return vetOrStop(next, rules);
}

function withoutCredentials(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())));
}

/** The URL alone decides whom we talk to: undici would take the TLS server name from a Host header. */
function withoutHost(headers: RequestHeaders): RequestHeaders {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(entries.filter(([name]) => name !== 'host'));
}
