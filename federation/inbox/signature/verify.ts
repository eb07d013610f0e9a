import { constants, type KeyObject, verify } from 'node:crypto';
import type { Clock } from '../../../src/lib/clock.ts';
import type { Failure } from '../../../src/lib/result.ts';
import { checkDigest } from './digest.ts';
import { checkFreshness, type FreshnessLimits } from './freshness.ts';
import { readHeaders } from './headers.ts';
import { type ParsedSignature, type ParseLimits, parseSignatureHeader } from './parse.ts';
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
  | { readonly ok: true; readonly keyId: string; readonly actorId: string }
  | SignatureRefusal;

export type VerifyRequest = (request: IncomingRequest, lookupKey: LookupKey) => Promise<SignatureOutcome>;

export interface VerifierLimits extends ParseLimits, FreshnessLimits, KeyLimits {
  readonly maxPathCharacters: number;
}

export interface KeyLimits {
  readonly minRsaBits: number;
  readonly maxRsaBits: number;
}

/**
 * Verifies HTTP signatures of draft-cavage-http-signatures-12. Everything that needs no key is checked first,
 * so that a careless request causes no fetch: coverage, our host, the clock, the digest of the body. The
 * algorithm follows from the key. When a key kept from earlier does not fit, it is looked up anew once.
 * `host` is the host of our own origin, with a port only if it is not the usual one.
 * Source: federation-interop.md 3; security.md S1 to S4, S9 to S11, S16.
 */
export function createVerifyRequest(deps: {
  readonly host: string;
  readonly clock: Clock;
  readonly limits: VerifierLimits;
}): VerifyRequest {
  return async (request, lookupKey) => {
    const claim = readClaim(request, deps);
    if (!claim.ok) return claim;
    const { parsed, texts } = claim;
    const fits = ({ key }: FoundKey) => texts.some((text) => isSignedBy(key, text, parsed.signature));
    const refused = (refusal: SignatureRefusal) => ({ ...refusal, keyId: parsed.keyId });

    let found = await lookupKey(parsed.keyId, { refresh: false });
    if (!found.ok) return refused(refuse(401, found.reason, found.detail ?? 'The key cannot be had.'));
    if (isUsableKey(found.key, deps.limits) && fits(found)) return proven(found);
    if (!found.isFresh) {
      found = await lookupKey(parsed.keyId, { refresh: true });
      if (found.ok && isUsableKey(found.key, deps.limits) && fits(found)) return proven(found);
    }
    return refused(refuse(401, 'bad-signature', 'The signature does not fit the request and the key.'));
  };
}

function proven({ keyId, actorId }: FoundKey): SignatureOutcome {
  return { ok: true, keyId, actorId };
}

/** The one kind of key that the fediverse signs with, strong enough and not so large that it stalls us. */
export function isUsableKey(key: KeyObject, limits: KeyLimits): boolean {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const isRsa = key.type === 'public' && key.asymmetricKeyType === 'rsa';
  return isRsa && bits >= limits.minRsaBits && bits <= limits.maxRsaBits;
}

function isSignedBy(key: KeyObject, text: string, signature: Buffer): boolean {
  // Header values are latin1 in Node, so this gives back the bytes that were sent and signed.
  const bytes = Buffer.from(text, 'latin1');
  return verify('sha256', bytes, { key, padding: constants.RSA_PKCS1_PADDING }, signature) === true;
}

/** Both names of one algorithm: RSA PKCS#1 v1.5 with SHA-256 is what senders of `hs2019` mean too. */
const ALGORITHMS = new Set([undefined, 'rsa-sha256', 'hs2019']);

type Claim = { readonly ok: true; readonly parsed: ParsedSignature; readonly texts: readonly string[] };

function readClaim(
  request: IncomingRequest,
  deps: { host: string; clock: Clock; limits: VerifierLimits },
): Claim | SignatureRefusal {
  const read = readHeaders(request.rawHeaders);
  if (!read.ok) return read;
  const { headers } = read;
  const found = parseSignatureHeader(headers, deps.limits);
  if (!found.ok) return found;
  const { parsed } = found;
  const refusal =
    checkAlgorithm(parsed) ??
    checkCoverage(parsed, request) ??
    checkHost(headers.get('host'), deps.host) ??
    checkFreshness(parsed, headers.get('date'), deps.clock.now(), deps.limits) ??
    (parsed.covered.includes('digest') ? checkDigest(headers.get('digest') ?? '', request.body) : undefined);
  if (refusal) return { ...refusal, keyId: parsed.keyId };
  if (!request.path.startsWith('/') || request.path.length > deps.limits.maxPathCharacters) {
    return refuse(400, 'bad-path', 'The path of the request cannot be read.');
  }
  const texts = signedTexts(parsed, request, headers);
  return Array.isArray(texts) ? { ok: true, parsed, texts } : texts;
}

function checkAlgorithm({ algorithm, covered }: ParsedSignature): SignatureRefusal | undefined {
  if (!ALGORITHMS.has(algorithm)) {
    return refuse(401, 'unsupported-algorithm', 'Sign with rsa-sha256 (or hs2019, meaning the same).');
  }
  // draft-cavage-http-signatures-12 section 2.3: an error for algorithms whose name starts with "rsa".
  if (algorithm === 'rsa-sha256' && (covered.includes('(created)') || covered.includes('(expires)'))) {
    return refuse(400, 'bad-header', 'With rsa-sha256, (created) and (expires) cannot be signed.');
  }
  return undefined;
}

function checkCoverage(
  { covered }: ParsedSignature,
  { method, body }: IncomingRequest,
): SignatureRefusal | undefined {
  const isRead = (method === 'GET' || method === 'HEAD') && body.length === 0;
  const needed = isRead ? ['(request-target)', 'host'] : ['(request-target)', 'host', 'digest'];
  const missing = needed.filter((name) => !covered.includes(name));
  if (!covered.includes('date') && !covered.includes('(created)')) missing.push('date');
  return missing.length === 0
    ? undefined
    : refuse(401, 'not-covered', `The signature must also cover: ${missing.join(' ')}.`);
}

function checkHost(given: string | undefined, ours: string): SignatureRefusal | undefined {
  const plain = (host: string) => host.toLowerCase().replace(/:(?:443|80)$/, '');
  return given !== undefined && plain(given) === plain(ours)
    ? undefined
    : refuse(401, 'wrong-host', 'The signature is for another host.');
}

/** The text that was signed; with a query also the text without it, because some senders leave it out. */
function signedTexts(
  parsed: ParsedSignature,
  request: IncomingRequest,
  headers: ReadonlyMap<string, string>,
): string[] | SignatureRefusal {
  const special: Record<string, string | undefined> = {
    '(created)': parsed.created,
    '(expires)': parsed.expires,
  };
  const lines: string[] = [];
  for (const name of parsed.covered) {
    const value = name === '(request-target)' ? '' : name.startsWith('(') ? special[name] : headers.get(name);
    if (value === undefined)
      return refuse(401, 'missing-header', `The request has no ${name}, but its signature covers it.`);
    lines.push(`${name}: ${value}`);
  }
  const target = parsed.covered.indexOf('(request-target)');
  const [withoutQuery = ''] = request.path.split('?', 1);
  return [...new Set([request.path, withoutQuery])].map((path) =>
    lines.with(target, `(request-target): ${request.method.toLowerCase()} ${path}`).join('\n'),
  );
}
