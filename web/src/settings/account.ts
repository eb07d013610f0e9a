import type { ApiOutcome } from '../api/client.ts';
import type { CredentialAccount } from '../api/types.ts';
import { me } from '../state/session.ts';
import { calls, type ProfileChange } from './calls.ts';
import { turns } from './turns.ts';

const inTurn = turns();

/** Has the page know the account as the server just told it. */
export function keepMe(outcome: ApiOutcome<CredentialAccount>): ApiOutcome<CredentialAccount> {
  if (outcome.ok) me.value = outcome.value;
  return outcome;
}

/** Changes the account that is signed in. */
export const changeMe = (change: ProfileChange): Promise<ApiOutcome<CredentialAccount>> =>
  inTurn(async () => keepMe(await calls.updateProfile(change)));
