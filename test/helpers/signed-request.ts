import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { signatureLimits } from '../../config/limits.ts';
import {
  createVerifyRequest,
  type FoundKey,
  type IncomingRequest,
  type LookupKey,
  type SignatureOutcome,
} from '../../federation/inbox/signature/verify.ts';

/** The time of all requests made here, in milliseconds. */
export const NOW = Date.parse('2026-11-21T12:00:00Z');
/** Our own host. */
export const HOST = 'video.example';
export const KEY_ID = 'https://a.example/users/alice#main-key';
export const ACTOR = 'https://a.example/users/alice';
export const BODY = Buffer.from('{"type":"Create"}');

/** The key behind `KEY_ID`. */
export const alice = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What differs from a sound POST by alice to our inbox. */
export interface Draft {
  method?: string;
  path?: string;
  signedPath?: string;
  headers?: Record<string, string>;
  body?: Buffer;
  covered?: string[];
  params?: Record<string, string | number | undefined>;
  key?: KeyObject;
  hash?: string;
}

/** Base64 of the digest of a body. */
export const digestOf = (body: Buffer, algorithm = 'sha256') =>
  createHash(algorithm).update(body).digest('base64');

/** A signed request, made here from the text of the draft and not by our own signer. */
export function draft(d: Draft = {}): IncomingRequest {
  const { method = 'POST', path = '/inbox', body = BODY, params = {} } = d;
  const headers: Record<string, string> = {
    host: HOST,
    date: new Date(NOW).toUTCString(),
    ...(body.length > 0 && { digest: `SHA-256=${digestOf(body)}` }),
    'content-type': 'application/activity+json',
    ...d.headers,
  };
  const covered = d.covered ?? ['(request-target)', 'host', 'date', ...(body.length > 0 ? ['digest'] : [])];
  const lines = covered.map((name) => {
    if (name === '(request-target)') return `${name}: ${method.toLowerCase()} ${d.signedPath ?? path}`;
    if (name.startsWith('(')) return `${name}: ${params[name.slice(1, -1)]}`;
    return `${name}: ${headers[name]}`;
  });
  const signature = sign(
    d.hash ?? 'sha256',
    Buffer.from(lines.join('\n')),
    d.key ?? alice.privateKey,
  ).toString('base64');
  const all = { keyId: KEY_ID, algorithm: 'rsa-sha256', headers: covered.join(' '), signature, ...params };
  const text = Object.entries(all).filter(([, value]) => value !== undefined);
  headers.signature = text
    .map(([name, value]) => (typeof value === 'number' ? `${name}=${value}` : `${name}="${value}"`))
    .join(',');
  return { method, path, body, rawHeaders: Object.entries(headers).flat() };
}

/** The headers of a request whose names are all different. */
export function headersOf(request: IncomingRequest): Record<string, string> {
  const { rawHeaders } = request;
  return Object.fromEntries(
    rawHeaders.flatMap((name, at) => (at % 2 ? [] : [[name, rawHeaders[at + 1] ?? '']])),
  );
}

/** The same request with some headers set to other values. */
export function withHeaders(request: IncomingRequest, change: Record<string, string>): IncomingRequest {
  return { ...request, rawHeaders: Object.entries({ ...headersOf(request), ...change }).flat() };
}

/** What a lookup of alice's key gives. */
export const found = (key: KeyObject = alice.publicKey, isFresh = true): FoundKey => ({
  ok: true,
  key,
  keyId: KEY_ID,
  actorId: ACTOR,
  isFresh,
});

/** Verifies as our server at that time. */
export function verifyAt(
  now: number,
  request: IncomingRequest,
  lookup: LookupKey = async () => found(),
): Promise<SignatureOutcome> {
  const verifyRequest = createVerifyRequest({
    origin: `https://${HOST}`,
    clock: { now: () => now },
    limits: signatureLimits,
  });
  return verifyRequest(request, lookup);
}

/** `ok`, or status and reason in one line. */
export async function outcome(request: IncomingRequest, lookup?: LookupKey, now = NOW): Promise<string> {
  const result = await verifyAt(now, request, lookup);
  return result.ok ? 'ok' : `${result.status} ${result.reason}`;
}

/** For requests that must be refused before any key is looked up. */
export const noLookup: LookupKey = async () => {
  throw new Error('A key was looked up.');
};
