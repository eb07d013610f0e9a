import { randomBytes } from 'node:crypto';

/** A password that nobody has to think of. */
export function newPassword(): string {
  return randomBytes(12).toString('base64url');
}
