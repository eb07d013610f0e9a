import { constants, type KeyObject, verify } from 'node:crypto';
import type { Clock } from '../../../src/lib/clock.ts';
import type { Failure } from '../../../src/lib/result.ts';
import type { IncomingRequest, KeyAlgorithm, ReadClaims, SignatureClaim } from './claim.ts';
import { readDraftCavage } from './draft-cavage.ts';
import type { FreshnessLimits } from './freshness.ts';
import { readHeaders } from './headers.ts';
import { type ParseLimits, parseSigner } from './parse.ts';
import { refuse, type SignatureRefusal } from './refusal.ts';
import { parseRfc9421, readRfc9421 } from './rfc9421.ts';

export type { IncomingRequest } from './claim.ts';

export interface FoundKey {
  readonly ok: true;
  readonly key: KeyObject;
  readonly keyId: string;
  /** The actor whose own document lists the key. */
  readonly actorId: string;
  /** False when the key was kept from earlier, so that a newer one may exist. */
  readonly isFresh: boolean;
}

/**
 * Finds the key behind an id, and proves whose it is. With `refresh` it is asked for anew, because a
 * signature did not fit the key kept so far.
 */
export type LookupKey = (
  keyId: string,
  options: { readonly refresh: boolean },
) => Promise<FoundKey | Failure>;

/** A proof that `actorId` sent exactly this request to us, now. */
export type SignatureOutcome =
  | {
      readonly ok: true;
      readonly keyId: string;
      readonly actorId: string;
      /** Lower-case names of the headers, and other parts of the request, that were signed. */
      readonly covered: readonly string[];
    }
  | SignatureRefusal;

export type VerifyRequest = (request: IncomingRequest, lookupKey: LookupKey) => Promise<SignatureOutcome>;

export interface VerifierLimits extends ParseLimits, FreshnessLimits, KeyLimits {
  readonly maxPathCharacters: number;
}

export interface KeyLimits {
  readonly minRsaBits: number;
  readonly maxRsaBits: number;
}

interface VerifierDeps {
  /** Our own origin, as `URL` writes it. */
  readonly origin: string;
  readonly clock: Clock;
  readonly limits: VerifierLimits;
}

/**
 * Verifies HTTP signatures of RFC 9421 and of draft-cavage-http-signatures-12. They share the `Signature`
 * header, so a request with `Signature-Input` is read by RFC 9421 only. Everything that needs no key is
 * checked first, so that a careless request causes no fetch: coverage, our host, the clock, the digest of
 * the body. The algorithm follows from the key. When a key kept from earlier does not fit, it is looked up
 * anew once. Source: federation-interop.md 3; security.md S1 to S4, S9 to S12, S16.
 */
export function createVerifyRequest(deps: VerifierDeps): VerifyRequest {
  return async (request, lookupKey) => {
    const read = readClaims(request, deps);
    if (!read.ok) return read;
    let refusal: SignatureRefusal | undefined;
    for (const claim of read.claims) {
      const outcome = await prove(claim, lookupKey, deps.limits);
      if (outcome.ok) return outcome;
      refusal ??= { ...outcome, keyId: claim.keyId };
    }
    return refusal ?? refuse(401, 'missing-signature', 'The request is not signed.');
  };
}

/**
 * The key that a request claims to be signed with, from its headers alone. If there are several, they are
 * all of one server.
 */
export function readKeyId(
  rawHeaders: readonly string[],
  limits: ParseLimits,
): { readonly ok: true; readonly keyId: string } | SignatureRefusal {
  const read = readHeaders(rawHeaders);
  if (!read.ok) return read;
  if (read.headers.has('signature-input')) {
    const found = parseRfc9421(read.headers, limits);
    return found.ok ? { ok: true, keyId: found.signatures[0].keyId } : found;
  }
  const found = parseSigner(read.headers, limits);
  return found.ok ? { ok: true, keyId: found.keyId } : found;
}

function readClaims(request: IncomingRequest, deps: VerifierDeps): ReadClaims {
  const read = readHeaders(request.rawHeaders);
  if (!read.ok) return read;
  const { headers } = read;
  const claims = headers.has('signature-input')
    ? readRfc9421(request, headers, deps)
    : readDraftCavage(request, headers, deps);
  if (!claims.ok) return claims;
  if (!request.path.startsWith('/') || request.path.length > deps.limits.maxPathCharacters) {
    return refuse(400, 'bad-path', 'The path of the request cannot be read.');
  }
  const wrongHost = checkHost(headers.get('host'), new URL(deps.origin).host);
  return wrongHost ? { ...wrongHost, keyId: claims.claims[0].keyId } : claims;
}

async function prove(
  claim: SignatureClaim,
  lookupKey: LookupKey,
  limits: KeyLimits,
): Promise<SignatureOutcome> {
  let found = await lookupKey(claim.keyId, { refresh: false });
  if (!found.ok) return refuse(401, found.reason, found.detail ?? 'The key cannot be had.');
  if (isSignedBy(found.key, claim, limits)) return proven(found, claim);
  if (!found.isFresh) {
    found = await lookupKey(claim.keyId, { refresh: true });
    if (found.ok && isSignedBy(found.key, claim, limits)) return proven(found, claim);
  }
  return refuse(401, 'bad-signature', 'The signature does not fit the request and the key.');
}

function proven({ keyId, actorId }: FoundKey, { covered }: SignatureClaim): SignatureOutcome {
  return { ok: true, keyId, actorId, covered };
}

/**
 * What a key signs with, or nothing when it is no key to trust: RSA that is strong enough and not so large
 * that it stalls us, or Ed25519 (security.md S10).
 */
export function algorithmOf(key: KeyObject, limits: KeyLimits): KeyAlgorithm | undefined {
  if (key.type !== 'public') return undefined;
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  const bits = key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0;
  return bits >= limits.minRsaBits && bits <= limits.maxRsaBits ? 'rsa-v1_5-sha256' : undefined;
}

function isSignedBy(key: KeyObject, claim: SignatureClaim, limits: KeyLimits): boolean {
  const algorithm = algorithmOf(key, limits);
  if (algorithm === undefined || !claim.algorithms.includes(algorithm)) return false;
  // Header values are latin1 in Node, so this gives back the bytes that were sent and signed.
  return claim.texts.some((text) =>
    isSignature(algorithm, key, Buffer.from(text, 'latin1'), claim.signature),
  );
}

/** Whether the signature over the bytes is the key's own. */
export function isSignature(
  algorithm: KeyAlgorithm,
  key: KeyObject,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  return algorithm === 'ed25519'
    ? verify(null, bytes, key, signature) === true
    : verify('sha256', bytes, { key, padding: constants.RSA_PKCS1_PADDING }, signature) === true;
}

function checkHost(given: string | undefined, ours: string): SignatureRefusal | undefined {
  const plain = (host: string) => host.toLowerCase().replace(/:(?:443|80)$/, '');
  return given !== undefined && plain(given) === plain(ours)
    ? undefined
    : refuse(401, 'wrong-host', 'The signature is for another host.');
}
