import { deliveryLimits } from '../../config/limits.ts';
import type { Db, Tx } from '../../src/db/database.ts';
import type { AccountId } from '../../src/lib/ids.ts';

/**
 * A lane holds what one account sends to one host, in the order in which it was made. Only the activity at its
 * head is ever sent, so that no Delete overtakes its Create while that one is still tried (ADR 0007).
 */
interface Lane {
  readonly host: string;
  readonly accountId: AccountId;
}

/** A delivery whose turn it is. */
export interface DueDelivery {
  readonly id: string;
  readonly accountId: AccountId;
  readonly activityId: string;
  readonly inboxUri: string;
  /** Tries so far. */
  readonly attempts: number;
  readonly queuedAt: Date;
}

/** Until when a lane must have been due to be picked; `infinity` takes every lane. */
export type Horizon = Date | 'infinity';

/** What can be sent to a host now. */
export interface Picked {
  /** Lanes that were looked at, whether or not something is in them. */
  readonly lanes: readonly AccountId[];
  /** One of each lane before the second of any. */
  readonly due: readonly DueDelivery[];
  /** Those of the lanes that have more to send at once, to inboxes that were not tried yet. */
  readonly more: ReadonlySet<AccountId>;
  /** Nothing is known to wait behind what is due. */
  readonly isAll: boolean;
}

interface PickedRow {
  readonly lane: AccountId;
  readonly id: string | null;
  readonly activity_id: string;
  readonly inbox_uri: string;
  readonly attempts: number;
  readonly queued_at: Date;
}

/**
 * The heads of the lanes of a host that have waited longest: of each the oldest activity, to several inboxes at
 * a time where it goes to several; first to those that were tried least, so that none keeps others waiting.
 * Reads one row more of each lane than it may give, whatever waits behind.
 */
export async function pickDue(
  db: Db,
  host: string,
  horizon: Horizon,
  limits: { readonly lanes: number; readonly perLane: number },
): Promise<Picked> {
  const { rows } = await db.raw<{ rows: PickedRow[] }>(
    `select lanes.account_id as lane, head.*
       from (select account_id, next_at from delivery_lanes
              where host = :host and next_at <= :horizon
              order by next_at, account_id limit :lanes) as lanes
       left join lateral (
         select id, activity_id, inbox_uri, position, attempts, queued_at from deliveries
          where host = :host and account_id = lanes.account_id and state = 'queued'
          order by position, attempts, id limit :perLane + 1) as head on true
      order by lanes.next_at, lanes.account_id, head.position, head.attempts, head.id`,
    { host, horizon, ...limits },
  );
  const lanes = Map.groupBy(rows, ({ lane }) => lane);
  const ranks: DueDelivery[][] = [];
  const more = new Set<AccountId>();
  let isAll = lanes.size < limits.lanes;
  for (const [accountId, waiting] of lanes) {
    // What follows the first activity of a lane waits until that is done with.
    const first = waiting.filter(
      ({ id, activity_id }) => id !== null && activity_id === waiting[0]?.activity_id,
    );
    const heads = first.slice(0, limits.perLane);
    for (const [rank, row] of heads.entries()) {
      const { id, activity_id: activityId, inbox_uri: inboxUri, attempts, queued_at: queuedAt } = row;
      if (id === null) continue;
      ranks[rank] ??= [];
      ranks[rank].push({ id, accountId, activityId, inboxUri, attempts, queuedAt });
    }
    isAll &&= waiting[0]?.id === null || heads.length === waiting.length;
    if (first.length > limits.perLane && heads.every(({ attempts }) => attempts === 0)) more.add(accountId);
  }
  return { lanes: [...lanes.keys()], due: ranks.flat(), more, isAll };
}

/** Puts lanes off until the given times. Never pulls one forward. */
export async function postponeLanes(
  db: Db,
  host: string,
  until: ReadonlyMap<AccountId, Date>,
): Promise<void> {
  if (until.size === 0) return;
  await db.raw(
    `update delivery_lanes set next_at = until.at
       from unnest(:accounts::bigint[], :times::timestamptz[]) as until (account_id, at)
      where host = :host and delivery_lanes.account_id = until.account_id and next_at < until.at`,
    { host, accounts: [...until.keys()], times: [...until.values()] },
  );
}

/** Makes everything that waits for a host due: the host is back. */
export async function releaseLanes(db: Db | Tx, host: string, now: Date): Promise<void> {
  await db('delivery_lanes').where({ host }).where('next_at', '>', now).update({ next_at: now });
}

/**
 * Opens lanes, or pulls those forward that there are. Locks them until the transaction ends, so that
 * `closeLanes` sees what is put in. They must come in one order everywhere: by host, then by account.
 */
export async function openLanes(tx: Tx, lanes: readonly Lane[], now: Date): Promise<void> {
  await tx.raw(
    `insert into delivery_lanes (host, account_id, next_at)
     select host, account_id, :now from unnest(:hosts::text[], :accounts::bigint[]) as lane (host, account_id)
      group by host, account_id order by host, account_id
     on conflict (host, account_id) do update
        set next_at = least(delivery_lanes.next_at, excluded.next_at)`,
    { now, hosts: lanes.map(({ host }) => host), accounts: lanes.map(({ accountId }) => accountId) },
  );
}

/**
 * Deletes lanes of a host in which nothing waits; a later run takes what is more than it may in one go. Returns when
 * the next of the others is due, or null where none is left.
 */
export async function closeLanes(tx: Tx, host: string, horizon: Horizon): Promise<Date | null> {
  const due: AccountId[] = await tx('delivery_lanes')
    .where({ host })
    .where('next_at', '<=', horizon)
    .orderBy('account_id')
    .limit(deliveryLimits.rowsAtOnce)
    .forUpdate()
    .pluck('account_id');
  // A statement of its own: only now does it see what those put in whose locks were waited for.
  const { rows } = await tx.raw<{ rows: { at: Date | null }[] }>(
    `with closed as (
       delete from delivery_lanes
        where host = :host and account_id = any(:due)
          and not exists (select from deliveries
                           where deliveries.host = :host and deliveries.account_id = delivery_lanes.account_id
                             and state = 'queued')
       returning account_id)
     select min(next_at) as at from delivery_lanes
      where host = :host and account_id not in (select account_id from closed)`,
    { host, due },
  );
  return rows[0]?.at ?? null;
}
