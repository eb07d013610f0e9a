import type { Knex } from 'knex';
import { deliveryLimits } from '../../config/limits.ts';
import type { Db, InTx, Tx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Logger } from '../../src/lib/log.ts';
import { ok } from '../../src/lib/result.ts';
import type { DeadDelivery, DeadLetterChoice, DeliveryDesk } from '../../src/modules/instances/index.ts';
import { type Actor, type Audit, permitted } from '../../src/modules/staff/index.ts';
import { probeNow } from './circuit.ts';
import { wakePumps } from './deliveries.ts';
import { openLanes } from './lanes.ts';

interface DeadLetterDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
}

/** Dead letters of deliveries, for the command line and the admin API alike. */
export function createDeliveryDesk(deps: DeadLetterDeps): DeliveryDesk {
  const { db } = deps;
  return {
    async dead({ host, maxId, minId, limit }) {
      const query = listed(db).limit(limit);
      if (host !== null) query.where('deliveries.host', nameOf(host));
      if (maxId !== null) query.where('deliveries.id', '<', maxId);
      if (minId === null) return query.orderBy('deliveries.id', 'desc');
      const rows = await query.where('deliveries.id', '>', minId).orderBy('deliveries.id');
      return rows.reverse();
    },

    async show(id) {
      const row = await listed(db).where('deliveries.id', id).select('activities.body').first();
      if (!row) return null;
      const { body, ...letter } = row;
      return { letter, body };
    },

    retry: (by, choice) => onDead(deps, by, { action: 'delivery.retry', choice, step: requeue }),
    discard: (by, choice) => onDead(deps, by, { action: 'delivery.discard', choice, step: remove }),
    count: (choice) => countOf(db, choice),

    async retryHost(by, host) {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const name = nameOf(host);
      const count = await inChunks(deps, { kind: 'host', host: name }, requeue);
      await deps.inTx(async (tx) => {
        await probeNow(tx, [name], new Date(deps.clock.now()));
        await wakePumps(deps.enqueue, tx, [name]);
        const target = { kind: 'domain', id: name } as const;
        await deps.audit.record(tx, by, { action: 'domain.retry', target, detail: { deadLetters: count } });
      });
      return ok({ count });
    },

    async failingHosts(limit) {
      return db('delivery_hosts')
        .whereNotNull('failing_since')
        .orderBy('failing_since')
        .limit(limit)
        .select('host', 'failing_since as failingSince', 'failures', 'open_until as nextProbeAt');
    },
  };
}

interface Doing {
  readonly action: 'delivery.retry' | 'delivery.discard';
  readonly choice: DeadLetterChoice;
  readonly step: Step;
}

/** Does something to dead letters; each portion is on record in its own transaction. */
async function onDead(
  deps: DeadLetterDeps,
  by: Actor,
  { action, choice, step }: Doing,
): ReturnType<DeliveryDesk['retry']> {
  const allowed = permitted(by, 'queues');
  if (!allowed.ok) return allowed;
  const target =
    choice.kind === 'one'
      ? ({ kind: 'job', id: choice.id } as const)
      : ({ kind: 'domain', id: choice.kind === 'host' ? nameOf(choice.host) : 'all' } as const);
  const count = await inChunks(deps, choice, async (chunkDeps, tx, ids) => {
    await step(chunkDeps, tx, ids);
    await deps.audit.record(tx, by, { action, target, detail: { count: ids.length } });
  });
  return ok({ count });
}

async function countOf(db: Db, choice: DeadLetterChoice): Promise<number> {
  const { count } = await chosen(db, choice).count('* as count').first();
  return Number(count);
}

/** Hosts are stored in lower case, with their port. */
function nameOf(host: string): string {
  return host.trim().toLowerCase();
}

function listed(db: Db): Knex.QueryBuilder<object, (DeadDelivery & { body: string })[]> {
  return db('deliveries')
    .join('activities', 'activities.id', 'deliveries.activity_id')
    .where('deliveries.state', 'dead')
    .select({
      id: 'deliveries.id',
      host: 'deliveries.host',
      inbox: 'deliveries.inbox_uri',
      activity: 'activities.uri',
      type: 'activities.type',
      accountId: 'deliveries.account_id',
      attempts: 'deliveries.attempts',
      lastStatus: 'deliveries.last_status',
      lastError: 'deliveries.last_error',
      queuedAt: 'deliveries.queued_at',
      diedAt: 'deliveries.finished_at',
    });
}

type Step = (deps: DeadLetterDeps, tx: Tx, ids: readonly string[]) => Promise<unknown>;

/**
 * Does something to all that is chosen, a transaction for each chunk, in the order in which it was made: the
 * first of one account must be in its lane when the first chunk is sent. What dies meanwhile is not chosen.
 */
async function inChunks(deps: DeadLetterDeps, choice: DeadLetterChoice, step: Step): Promise<number> {
  const { last } = await chosen(deps.db, choice).max('id as last').first();
  let done = 0;
  for (let after = '0'; last !== null; ) {
    const ids = await deps.inTx(async (tx) => {
      const chunk: string[] = await chosen(tx, choice)
        .where('id', '>', after)
        .where('id', '<=', last)
        .orderBy('id')
        .limit(deliveryLimits.rowsAtOnce)
        .forUpdate()
        .pluck('id');
      if (chunk.length > 0) await step(deps, tx, chunk);
      return chunk;
    });
    done += ids.length;
    after = ids.at(-1) ?? after;
    if (ids.length < deliveryLimits.rowsAtOnce) break;
  }
  return done;
}

function chosen(db: Db | Tx, choice: DeadLetterChoice): Knex.QueryBuilder {
  const dead = db('deliveries').where({ state: 'dead' });
  switch (choice.kind) {
    case 'one':
      return dead.where({ id: choice.id });
    case 'host':
      return dead.where({ host: nameOf(choice.host) });
    case 'all':
      return dead;
  }
}

async function requeue({ clock, enqueue }: DeadLetterDeps, tx: Tx, ids: readonly string[]): Promise<void> {
  const now = new Date(clock.now());
  const rows: { host: string; account_id: AccountId }[] = await tx('deliveries')
    .whereIn('id', ids)
    .update({ state: 'queued', attempts: 0, queued_at: now, finished_at: null })
    .returning(['host', 'account_id']);
  const lanes = rows.map(({ host, account_id: accountId }) => ({ host, accountId }));
  const hosts = [...new Set(rows.map(({ host }) => host))].sort();
  await openLanes(tx, lanes, now);
  await probeNow(tx, hosts, now);
  await wakePumps(enqueue, tx, hosts);
}

async function remove({ log }: DeadLetterDeps, tx: Tx, ids: readonly string[]): Promise<void> {
  const { rows } = await tx.raw<{ rows: { id: string; inbox: string; activity: string }[] }>(
    `delete from deliveries using activities
      where deliveries.id = any(?) and activities.id = deliveries.activity_id
      returning deliveries.id, deliveries.inbox_uri as inbox, activities.uri as activity`,
    [[...ids]],
  );
  for (const letter of rows) log.warn(letter, 'a dead letter was discarded');
}
