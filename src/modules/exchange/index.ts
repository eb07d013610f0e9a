import { exchangeLimits } from '../../../config/exchange-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import type { JobHandlers } from '../../jobs/registry.ts';
import type { ExchangePeerId, FaspId, IdSource } from '../../lib/ids.ts';
import type { TrendingPost } from '../fasp/index.ts';
import type { Audit } from '../staff/index.ts';
import { type AskingDeps, asking, lookJob } from './asking.ts';
import { type LookingDeps, looking } from './looking.ts';
import { discoveryPacks } from './packs.ts';
import { exchangePeers } from './peers.ts';
import { waitingOfTellers, writeHeard } from './told-posts.ts';

export type { SignedGet } from './asking.ts';
export type { LookAtOrigin, ReadOutbox } from './looking.ts';
export type { DiscoveryPack } from './packs.ts';
export type { ExchangePeer } from './peers.ts';

interface ExchangeDeps extends AskingDeps, LookingDeps {
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly audit: Audit;
  readonly ownHost: string;
}

export type Exchange = ReturnType<typeof createExchange>;

/**
 * What trends elsewhere, asked of servers that the staff named (ADR 0070). What they tell is whom to ask: each video comes from its own
 * server, and is a bounded prior in trends, never a score.
 */
export function createExchange(deps: ExchangeDeps) {
  const { inTx, clock, enqueue } = deps;
  const ask = asking(deps);
  const look = looking(deps);
  const packs = discoveryPacks(deps);

  /** Has those asked who are due, once each. */
  async function wakeDue(tx: Tx): Promise<void> {
    const now = new Date(clock.now());
    const waits = (key: string) => (query: ReturnType<Tx>) =>
      query.whereNotExists((job) =>
        job.select('id').from('jobs').where({ state: 'pending' }).whereRaw(`key = ${key}`),
      );
    const peers: ExchangePeerId[] = await tx('exchange_peers')
      .whereNull('paused_at')
      .where('next_at', '<=', now)
      .modify(waits(`'exchange:' || exchange_peers.id`))
      .pluck('id');
    const hosts: string[] = await tx('told_posts')
      .modify(waitingOfTellers(deps.unlistedDomains))
      .where('told_posts.next_at', '<=', now)
      .modify(waits(`'told:' || told_posts.host`))
      .distinct('told_posts.host')
      .limit(exchangeLimits.hostsAtOnce)
      .pluck('told_posts.host');
    await packs.endDone(tx);
    await enqueue(
      tx,
      peers.map((peerId) => ({
        ...{ name: 'exchange.ask' as const, payload: { peerId }, key: `exchange:${peerId}` },
      })),
    );
    await enqueue(tx, hosts.map(lookJob));
  }

  const jobs: Pick<JobHandlers, 'exchange.ask' | 'exchange.look'> = {
    'exchange.ask': ({ peerId }, run) => ask.run(peerId, run),
    'exchange.look': ({ host }, run) => look.run(host, run),
  };

  return {
    peers: exchangePeers(deps),
    packs,
    jobs,
    /** An auxiliary service says that these posts trend: what is new of them is looked at at its own server. */
    async hear(tx: Tx, id: FaspId, posts: readonly TrendingPost[]): Promise<void> {
      const hosts = await writeHeard({ ids: deps.ids, now: new Date(clock.now()) }, tx, id, posts);
      await enqueue(tx, hosts.map(lookJob));
    },
    wakeDue: () => inTx(wakeDue),
  };
}

/** What was told so long ago, and counts no more, is forgotten; it may be looked at anew once it is told again. */
export function sweepTold(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  return deleteInBatches(
    db,
    'told_posts',
    { condition: 'told_at < ? and counts_until < now()', bindings: [before] },
    signal,
  );
}
