import { inboxLimits } from '../../config/limits.ts';
import { createBatches } from '../../src/lib/batches.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Social } from '../../src/modules/social/index.ts';

/**
 * The questions that nearly every activity asks before anything else, put to the database for all activities
 * that are checked at the same time. The answers are as fresh as if each had asked alone.
 */
export function askTogether(deps: { accounts: Accounts; social: Social }): {
  accounts: Accounts;
  social: Social;
} {
  const { accounts, social } = deps;
  const limits = inboxLimits.look;
  const byActorUri = createBatches<string, Account | null>({ run: accounts.byActorUris, limits });
  const isFollowedHere = createBatches<AccountId, boolean>({ run: social.followedHere, limits });
  return {
    accounts: { ...accounts, byActorUri: (uri) => byActorUri(uri) ?? accounts.byActorUri(uri) },
    social: { ...social, isFollowedHere: (id) => isFollowedHere(id) ?? social.isFollowedHere(id) },
  };
}
