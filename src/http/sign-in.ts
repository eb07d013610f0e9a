import { z } from 'zod';
import type { AccountId } from '../lib/ids.ts';
import { passwordLimits, type Viewer } from '../modules/auth/index.ts';
import type { Role } from '../modules/staff/index.ts';
import type { HttpDeps } from './deps.ts';
import { ApiError, refused } from './errors.ts';

/** Tries to sign in from one network, by whichever door. */
export const SIGN_INS = { name: 'sign-in-network', points: 40, seconds: 900 } as const;
/** Wrong passwords that one account may see, whoever tries (security.md A7). */
const PASSWORDS = { name: 'sign-in-account', points: 10, seconds: 900 } as const;
/** Wrong codes; a code is one of a million, and three of them count at any moment. */
const CODES = { name: 'second-factor', points: 5, seconds: 900 } as const;

type Deps = Pick<HttpDeps, 'auth' | 'limits' | 'inTx' | 'metrics'>;

/** Somebody who has shown who they are. */
export interface Proven {
  readonly accountId: AccountId;
  readonly role: Role;
}

/** Checks a name and a password. Throws the refusal, which is the same for unknown names and wrong passwords. */
export async function checkSignIn(deps: Deps, login: string, password: string): Promise<Proven> {
  const tries = await deps.auth.triesKey(login);
  await deps.limits.take(PASSWORDS, tries).catch((refusal) => {
    deps.metrics.signInFailed();
    throw refusal;
  });
  const checked = await deps.auth.checkCredentials(login, password);
  if (!checked.ok) {
    deps.metrics.signInFailed();
    throw refused(checked);
  }
  await deps.limits.clear(PASSWORDS, tries);
  return checked;
}

/** Asks somebody who is signed in for the password again. Counts with the tries to sign in. */
export async function checkPasswordAgain(deps: Deps, accountId: AccountId, password: string): Promise<void> {
  const tries = `account:${accountId}`;
  await deps.limits.take(PASSWORDS, tries);
  if (!(await deps.auth.isPassword(accountId, password))) {
    throw new ApiError('wrong-password', 'The password is not right.');
  }
  await deps.limits.clear(PASSWORDS, tries);
}

/** How somebody who is signed in shows that it is still the same person: the password, or a proof of some minutes ago. */
export const freshFields = {
  password: z.string().min(1).max(passwordLimits.max).optional(),
  proof: z.string().max(1_000).optional().describe('Of `/api/v1/sessions/proof`, in place of the password'),
};

/** Throws where it is neither, or wrong. */
export async function checkFresh(
  deps: Deps,
  viewer: Viewer,
  { password, proof }: { readonly password?: string | undefined; readonly proof?: string | undefined },
): Promise<void> {
  if (proof !== undefined && deps.auth.proofs.isFresh(viewer.sessionId, proof)) return;
  if (password === undefined) throw new ApiError('proof-needed');
  await checkPasswordAgain(deps, viewer.account.id, password);
}

/** Checks the code beside the password, where the account has a second factor. Throws where it is missing or wrong. */
export async function checkCode(deps: Deps, accountId: AccountId, code: string | undefined): Promise<void> {
  const { enabled } = await deps.auth.secondFactor.of(accountId);
  if (!enabled) return;
  if (!code) throw new ApiError('second-factor-required');
  const tries = `account:${accountId}`;
  await deps.limits.take(CODES, tries);
  const taken = await deps.inTx((tx) => deps.auth.secondFactor.take(tx, accountId, code));
  if (!taken.ok) {
    deps.metrics.signInFailed();
    throw refused(taken);
  }
  await deps.limits.clear(CODES, tries);
}

/** Counts a try to confirm a second factor with the codes of sign-ins. */
export function takeCodeTry(deps: Deps, accountId: AccountId): Promise<unknown> {
  return deps.limits.take(CODES, `account:${accountId}`);
}
