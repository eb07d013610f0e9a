import { LRUCache } from 'lru-cache';
import { inboxLimits } from '../../config/limits.ts';
import { createBatches } from '../../src/lib/batches.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Instances, Standing } from '../../src/modules/instances/index.ts';
import type { Social } from '../../src/modules/social/index.ts';

export type { Standing } from '../../src/modules/instances/index.ts';

/** What is known here of those who send. A block counts from its commit on; lifting one, a moment later. */
export interface Senders {
  /** What was decided about a host. */
  standingOf(host: string): Promise<Standing | 'busy'>;
  /** Whether a server became known a short while ago: it may send half of what others may. */
  isNew(host: string): Promise<boolean>;
  /** The state of an actor; null where nobody here knows it. */
  stateOf(actorUri: string): Promise<Account['state'] | null | 'busy'>;
  /** True when somebody of this server follows the actor. */
  isFollowedHere(actorUri: string): Promise<boolean>;
}

/**
 * Asks the database once for all requests that come while it answers the last question. Only refusals are
 * remembered, for a moment, since those who are refused may come in crowds: to remember who is let in would let in
 * whoever is blocked for as long as that takes to reach every process (ADR 0008).
 */
export function createSenders(deps: {
  accounts: Accounts;
  instances: Instances;
  social: Social;
  clock: Clock;
}): Senders {
  const refused = new LRUCache<string, { readonly standing: Standing; readonly until: number }>({
    max: inboxLimits.refusedHostsInMemory,
  });
  const novelty = new LRUCache<string, { readonly isNew: boolean; readonly until: number }>({
    max: inboxLimits.refusedHostsInMemory,
  });
  const limits = inboxLimits.look;
  const standingOf = createBatches<string, Standing>({ run: deps.instances.standingsOf, limits });
  const stateOf = createBatches<string, Account['state'] | null>({
    run: async (uris) => {
      const states = await deps.accounts.statesOf([...new Set(uris)]);
      return uris.map((uri) => states.get(uri) ?? null);
    },
    limits,
  });
  return {
    async standingOf(host) {
      const known = refused.get(host);
      if (known && known.until > deps.clock.now()) return known.standing;
      const standing = (await standingOf(host)) ?? 'busy';
      if (standing !== 'busy' && standing.suspended) {
        refused.set(host, { standing, until: deps.clock.now() + inboxLimits.refusalRememberedMs });
      }
      return standing;
    },
    async isNew(host) {
      const known = novelty.get(host);
      if (known && known.until > deps.clock.now()) return known.isNew;
      const isNew = await deps.instances.isNew(host, inboxLimits.newHostDays);
      novelty.set(host, { isNew, until: deps.clock.now() + inboxLimits.newHostRememberedMs });
      return isNew;
    },
    stateOf: async (uri) => {
      const state = stateOf(uri);
      return state === undefined ? 'busy' : state;
    },
    async isFollowedHere(actorUri) {
      const account = await deps.accounts.byActorUri(actorUri);
      return account !== null && deps.social.isFollowedHere(account.id);
    },
  };
}
