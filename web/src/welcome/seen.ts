import type { CredentialAccount } from '../api/types.ts';
import { store, stored } from '../state/stored.ts';
import { safeNext, withNext } from '../ui/links.ts';

const keyOf = (account: Pick<CredentialAccount, 'id'>) => `vireo.welcomed.${account.id}`;

/** Notes that somebody was shown the first steps on this device. */
export function rememberWelcome(account: Pick<CredentialAccount, 'id'>): void {
  store(keyOf(account), 'yes');
}

/** Whether the first steps are news to somebody: whoever follows people has taken them, here or elsewhere. */
function needsWelcome(account: Pick<CredentialAccount, 'id' | 'following_count'>): boolean {
  return account.following_count === 0 && stored(keyOf(account)) === null;
}

/** Where to go once somebody is signed in: to where they came from; who came from nowhere, and is new, to the first steps. */
export function afterSignIn(
  account: Pick<CredentialAccount, 'id' | 'following_count'>,
  asked: string | undefined,
  isJoining = false,
): string {
  const next = safeNext(asked);
  const isWelcomed = isJoining || (next === '/' && needsWelcome(account));
  return isWelcomed ? withNext('/welcome', next) : next;
}
