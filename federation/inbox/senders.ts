import { inboxLimits } from '../../config/limits.ts';
import { createBatches } from '../../src/lib/batches.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Instances } from '../../src/modules/instances/index.ts';

/** What is known here of those who send. Nothing is remembered: a block counts from its commit on. */
export interface Senders {
  /** True when this server does not talk to that host. */
  isBlocked(host: string): Promise<boolean | 'busy'>;
  /** The state of an actor; null where nobody here knows it. */
  stateOf(actorUri: string): Promise<Account['state'] | null | 'busy'>;
}

/**
 * Asks the database once for all requests that come while it answers the last question. A cache would be a
 * little cheaper, and wrong for as long as a block takes to reach every process (ADR 0008).
 */
export function createSenders(deps: { accounts: Accounts; instances: Instances }): Senders {
  const limits = inboxLimits.look;
  const isBlocked = createBatches<string, boolean>({ run: deps.instances.blockedOf, limits });
  const stateOf = createBatches<string, Account['state'] | null>({
    run: async (uris) => {
      const states = await deps.accounts.statesOf([...new Set(uris)]);
      return uris.map((uri) => states.get(uri) ?? null);
    },
    limits,
  });
  return {
    isBlocked: async (host) => (await isBlocked(host)) ?? 'busy',
    stateOf: async (uri) => {
      const state = stateOf(uri);
      return state === undefined ? 'busy' : state;
    },
  };
}
