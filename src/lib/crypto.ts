import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { type Failure, fail, type Ok, ok } from './result.ts';

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MIN_SECRET_CHARACTERS = 32;

/** Bytes of an Ed25519 key, and what comes before them in a SubjectPublicKeyInfo (RFC 8410 section 4). */
export const ED25519_BYTES = 32;
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** The Ed25519 key of its 32 bytes, or nothing when they are not so many. */
export function importEd25519(bytes: Uint8Array): KeyObject | undefined {
  if (bytes.length !== ED25519_BYTES) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, bytes]), format: 'der', type: 'spki' });
}

/** The secret of the instance, and what the sealed text is for; text sealed for one purpose opens for no other. */
export interface Seal {
  readonly instanceSecret: string;
  /** A fixed word of the calling code, such as `actor-private-key`. */
  readonly purpose: string;
}

/**
 * Encrypts text for storage: AES-256-GCM (NIST SP 800-38D) under a key that HKDF-SHA-256 (RFC 5869) derives
 * from the instance secret, the purpose and a fresh salt. The result reads `v1.<salt, nonce, tag and text in
 * base64url>`. Throws when the secret is too short to protect anything.
 */
export function sealSecret(seal: Seal, plaintext: string): string {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, deriveKey(seal, salt), nonce, { authTagLength: TAG_BYTES });
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return `${VERSION}.${Buffer.concat([salt, nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
}

/** Opens what `sealSecret` made. Fails when the text was changed, or sealed with another secret or purpose. */
export function openSecret(seal: Seal, sealed: string): Ok<{ plaintext: string }> | Failure<'cannot-open'> {
  const [version, encoded = ''] = sealed.split('.', 2);
  const bytes = Buffer.from(encoded, 'base64url');
  if (version !== VERSION || bytes.length < SALT_BYTES + NONCE_BYTES + TAG_BYTES) return cannotOpen();
  const nonceAt = SALT_BYTES;
  const tagAt = nonceAt + NONCE_BYTES;
  const textAt = tagAt + TAG_BYTES;
  const key = deriveKey(seal, bytes.subarray(0, nonceAt));
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(nonceAt, tagAt), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(tagAt, textAt));
  try {
    return ok({
      plaintext: decipher.update(bytes.subarray(textAt), undefined, 'utf8') + decipher.final('utf8'),
    });
  } catch {
    return cannotOpen();
  }
}

function cannotOpen(): Failure<'cannot-open'> {
  return fail(
    'cannot-open',
    'A stored secret cannot be opened with this SECRET_KEY. Start with the SECRET_KEY that belongs to this database.',
  );
}

function deriveKey({ instanceSecret, purpose }: Seal, salt: Buffer): Buffer {
  if (instanceSecret.length < MIN_SECRET_CHARACTERS) {
    throw new Error(`The instance secret has fewer than ${MIN_SECRET_CHARACTERS} characters.`);
  }
  return Buffer.from(hkdfSync('sha256', instanceSecret, salt, `vireo ${VERSION} ${purpose}`, 32));
}

/** A key of 32 bytes for one purpose, derived from the instance secret: the same at every start. */
export function purposeKey(seal: Seal): Buffer {
  return deriveKey(seal, Buffer.alloc(0));
}

/** SHA-256 as 32 bytes; text counts as UTF-8. */
export function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

const TEXT_KEY_BYTES = 32;

/**
 * Codes of texts under one key of 32 bytes, in hex: SHA-512/256 (FIPS 180-4) of the key and the text. Half of what this function computes is
 * never shown, so that nobody who has a code can go on from it, and the key before the text is enough (Bellare, Bernstein and Tessaro,
 * "Hash-Function Based PRFs: AMAC and Its Multi-User Security"). An HMAC hashes twice and takes four times as long.
 */
export function textCodes(key: Uint8Array): (text: string) => string {
  if (key.length !== TEXT_KEY_BYTES) throw new Error('A key of codes has 32 bytes.');
  const prefix = Buffer.from(key).toString('hex');
  return (text) => hash('sha512-256', prefix + text, 'hex');
}

/** Unguessable text of `bytes` random bytes, in base64url: letters, digits, `-` and `_`. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** Unguessable text of `bytes` random bytes, in lower-case hex. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** Compares two texts in a time that tells nothing about where, or in what length, they differ. */
export function timingSafeEqualText(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}
