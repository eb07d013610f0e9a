import type { KeyObject } from 'node:crypto';
import { ED25519_BYTES, importEd25519 } from '../../../src/lib/crypto.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Longest text that is decoded: 64 bytes of a signature need 88 digits, and decoding is quadratic. */
const MAX_CHARACTERS = 128;
/** Multicodec `ed25519-pub` (0xed) as a varint. */
const ED25519_CODEC = Buffer.from([0xed, 0x01]);

/** Bytes of a multibase text in base58btc, which starts with `z`; nothing for any other text. */
export function decodeBase58Multibase(text: string): Buffer | undefined {
  if (!text.startsWith('z') || text.length > MAX_CHARACTERS) return undefined;
  const digits = text.slice(1);
  let value = 0n;
  for (const digit of digits) {
    const at = ALPHABET.indexOf(digit);
    if (at < 0) return undefined;
    value = value * 58n + BigInt(at);
  }
  const hex = value === 0n ? '' : value.toString(16);
  const zeros = /^1*/.exec(digits)?.[0].length ?? 0;
  return Buffer.concat([
    Buffer.alloc(zeros),
    Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'),
  ]);
}

/** Bytes as a multibase text in base58btc. For some dozen bytes: the work is quadratic. */
export function encodeBase58Multibase(bytes: Uint8Array): string {
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const leading = zeros === -1 ? bytes.length : zeros;
  let digits = '';
  for (let value = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`); value > 0n; value /= 58n) {
    digits = ALPHABET.charAt(Number(value % 58n)) + digits;
  }
  return `z${'1'.repeat(leading)}${digits}`;
}

/** The Ed25519 key of a `publicKeyMultibase` (FEP-521a), or nothing when it is no such key. */
export function importMultikey(text: string): KeyObject | undefined {
  const bytes = decodeBase58Multibase(text);
  const isEd25519 =
    bytes?.length === ED25519_CODEC.length + ED25519_BYTES && bytes.indexOf(ED25519_CODEC) === 0;
  if (!isEd25519) return undefined;
  return importEd25519(bytes.subarray(ED25519_CODEC.length));
}
