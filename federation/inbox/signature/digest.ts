import { createHash, timingSafeEqual } from 'node:crypto';
import { refuse, type SignatureRefusal } from './refusal.ts';
import { parseDictionary, type StructuredFieldLimits } from './structured-fields.ts';

/** Names of RFC 3230 and RFC 5843 that we compute; others in the header are ignored. */
const ALGORITHMS: Readonly<Record<string, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };

/**
 * Recomputes the `Digest` header over the raw bytes of the body. It may list several algorithms; every one
 * that we know must be right, at least one must be known, and none may come twice. Returns nothing when the
 * digest holds. Source: security.md S1, S2, S11.
 */
export function checkDigest(header: string, body: Uint8Array): SignatureRefusal | undefined {
  const seen = new Set<string>();
  for (const part of header.split(',')) {
    const [, name = '', value = ''] = /^\s*([\w-]+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const label = name.toLowerCase();
    const algorithm = Object.hasOwn(ALGORITHMS, label) ? ALGORITHMS[label] : undefined;
    if (algorithm === undefined) continue;
    if (seen.has(label))
      return refuse(400, 'duplicate-header', `The Digest header has more than one ${label}.`);
    seen.add(label);
    if (!isDigest(algorithm, body, Buffer.from(value, 'base64'))) return wrongDigest();
  }
  return seen.size > 0 ? undefined : noDigest();
}

/** The same for the `Content-Digest` header (RFC 9530 section 2). */
export function checkContentDigest(
  header: string,
  body: Uint8Array,
  limits: StructuredFieldLimits,
): SignatureRefusal | undefined {
  const digests = parseDictionary(header, limits);
  if (!digests) return refuse(400, 'bad-header', 'The Content-Digest header cannot be read.');
  let isKnown = false;
  for (const [name, algorithm] of Object.entries(ALGORITHMS)) {
    const given = digests.get(name);
    if (given === undefined) continue;
    isKnown = true;
    const value = 'value' in given ? given.value : undefined;
    if (value?.kind !== 'bytes' || !isDigest(algorithm, body, value.value)) return wrongDigest();
  }
  return isKnown ? undefined : noDigest();
}

function isDigest(algorithm: string, body: Uint8Array, given: Buffer): boolean {
  const expected = createHash(algorithm).update(body).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function wrongDigest(): SignatureRefusal {
  return refuse(401, 'wrong-digest', 'The digest does not belong to the body.');
}

function noDigest(): SignatureRefusal {
  return refuse(401, 'no-digest', 'The request has no SHA-256 digest of its body.');
}
