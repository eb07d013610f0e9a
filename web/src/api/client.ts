import { signal } from '@preact/signals';
import { translated } from '../i18n/say.ts';
import { takeFirstPage } from '../state/first-page.ts';
import type { english } from './refusals/words.ts';
import { say } from './say.ts';
import type { ErrorBody } from './types.ts';

/** An answer, or why there is none. */
export type ApiOutcome<T> = ApiAnswer<T> | ApiFailure;

export interface ApiAnswer<T> {
  readonly ok: true;
  readonly value: T;
  /** Path and query of the next page of a list; null after the last one, and of what is no list. */
  readonly next?: string | null;
}

export interface ApiFailure {
  readonly ok: false;
  /** 0 when the server was not reached. */
  readonly status: number;
  readonly reason: string;
  /** For people. */
  readonly sentence: string;
  /** Sentences by the field of the form they are about. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Whether the last request reached the server, and if not, whose side it seems to be. */
export const connection = signal<'ok' | 'offline' | 'unreachable' | 'busy'>('ok');

/** Counts how often the server said that nobody is signed in any more. */
export const signedOutByServer = signal(0);

/** Above the time in which the server asks another one. */
const DEADLINE_MS = 30_000;
/** For a picture of some megabytes on a slow line. */
const FILE_DEADLINE_MS = 5 * 60_000;

/**
 * Sends one request to our own server. Never throws: everything that can go wrong is a failure with a sentence. A blob
 * or a form goes as it is, everything else as JSON. What `signal` ends is a failure called `aborted`;
 * a request with the `key` of an earlier one is not done twice.
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
  { signal, key }: { readonly signal?: AbortSignal; readonly key?: string } = {},
): Promise<ApiOutcome<T>> {
  const written = method === 'GET' ? takeFirstPage(path) : undefined;
  if (written !== undefined) return { ok: true, value: written as T };
  let response: Response;
  let reply: unknown;
  const deadline = AbortSignal.timeout(isFile(body) ? FILE_DEADLINE_MS : DEADLINE_MS);
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...typeOf(body),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: isFile(body) ? body : body ? JSON.stringify(body) : null,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    reply = parseJson(await response.text());
  } catch {
    if (signal?.aborted) return failure(0, 'aborted', '');
    connection.value = navigator.onLine ? 'unreachable' : 'offline';
    return failure(0, 'unreachable', say('unreachable'));
  }
  if (response.ok && reply !== undefined) {
    // What browsers keep for a while may come from there, also without a connection.
    if (!/^pub/.test(response.headers.get('cache-control') ?? '')) connection.value = 'ok';
    return { ok: true, value: reply as T, next: nextPage(response.headers.get('link')) };
  }
  const refused = readFailure(response.status, reply);
  connection.value = refused.reason === 'busy' ? 'busy' : 'ok';
  if (refused.reason === 'not-signed-in') signedOutByServer.value += 1;
  return refused;
}

const failure = (
  status: number,
  reason: string,
  sentence: string,
  fields: ApiFailure['fields'] = {},
): ApiFailure => ({ ok: false, status, reason, sentence, fields });

/** Tells the server something that nobody waits for: what goes wrong with it is nobody's concern. */
export function mention(path: string): void {
  fetch(path, { method: 'POST', signal: AbortSignal.timeout(DEADLINE_MS) }).catch(() => undefined);
}

/** Tells the server something that matters later, also while the page is being left. False: it has to be told again. */
export async function deliver(path: string, body: object): Promise<boolean> {
  try {
    const { status } = await fetch(path, {
      method: 'POST',
      headers: typeOf(body),
      body: JSON.stringify(body),
      keepalive: true,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return status < 500 && status !== 429;
  } catch {
    return false;
  }
}

const isFile = (body: object | undefined): body is Blob | FormData =>
  body instanceof Blob || body instanceof FormData;

function typeOf(body: object | undefined): Record<string, string> {
  // A form names its own type, with what divides its parts.
  if (!body || body instanceof FormData) return {};
  return { 'content-type': body instanceof Blob ? body.type : 'application/json' };
}

type Refusals = typeof english;

/** What the server refuses for this reason, where the language of the page has words for it; there are none for English. */
export const refusalIn = (reason: string) => translated<Refusals>('refusals', reason as keyof Refusals);

/** Reads the API's error shape; what is not of that shape comes from a proxy in between or from a crash. */
export function readFailure(status: number, reply: unknown): ApiFailure {
  // What is not there at the moment says why itself: it may be nothing that waiting mends.
  if (!isErrorBody(reply) || (status === 503 && reply.code !== 'unavailable')) {
    const reason = status >= 500 ? 'busy' : 'unknown';
    return failure(status, reason, say(reason));
  }
  // Of a field that is wrong the server says what, and other languages that it is.
  const own = refusalIn(reply.code === 'validation-failed' ? 'field' : reply.code);
  const fields = Object.fromEntries(
    (reply.details ?? []).map(({ field, message }) => [field, own ?? message]),
  );
  return failure(status, reply.code, own ?? reply.detail, fields);
}

/** `undefined` for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where the next page of a list is, on our own server, as the `Link` header says (RFC 8288). */
export function nextPage(link: string | null): string | null {
  const address = /<([^>]*)>\s*;\s*rel="next"/.exec(link ?? '')?.[1];
  if (address === undefined || !URL.canParse(address, 'http://here')) return null;
  const { pathname, search } = new URL(address, 'http://here');
  return pathname + search;
}

function isErrorBody(reply: unknown): reply is ErrorBody {
  return (
    typeof reply === 'object' &&
    reply !== null &&
    'code' in reply &&
    'detail' in reply &&
    typeof reply.code === 'string' &&
    typeof reply.detail === 'string'
  );
}
