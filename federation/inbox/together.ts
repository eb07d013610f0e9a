import { inboxLimits } from '../../config/limits.ts';
import { createBatches } from '../../src/lib/batches.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Instances, Standing } from '../../src/modules/instances/index.ts';
import type { Social } from '../../src/modules/social/index.ts';

/**
 * The questions that nearly every activity asks before anything else, put to the database for all activities
 * that are checked at the same time. The answers are as fresh as if each had asked alone.
 */
export function askTogether(deps: { accounts: Accounts; social: Social; instances: Instances }): {
  accounts: Accounts;
  social: Social;
  instances: Instances;
} {
  const { accounts, social, instances } = deps;
  const limits = inboxLimits.look;
  const byActorUri = createBatches<string, Account | null>({ run: accounts.byActorUris, limits });
  const isFollowedHere = createBatches<AccountId, boolean>({ run: social.followedHere, limits });
  const standings = createBatches<string, Standing>({ run: instances.standingsOf, limits });
  const standingOf = (host: string) => standings(host) ?? instances.standingOf(host);
  return {
    accounts: { ...accounts, byActorUri: (uri) => byActorUri(uri) ?? accounts.byActorUri(uri) },
    instances: { ...instances, standingOf, isBlocked: async (host) => (await standingOf(host)).suspended },
    social: { ...social, isFollowedHere: (id) => isFollowedHere(id) ?? social.isFollowedHere(id) },
  };
}
