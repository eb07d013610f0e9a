import type { Db, Tx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import type { AccountId, IdSource } from '../../src/lib/ids.ts';
import type { JsonObject } from '../translate/read.ts';
import type { Audience } from './audience.ts';
import { inboxesOf } from './audience.ts';

export interface DeliveryDeps {
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
}

/** The key that lets one pump run per host, see `host-pump.ts`. */
export function pumpKey(host: string): string {
  return `deliver:${host}`;
}

/**
 * Stores an activity once, with one delivery row per inbox of its audience, and wakes the pumps of their
 * hosts. The same activity stored twice is one. Nothing is sent here.
 */
export async function deliver(
  deps: DeliveryDeps,
  tx: Tx,
  input: { senderId: AccountId; activity: JsonObject; objectUri: string; audience: Audience },
): Promise<void> {
  const { activity } = input;
  const inserted = await tx('activities')
    .insert({
      id: deps.ids.next<'activity'>(),
      uri: activity.id,
      account_id: input.senderId,
      type: activity.type,
      object_uri: input.objectUri,
      body: JSON.stringify(activity),
    })
    .onConflict('uri')
    .ignore()
    .returning<{ id: string }[]>('id');
  const activityId = inserted[0]?.id;
  if (activityId === undefined) return;
  const hosts = await insertDeliveries(tx, activityId, input.audience);
  await deps.enqueue(
    tx,
    hosts.map((host) => ({ name: 'deliver.host' as const, payload: { host }, key: pumpKey(host) })),
  );
}

/** Done by the database, so that a hundred thousand followers cost no memory here. */
async function insertDeliveries(tx: Tx, activityId: string, audience: Audience): Promise<string[]> {
  const inboxes = inboxesOf(tx, audience);
  const { rows } = await tx.raw<{ rows: { host: string }[] }>(
    `with added as (
       insert into deliveries (activity_id, inbox_uri, host)
       select ?, inbox_uri, lower(split_part(split_part(inbox_uri, '//', 2), '/', 1)) from (?) as audience
       on conflict (activity_id, inbox_uri) do nothing
       returning host)
     select distinct host from added order by host`,
    [activityId, inboxes],
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
    .orderByRaw(`state = 'delivered', host, inbox_uri`)
    .limit(limit)
    .select(
      ...['host', 'inbox_uri as inbox', 'state', 'attempts'],
      ...['last_status as status', 'last_error as error', 'finished_at as finishedAt'],
      db.raw(`case when state = 'queued' then next_at end as "nextAt"`),
    );
  return { type: activity.type, total: Number(count?.count ?? 0), deliveries };
}
