import { type ClaimDeps, type IncomingRequest, isRead, notCovered, type ReadClaims } from './claim.ts';
import { checkDigest } from './digest.ts';
import { checkFreshness, type SignedTimes } from './freshness.ts';
import { type ParsedSignature, parseSignatureHeader } from './parse.ts';
import { refuse, type SignatureRefusal } from './refusal.ts';

/**
 * Reads a signature of draft-cavage-http-signatures-12 and checks its request, all but the signature itself.
 * Source: federation-interop.md 3; security.md S1 to S3, S9, S10.
 */
export function readDraftCavage(
  request: IncomingRequest,
  headers: ReadonlyMap<string, string>,
  deps: ClaimDeps,
): ReadClaims {
  const found = parseSignatureHeader(headers, deps.limits);
  if (!found.ok) return found;
  const { parsed } = found;
  const refused = (refusal: SignatureRefusal) => ({ ...refusal, keyId: parsed.keyId });
  const times = signedTimes(parsed, headers.get('date'));
  const refusal =
    checkAlgorithm(parsed) ??
    checkCoverage(parsed, request) ??
    ('ok' in times ? times : checkFreshness(times, deps.clock.now(), deps.limits)) ??
    (parsed.covered.includes('digest') ? checkDigest(headers.get('digest') ?? '', request.body) : undefined);
  if (refusal) return refused(refusal);
  const texts = signedTexts(parsed, request, headers);
  if (!Array.isArray(texts)) return refused(texts);
  const { keyId, signature, covered } = parsed;
  return { ok: true, claims: [{ keyId, algorithms: ['rsa-v1_5-sha256'], signature, covered, texts }] };
}

/** Both names of one algorithm: RSA PKCS#1 v1.5 with SHA-256 is what senders of `hs2019` mean too. */
const ALGORITHMS = new Set([undefined, 'rsa-sha256', 'hs2019']);

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

function checkCoverage({ covered }: ParsedSignature, request: IncomingRequest): SignatureRefusal | undefined {
  const needed = ['(request-target)', 'host', ...(isRead(request) ? [] : ['digest'])];
  const missing = needed.filter((name) => !covered.includes(name));
  if (!covered.includes('date') && !covered.includes('(created)')) missing.push('date');
  return notCovered(missing);
}

const HTTP_DATE = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|\+0000)$/;
const SECONDS = /^\d{1,12}$/;
/** Only `expires` may have a fraction (draft-cavage-http-signatures-12 section 2.1.5). */
const SECONDS_WITH_FRACTION = /^\d{1,12}(?:\.\d{1,6})?$/;

/** The times that the signature covers; a time it does not cover could be anybody's. */
function signedTimes(parsed: ParsedSignature, date: string | undefined): SignedTimes | SignatureRefusal {
  const made: number[] = [];
  if (parsed.covered.includes('date')) {
    const time = date !== undefined && HTTP_DATE.test(date) ? Date.parse(date) : Number.NaN;
    if (Number.isNaN(time)) return refuse(401, 'bad-time', 'The Date header cannot be read.');
    made.push(time);
  }
  if (parsed.covered.includes('(created)')) {
    if (!SECONDS.test(parsed.created ?? '')) {
      return refuse(400, 'bad-time', 'The created time of the signature cannot be read.');
    }
    made.push(Number(parsed.created) * 1000);
  }
  if (parsed.expires === undefined) return { made };
  return SECONDS_WITH_FRACTION.test(parsed.expires)
    ? { made, expires: Number(parsed.expires) * 1000 }
    : refuse(400, 'bad-time', 'The expires time of the signature cannot be read.');
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
