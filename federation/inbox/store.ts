import { inboxLimits } from '../../config/limits.ts';
import type { InTx, Tx } from '../../src/db/database.ts';
import { isFaultOfRow } from '../../src/db/faults.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import { createBatches } from '../../src/lib/batches.ts';
import type { IdSource } from '../../src/lib/ids.ts';
import type { Instances } from '../../src/modules/instances/index.ts';
import type { Activity } from './normalise.ts';

/** An activity that its sender has proven to be theirs. */
export interface Incoming {
  readonly activity: Activity;
  readonly body: Buffer;
}

/**
 * Keeps an activity for good, with the job that gives it its effect; one that is known already changes
 * nothing. Resolves after the commit. `busy`: more wait to be stored than may wait.
 */
export type StoreActivity = (incoming: Incoming) => Promise<'stored' | 'busy'>;

export interface InboxStoreDeps {
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly instances: Pick<Instances, 'heardFrom'>;
}

/** The key that lets one drain run per host, see `drain.ts`. */
export function drainKey(host: string): string {
  return `inbox:${host}`;
}

/** Activities that come at the same time share one transaction (ADR 0008). */
export function createInboxStore(deps: InboxStoreDeps): StoreActivity {
  const add = createBatches<Incoming, 'stored'>({
    run: async (batch) => {
      await deps.inTx((tx) => insertAll(deps, tx, batch));
      return batch.map(() => 'stored');
    },
    limits: inboxLimits.store,
    bytesOf: ({ body }) => body.length,
    isFaultOfItem: isFaultOfRow,
  });
  return async (incoming) => (await add(incoming)) ?? 'busy';
}

async function insertAll(deps: InboxStoreDeps, tx: Tx, batch: readonly Incoming[]): Promise<void> {
  const rows = batch.map(({ activity, body }) => ({
    id: deps.ids.next<'inbox'>(),
    actorUri: activity.actorUri,
    activityUri: activity.id,
    host: new URL(activity.actorUri).host,
    type: activity.type.slice(0, 100),
    body: body.toString('utf8'),
  }));
  // Always in the same order, so that two processes that store the same activities cannot block each other.
  rows.sort((a, b) => compare(a.actorUri, b.actorUri) || compare(a.activityUri, b.activityUri));
  const { rows: added } = await tx.raw<{ rows: { host: string }[] }>(
    `insert into inbox_activities (id, actor_uri, activity_uri, host, type, body)
     select * from unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
     on conflict (actor_uri, activity_uri) do nothing
     returning host`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.actorUri),
      rows.map((row) => row.activityUri),
      rows.map((row) => row.host),
      rows.map((row) => row.type),
      rows.map((row) => row.body),
    ],
  );
  const hosts = [...new Set(added.map(({ host }) => host))].sort(compare);
  for (const host of hosts) await deps.instances.heardFrom(tx, host);
  await deps.enqueue(
    tx,
    hosts.map((host) => ({ name: 'inbox.drain' as const, payload: { host }, key: drainKey(host) })),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
