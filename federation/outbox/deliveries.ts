import type { Tx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import type { AccountId, IdSource } from '../../src/lib/ids.ts';
import type { Outgoing } from '../translate/outgoing.ts';
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
  input: {
    senderId: AccountId;
    activity: Outgoing;
    objectUri: string;
    audience: Audience | readonly Audience[];
  },
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
  const hosts = await insertDeliveries(tx, activityId, [input.audience].flat());
  await deps.enqueue(
    tx,
    hosts.map((host) => ({ name: 'deliver.host' as const, payload: { host }, key: pumpKey(host) })),
  );
}

/** Done by the database, so that a hundred thousand followers cost no memory here. */
async function insertDeliveries(
  tx: Tx,
  activityId: string,
  audiences: readonly Audience[],
): Promise<string[]> {
  const inboxes = inboxesOf(tx, audiences);
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
