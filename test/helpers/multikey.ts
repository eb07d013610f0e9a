import type { KeyObject } from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Bytes in base58btc, without the letter in front. */
export function encodeBase58(bytes: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let at = 0; at < digits.length; at += 1) {
      carry += (digits[at] ?? 0) * 256;
      digits[at] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const leading = zeros < 0 ? bytes.length : zeros;
  return (
    '1'.repeat(leading) +
    digits
      .toReversed()
      .map((digit) => ALPHABET[digit])
      .join('')
  );
}

/** An Ed25519 key as `publicKeyMultibase` (FEP-521a). */
export function multikeyOf(key: KeyObject): string {
  const raw = Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');
  return `z${encodeBase58(Buffer.concat([Buffer.from([0xed, 0x01]), raw]))}`;
}
