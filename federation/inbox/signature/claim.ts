import type { Clock } from '../../../src/lib/clock.ts';
import type { FreshnessLimits } from './freshness.ts';
import type { ParseLimits } from './parse.ts';
import { refuse, type SignatureRefusal } from './refusal.ts';

/** What came in, free of any web framework. */
export interface IncomingRequest {
  readonly method: string;
  /** As it stood in the request line, with query: Express calls it `originalUrl`. */
  readonly path: string;
  /** Names and values in turn, as they came: Node's `rawHeaders`. Objects of headers hide duplicates. */
  readonly rawHeaders: readonly string[];
  /** The raw bytes. */
  readonly body: Uint8Array;
}

/** What a key can sign; it follows from the key alone. Names of RFC 9421 section 6.2.2. */
export type KeyAlgorithm = 'rsa-v1_5-sha256' | 'ed25519';

/** A signature whose request was found in order in all that needs no key. Not yet proven. */
export interface SignatureClaim {
  readonly keyId: string;
  /** What the key may be. */
  readonly algorithms: readonly KeyAlgorithm[];
  readonly signature: Buffer;
  /** Lower-case names of the headers, and other parts of the request, that were signed. */
  readonly covered: readonly string[];
  /** Each is the whole text that may have been signed, one character per byte. */
  readonly texts: readonly string[];
}

/** One signature, or a few of one sender. */
export type ReadClaims =
  | { readonly ok: true; readonly claims: readonly [SignatureClaim, ...SignatureClaim[]] }
  | SignatureRefusal;

export interface ClaimDeps {
  /** Our own origin. */
  readonly origin: string;
  readonly clock: Clock;
  readonly limits: ParseLimits & FreshnessLimits;
}

/** The names that a signature must cover and does not, as a refusal. */
export function notCovered(missing: readonly string[]): SignatureRefusal | undefined {
  return missing.length === 0
    ? undefined
    : refuse(401, 'not-covered', `The signature must also cover: ${missing.join(' ')}.`);
}

/** A request without a body, that asks for something. Its signature needs no digest. */
export function isRead({ method, body }: IncomingRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && body.length === 0;
}
