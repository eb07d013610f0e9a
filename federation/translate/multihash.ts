import { decodeBase58Multibase, encodeBase58Multibase } from '../inbox/signature/multikey.ts';
import { isObject } from './read.ts';

/** Multihash `sha2-256` (0x12) of 32 bytes (0x20). */
const SHA256_HEAD = Buffer.from([0x12, 0x20]);
const SHA256_BYTES = 32;
/** Base64url of 34 bytes without padding. */
const BASE64URL = /^u[A-Za-z0-9_-]{46}={0,2}$/;

/** A SHA-256 in lower-case hex as `digestMultibase`: a multihash in base58btc (VC Data Integrity 1.0, 2.6). */
export function digestMultibase(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError('Not a SHA-256 in lower-case hex');
  return encodeBase58Multibase(Buffer.concat([SHA256_HEAD, Buffer.from(sha256, 'hex')]));
}

/** The SHA-256 in lower-case hex that a `digestMultibase` says, or null where it says none that we can check. */
export function sha256OfMultibase(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const bytes = BASE64URL.test(value)
    ? Buffer.from(value.slice(1), 'base64url')
    : decodeBase58Multibase(value);
  const isSha256 = bytes?.length === SHA256_HEAD.length + SHA256_BYTES && bytes.indexOf(SHA256_HEAD) === 0;
  return isSha256 ? bytes.subarray(SHA256_HEAD.length).toString('hex') : null;
}

/** What the first of these objects that has a digest says of the file it describes. */
export function digestIn(...described: unknown[]): string | null {
  for (const one of described) {
    const digest = isObject(one) ? sha256OfMultibase(one.digestMultibase) : null;
    if (digest !== null) return digest;
  }
  return null;
}
