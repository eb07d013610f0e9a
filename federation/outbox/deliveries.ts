import { deliveryLimits } from '../../config/limits.ts';
import type { Db, InTx, Tx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import type { AccountId, IdSource } from '../../src/lib/ids.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Outgoing } from '../translate/outgoing.ts';
import type { Audience } from './audience.ts';
import { inboxesOf } from './audience.ts';

export interface DeliveryDeps {
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly urls: Pick<Urls, 'domain'>;
}

/** Wakes the pumps of hosts; one pump runs per host, see `host-pump.ts`. */
export function wakePumps(enqueue: Enqueue, tx: Tx, hosts: readonly string[]): Promise<void> {
  return enqueue(
    tx,
    hosts.map((host) => ({ name: 'deliver.host' as const, payload: { host }, key: `deliver:${host}` })),
  );
}

/**
 * Wakes pumps whose job is gone though something waits, as after a job that failed for good: a safety net, which
 * looks only at what is overdue. Returns how many.
 */
export async function wakeForgotten(
  { db, inTx, enqueue }: { db: Db; inTx: InTx; enqueue: Enqueue },
  before: Date,
): Promise<number> {
  const hosts: string[] = await db('delivery_lanes')
    .where('next_at', '<', before)
    .whereNotExists((job) =>
      job.from('jobs').where({ state: 'pending' }).whereRaw(`jobs.key = 'deliver:' || delivery_lanes.host`),
    )
    .distinct()
    .orderBy('host')
    .limit(deliveryLimits.rowsAtOnce)
    .pluck('host');
  if (hosts.length > 0) await inTx((tx) => wakePumps(enqueue, tx, hosts));
  return hosts.length;
}

/**
 * Stores an activity once, with one delivery row per inbox of its audience, and wakes the pumps of their
 * hosts. The same activity stored twice is one. Nothing is sent here. Returns its place among all, null where it was there.
 */
export async function deliver(
  deps: DeliveryDeps,
  tx: Tx,
  input: {
    senderId: AccountId;
    activity: Outgoing;
    objectUri: string;
    audience: Audience | readonly Audience[];
  },
): Promise<string | null> {
  const { activity, senderId } = input;
  const body = JSON.stringify(activity);
  const inserted = await tx('activities')
    .insert({
      ...{ id: deps.ids.next<'activity'>(), uri: activity.id, account_id: senderId, type: activity.type },
      ...{ object_uri: input.objectUri, body, digest: sha256(body).toString('base64') },
    })
    .onConflict('uri')
    .ignore()
    .returning<Stored[]>(['id', 'position']);
  const stored = inserted[0];
  if (!stored) return null;
  const hosts = await insertDeliveries(deps, tx, { ...stored, senderId, audiences: [input.audience].flat() });
  await wakePumps(deps.enqueue, tx, hosts);
  return stored.position;
}

interface Stored {
  readonly id: string;
  readonly position: string;
}

/**
 * Done by the database, so that a hundred thousand followers cost no memory here. A lane that is there keeps its
 * time, as its head may wait for another try; it is locked, so that its pump sees what was put in.
 */
async function insertDeliveries(
  { clock, urls }: DeliveryDeps,
  tx: Tx,
  { id, position, senderId, audiences }: Stored & { senderId: AccountId; audiences: readonly Audience[] },
): Promise<string[]> {
  const { rows } = await tx.raw<{ rows: { host: string }[] }>(
    `with audience as (
       select inbox_uri, lower(split_part(split_part(inbox_uri, '//', 2), '/', 1)) as host
         from (:inboxes) as inboxes),
     added as (
       insert into deliveries (activity_id, position, account_id, inbox_uri, host, queued_at)
       select :id, :position, :senderId, inbox_uri, host, :now from audience where host <> :ownHost
       on conflict (activity_id, inbox_uri) do nothing
       returning host),
     hosts as (select distinct host from added order by host),
     lanes as (
       insert into delivery_lanes (host, account_id, next_at)
       select host, :senderId, :now from hosts
       on conflict (host, account_id) do update set next_at = delivery_lanes.next_at)
     select host from hosts order by host`,
    {
      ...{ id, position, senderId, ownHost: urls.domain, now: new Date(clock.now()) },
      inboxes: inboxesOf(tx, audiences),
    },
  );
  return rows.map((row) => row.host);
}

/** What became of one activity of ours at one inbox, for an admin. */
export interface DeliveryReport {
  readonly host: string;
  readonly inbox: string;
  readonly state: 'queued' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly status: number | null;
  readonly error: string | null;
  /** When the next attempt is due, while it is queued. */
  readonly nextAt: Date | null;
  readonly finishedAt: Date | null;
}

/**
 * What became of an activity of ours, by its id; null where there is none of that id. `deliveries` has at most
 * `limit`, those that failed or wait first.
 */
export async function explainDeliveries(
  db: Db,
  activityUri: string,
  limit: number,
): Promise<{ type: string; total: number; deliveries: DeliveryReport[] } | null> {
  const activity = await db('activities').where({ uri: activityUri }).first('id', 'type');
  if (!activity) return null;
  const mine = () => db('deliveries').where({ activity_id: activity.id });
  const count = await mine().count('* as count').first();
  const deliveries: DeliveryReport[] = await mine()
    .leftJoin('delivery_lanes as lanes', (join) =>
      join.on('lanes.host', 'deliveries.host').on('lanes.account_id', 'deliveries.account_id'),
    )
    .orderByRaw(`deliveries.state = 'delivered', deliveries.host, deliveries.inbox_uri`)
    .limit(limit)
    .select(
      ...['deliveries.host', 'inbox_uri as inbox', 'state', 'attempts'],
      ...['last_status as status', 'last_error as error', 'finished_at as finishedAt'],
      db.raw(`case when deliveries.state = 'queued' then lanes.next_at end as "nextAt"`),
    );
  return { type: activity.type, total: Number(count?.count ?? 0), deliveries };
}
