import type { JobHandlers } from '../../jobs/registry.ts';
import { parseId } from '../../lib/ids.ts';
import { callbacksOf } from './callbacks.ts';
import type { FaspDeps } from './deps.ts';
import { keysOf, type ProviderKeys } from './keys.ts';
import { peopleOf } from './people.ts';
import { faspProviders } from './providers.ts';
import { noting } from './sharing/noting.ts';
import { sharingRequests } from './sharing/requests.ts';
import { telling } from './sharing/telling.ts';
import { sharingUpkeep } from './sharing/upkeep.ts';
import { syncing, syncJob } from './syncing.ts';
import { trendsJob, trendsOf } from './trends.ts';

export { callbackSchema } from './callbacks.ts';
export type { AskProvider, TrendingPost } from './deps.ts';
export type { AnswerSigner, ProviderKeys } from './keys.ts';
export type { MayLookUp } from './people.ts';
export type { Provider } from './providers.ts';
export { sweepProviders } from './providers.ts';
export { backfillSchema, subscriptionSchema } from './sharing/requests.ts';
export { toldByProviders } from './trends.ts';
export { registrationSchema } from './wire.ts';

export type Fasp = ReturnType<typeof createFasp>;

/** Auxiliary service providers (FASP) that the staff accepted: what is shared with them, and what they are asked (ADR 0076). */
export function createFasp(deps: FaspDeps) {
  const { db, inTx } = deps;
  const sync = syncing(deps);
  const notes = noting(deps);
  const tell = telling(deps);
  const upkeep = sharingUpkeep(deps, notes);
  const trends = trendsOf(deps);

  const callbacks = callbacksOf(deps);

  const jobs: Pick<JobHandlers, 'fasp.sync' | 'fasp.tell' | 'fasp.trends' | 'fasp.callback'> = {
    'fasp.sync': ({ providerId }, run) => sync.run(providerId, run),
    'fasp.tell': ({ providerId }, run) => tell.run(providerId, run),
    'fasp.trends': ({ providerId }, run) => trends.run(providerId, run),
    'fasp.callback': ({ callbackId }, run) => callbacks.run(callbackId, run),
  };

  return {
    providers: faspProviders(deps),
    sharing: sharingRequests(deps),
    people: peopleOf(deps),
    callbacks,
    /** Hears of what happens to videos and accounts. */
    on: notes.on,
    jobs,

    /** Whose key a request names; null for everybody who is not accepted. */
    async known(keyId: string): Promise<ProviderKeys | null> {
      const id = parseId<'fasp'>(keyId);
      if (id === null) return null;
      const isAccepted = await db('fasp_providers').where({ id, state: 'accepted' }).first('id');
      return isAccepted ? keysOf(db, deps.instanceSecret, id) : null;
    },

    /** Tells those who want to know what many react to just now. */
    watchTrends: () => inTx((tx) => upkeep.watch(tx)),
    /** Takes back what may not be shared any more. */
    review: () => inTx((tx) => upkeep.review(tx)),

    /** Has those told and asked who are due. */
    wakeDue: () =>
      inTx(async (tx) => {
        await deps.enqueue(tx, (await sync.due(tx)).map(syncJob));
        await deps.enqueue(tx, (await trends.due(tx)).map(trendsJob));
      }),
  };
}
