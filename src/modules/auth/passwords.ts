import { hash, verify } from '@node-rs/argon2';

/** argon2id with 19 MiB, two passes, one lane: the OWASP minimum for interactive sign-in. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const passwordLimits = { min: 10, max: 200 } as const;

/** Hashes a password; the result carries its own parameters. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS);
}

let decoy: Promise<string> | undefined;

/**
 * True when the password fits the hash. Without a hash (unknown account) it still spends the time of a
 * comparison, so that the answer does not tell who has an account (security.md P10).
 */
export async function checkPassword(hashed: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('no account has this password');
  const matches = await verify(hashed ?? (await decoy), password);
  return matches === true && hashed !== undefined;
}
