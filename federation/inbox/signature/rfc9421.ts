import type { Clock } from '../../../src/lib/clock.ts';
import {
  type ClaimDeps,
  type IncomingRequest,
  isRead,
  type KeyAlgorithm,
  notCovered,
  type ReadClaims,
  type SignatureClaim,
} from './claim.ts';
import { checkContentDigest } from './digest.ts';
import { checkFreshness, type FreshnessLimits } from './freshness.ts';
import { isKeyId, type ParseLimits } from './parse.ts';
import { refuse, type SignatureRefusal } from './refusal.ts';
import {
  type InnerList,
  type Item,
  parseDictionary,
  type StructuredFieldLimits,
  serialiseInnerList,
} from './structured-fields.ts';

/** A signature as its sender wrote it: claims, nothing proven. */
export interface Rfc9421Signature {
  readonly keyId: string;
  readonly input: InnerList;
  readonly signature: Buffer;
}

/**
 * Reads `Signature-Input` and `Signature` (RFC 9421 section 4). Signatures whose `keyid` is no web address
 * are not meant for us and are left out: proxies may add their own. What is left must be of keys of one
 * server, so that it cannot be doubted who sent the request (security.md S12), and is at most
 * `maxCandidates` signatures, because each may cost a fetch.
 */
export function parseRfc9421(
  headers: ReadonlyMap<string, string>,
  limits: ParseLimits,
): { ok: true; signatures: readonly [Rfc9421Signature, ...Rfc9421Signature[]] } | SignatureRefusal {
  const inputs = parseDictionary(headers.get('signature-input') ?? '', fieldLimits(limits));
  if (!inputs) return refuse(400, 'bad-header', 'The Signature-Input header cannot be read.');
  const signed = headers.get('signature');
  if (signed === undefined || inputs.size === 0)
    return refuse(401, 'missing-signature', 'The request is not signed.');
  const values = parseDictionary(signed, fieldLimits(limits));
  if (!values) return refuse(400, 'bad-header', 'The Signature header cannot be read by RFC 9421.');

  const signatures: Rfc9421Signature[] = [];
  for (const [label, input] of inputs) {
    const value = values.get(label);
    const bytes = value !== undefined && 'value' in value ? value.value : undefined;
    if (!('items' in input) || bytes?.kind !== 'bytes') {
      return refuse(400, 'bad-header', `The signature ${label} is not complete.`);
    }
    const keyId = input.parameters.get('keyid');
    if (keyId?.kind === 'string' && isKeyId(keyId.value, limits.maxKeyIdCharacters)) {
      signatures.push({ keyId: keyId.value, input, signature: bytes.value });
    }
  }
  const [first, ...others] = signatures;
  if (!first) return refuse(400, 'bad-key-id', 'The keyid of the signature is not a web address.');
  const origin = new URL(first.keyId).origin;
  const isClear = others.every(({ keyId }) => new URL(keyId).origin === origin);
  return isClear && signatures.length <= limits.maxCandidates
    ? { ok: true, signatures: [first, ...others] }
    : refuse(400, 'ambiguous-signature', 'The request has signatures of several senders.');
}

function fieldLimits(limits: ParseLimits): StructuredFieldLimits {
  return {
    maxCharacters: limits.maxHeaderCharacters,
    maxMembers: limits.maxSignatures,
    maxItems: limits.maxCoveredHeaders,
    maxParameters: limits.maxParameters,
  };
}

/**
 * Reads the signatures of RFC 9421 and checks their request, all but the signatures themselves. One that
 * does not cover enough is left out when another one does.
 * Source: federation-interop.md 3; fedify.md G5; security.md S1 to S4, S9, S10.
 */
export function readRfc9421(
  request: IncomingRequest,
  headers: ReadonlyMap<string, string>,
  deps: ClaimDeps,
): ReadClaims {
  const parsed = parseRfc9421(headers, deps.limits);
  if (!parsed.ok) return parsed;
  const claims: SignatureClaim[] = [];
  let firstRefusal: SignatureRefusal | undefined;
  for (const signature of parsed.signatures) {
    const claim = toClaim(signature, request, headers, deps);
    if ('ok' in claim) firstRefusal ??= { ...claim, keyId: signature.keyId };
    else claims.push(claim);
  }
  const [first, ...others] = claims;
  if (first) return { ok: true, claims: [first, ...others] };
  return firstRefusal ?? refuse(401, 'missing-signature', 'The request is not signed.');
}

function toClaim(
  { keyId, input, signature }: Rfc9421Signature,
  request: IncomingRequest,
  headers: ReadonlyMap<string, string>,
  deps: ClaimDeps,
): SignatureClaim | SignatureRefusal {
  const algorithms = algorithmsOf(input);
  const components = componentsOf(input);
  if ('ok' in algorithms) return algorithms;
  if ('ok' in components) return components;
  const refusal =
    checkCoverage(components, input, request) ??
    checkTimes(input, deps) ??
    (components.includes('content-digest')
      ? checkContentDigest(headers.get('content-digest') ?? '', request.body, fieldLimits(deps.limits))
      : undefined);
  if (refusal) return refusal;
  const text = signatureBase(input, request, headers, deps.origin);
  return typeof text === 'string'
    ? { keyId, algorithms, signature, covered: components, texts: [text] }
    : text;
}

const ALGORITHMS: readonly KeyAlgorithm[] = ['rsa-v1_5-sha256', 'ed25519'];

/** The algorithm that the signature names, or all: the key decides, the name may only contradict it. */
function algorithmsOf({ parameters }: InnerList): readonly KeyAlgorithm[] | SignatureRefusal {
  const alg = parameters.get('alg');
  if (alg === undefined) return ALGORITHMS;
  const named = ALGORITHMS.filter((name) => alg.kind === 'string' && alg.value === name);
  return named.length > 0
    ? named
    : refuse(401, 'unsupported-algorithm', `Sign with one of: ${ALGORITHMS.join(' ')}.`);
}

/** Names of the covered components. Parameters change what a component means, and no sender needs them here. */
export function componentsOf({ items }: InnerList): readonly string[] | SignatureRefusal {
  const names: string[] = [];
  for (const { value, parameters } of items) {
    if (value.kind !== 'string') return refuse(400, 'bad-header', 'A covered component is no string.');
    if (parameters.size > 0) {
      return refuse(401, 'unsupported-component', 'Covered components with parameters are not read here.');
    }
    if (names.includes(value.value))
      return refuse(400, 'duplicate-header', 'The signature covers a component twice.');
    names.push(value.value);
  }
  return names;
}

function checkCoverage(
  covered: readonly string[],
  { parameters }: InnerList,
  request: IncomingRequest,
): SignatureRefusal | undefined {
  const has = (name: string) => covered.includes(name);
  const missing = ['@method', ...(isRead(request) ? [] : ['content-digest'])].filter((name) => !has(name));
  const hasPath = has('@request-target') || (has('@path') && (has('@query') || !request.path.includes('?')));
  // The Host header is known to be ours, so it says as much as @authority.
  const hasTarget = has('@target-uri') || ((has('@authority') || has('host')) && hasPath);
  if (!hasTarget) missing.push('@target-uri');
  if (!parameters.has('created')) missing.push('created');
  return notCovered(missing);
}

/** Whether the times of a signature are of now; a `created` is not asked for here. */
export function checkTimes(
  { parameters }: InnerList,
  deps: { readonly clock: Clock; readonly limits: FreshnessLimits },
): SignatureRefusal | undefined {
  const created = toTime(parameters.get('created'));
  const expires = parameters.has('expires') ? toTime(parameters.get('expires')) : null;
  if (created === undefined || expires === undefined) {
    return refuse(400, 'bad-time', 'The created or the expires time of the signature cannot be read.');
  }
  const times = { made: [created], ...(expires !== null && { expires }) };
  return checkFreshness(times, deps.clock.now(), deps.limits);
}

function toTime(seconds: Item['value'] | undefined): number | undefined {
  return seconds?.kind === 'integer' && seconds.value >= 0 ? seconds.value * 1_000 : undefined;
}

/**
 * The text that was signed (RFC 9421 section 2.5), or a refusal when the request lacks a covered component.
 * The parts of the address are those of our own origin, so that a signature for another host, or for a
 * request that was passed on, does not fit. `origin` is as `URL` writes it.
 */
export function signatureBase(
  input: InnerList,
  request: IncomingRequest,
  headers: ReadonlyMap<string, string>,
  origin: string,
): string | SignatureRefusal {
  return signedText(input, derivedComponents(request, new URL(origin)), headers);
}

/** The same of any message, by the derived components that it has: an answer has others than a request. */
export function signedText(
  input: InnerList,
  derived: ReadonlyMap<string, string>,
  headers: ReadonlyMap<string, string>,
): string | SignatureRefusal {
  const lines: string[] = [];
  for (const { value } of input.items) {
    const name = String(value.value);
    const component = name.startsWith('@') ? derived.get(name) : headers.get(name);
    if (component === undefined)
      return refuse(401, 'missing-header', `There is no ${name}, but the signature covers it.`);
    lines.push(`"${name}": ${component}`);
  }
  return [...lines, `"@signature-params": ${serialiseInnerList(input)}`].join('\n');
}

/** The derived components that a request has (RFC 9421 section 2.2). */
function derivedComponents({ method, path }: IncomingRequest, origin: URL): ReadonlyMap<string, string> {
  const queryAt = path.includes('?') ? path.indexOf('?') : path.length;
  return new Map([
    ['@method', method],
    ['@target-uri', `${origin.origin}${path}`],
    ['@authority', origin.host],
    ['@scheme', origin.protocol.slice(0, -1)],
    ['@request-target', path],
    ['@path', path.slice(0, queryAt)],
    ['@query', path.slice(queryAt) || '?'],
  ]);
}
