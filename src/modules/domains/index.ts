import type { Db, InTx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../lib/clock.ts';
import type { IdSource } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { AddressPolicy } from '../../lib/net/ip-policy.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import type { Accounts } from '../accounts/index.ts';
import { type Instances, normaliseDomain } from '../instances/index.ts';
import type { Social } from '../social/index.ts';
import type { Audit } from '../staff/index.ts';
import { deciding } from './deciding.ts';
import { drafting } from './drafts.ts';
import { importing } from './importing.ts';
import { writeDomainList } from './list-file.ts';
import { overview } from './overview.ts';
import { peerBlocks } from './peer-blocks.ts';
import { publishing } from './publishing.ts';
import { purging } from './purging.ts';
import { recording } from './recording.ts';
import { subscriptions } from './subscriptions.ts';
import { syncing } from './syncing.ts';

export type { DomainEffect } from './effect.ts';
export type { ImportPlan } from './importing.ts';
export { lineProblems } from './list-file.ts';
export type { InstanceFilter, InstanceLine } from './overview.ts';
export { type BlockListAudience, blockListAudiences } from './publishing.ts';
export type { DomainPurge } from './purging.ts';
export type { Subscription } from './subscriptions.ts';

export type Domains = ReturnType<typeof createDomains>;

/** How the staff decides about other servers: one by one, many at once, by files and by lists of others; each deed can be taken back. */
export function createDomains(given: {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly log: Logger;
  readonly fetch: Pick<SafeFetch, 'request'>;
  readonly policy: AddressPolicy;
  readonly instances: Instances;
  readonly accounts: Pick<Accounts, 'markGone'>;
  readonly social: Pick<Social, 'returnable'>;
  readonly audit: Audit;
  readonly ownDomain: string;
}) {
  // As policies name it: without its port.
  const deps = { ...given, ownDomain: normaliseDomain(given.ownDomain) ?? given.ownDomain };
  const { db, instances } = deps;
  const records = recording(deps);
  const all = { ...deps, records };
  const peers = peerBlocks(deps);
  const purges = purging(deps);
  return {
    ...deciding(all),
    undo: records.undo,
    changeCounts: records.changeCounts,
    /** What would come back of the follows that ended when a domain was suspended, were that lifted. */
    returnable: deps.social.returnable,
    imports: importing(all),
    /** What is decided against domains, as a file that other servers read. */
    exported: async (): Promise<string> => writeDomainList(await instances.policies()),
    subscriptions: { ...subscriptions(all), ...syncing(all) },
    drafts: drafting(all),
    peers,
    list: publishing(deps),
    servers: { ...overview({ db, instances, peers, purgeOf: purges.purgeOf }), ...purges },
  };
}
