import { deliveryLimits } from '../../config/limits.ts';
import type { Db, InTx, Tx } from '../../src/db/database.ts';
import type { Finish, JobRun } from '../../src/jobs/registry.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Logger } from '../../src/lib/log.ts';
import type { Metrics } from '../../src/lib/metrics.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import type { Instances } from '../../src/modules/instances/index.ts';
import type { Keyring } from '../store/keyring.ts';
import { judge, type Verdict } from './retry.ts';
import { signRequest } from './sign.ts';

export interface PumpDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly fetch: SafeFetch;
  readonly keyring: Keyring;
  readonly instances: Instances;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface DueDelivery {
  readonly id: string;
  readonly inbox_uri: string;
  readonly attempts: number;
  readonly uri: string;
  readonly body: string;
  readonly account_id: AccountId;
}

/**
 * Sends what is due for one host, then sleeps until more is: one pump per host, so that a slow server
 * holds up nobody else, and each keeps its connections. Rows in PostgreSQL are the truth; a pump that is
 * killed after a POST and before its row is written sends that activity again, which receivers drop by id.
 */
export async function pumpHost(deps: PumpDeps, host: string, run: JobRun): Promise<Finish> {
  const blocked = await deps.instances.isBlocked(host);
  const software = await deps.instances.softwareOf(host);
  for (;;) {
    run.signal.throwIfAborted();
    const due = await dueDeliveries(deps.db, host);
    if (due.length === 0) break;
    const verdicts = await Promise.all(
      due.map(async (row) => {
        const verdict: Verdict = blocked
          ? { kind: 'dead', status: null, error: 'This server is blocked here.' }
          : await send(deps, row, run.signal);
        deps.metrics.delivery(verdict.kind, software);
        // A try that our own stopping broke off says nothing of the other server.
        if (verdict.kind !== 'retry' || !run.signal.aborted) await record(deps.db, row, verdict);
        return verdict;
      }),
    );
    if (verdicts.some(({ kind }) => kind === 'delivered')) {
      await deps.inTx((tx) => deps.instances.reached(tx, host));
    }
    run.signal.throwIfAborted();
    const held = verdicts.flatMap((verdict) =>
      verdict.kind === 'retry' && verdict.holdHost ? [verdict.at] : [],
    );
    // The server is down or asks for a pause: what else is due for it waits as long.
    if (held.length > 0) await holdHost(deps.db, host, new Date(Math.max(...held.map(Number))));
  }
  return (tx: Tx) => nextDue(tx, host);
}

function dueDeliveries(db: Db, host: string): Promise<DueDelivery[]> {
  return db('deliveries')
    .join('activities', 'activities.id', 'deliveries.activity_id')
    .where({ 'deliveries.host': host, 'deliveries.state': 'queued' })
    .where('deliveries.next_at', '<=', db.fn.now())
    .orderBy('deliveries.id')
    .limit(deliveryLimits.concurrencyPerHost)
    .select(
      'deliveries.id',
      'deliveries.inbox_uri',
      'deliveries.attempts',
      'activities.uri',
      'activities.body',
      'activities.account_id',
    );
}

async function send(deps: PumpDeps, row: DueDelivery, signal: AbortSignal): Promise<Verdict> {
  const signing = await deps.keyring.keyOf(row.account_id);
  if (!signing) return { kind: 'dead', status: null, error: 'The sender has no key any more.' };
  const url = new URL(row.inbox_uri);
  const body = Buffer.from(row.body);
  // Signed anew for every attempt: receivers allow the date to be only minutes off.
  const headers = await signRequest({ method: 'POST', url, body, ...signing, now: deps.clock.now() });
  const answer = await deps.fetch.request({
    method: 'POST',
    url,
    body,
    headers: { ...headers, 'content-type': 'application/activity+json' },
    maxRedirects: 0,
    deadlineMs: deliveryLimits.deadlineMs,
    discardBody: true,
    signal,
  });
  const verdict = judge(answer, row.attempts + 1, deps.clock.now(), deps.random);
  deps.log.debug({ activity: row.uri, host: url.host, verdict: verdict.kind }, 'delivery attempted');
  return verdict;
}

async function record(db: Db, row: DueDelivery, verdict: Verdict): Promise<void> {
  const common = { attempts: row.attempts + 1, last_status: verdict.status };
  const change = {
    delivered: { state: 'delivered', finished_at: db.fn.now(), last_error: null },
    dead: { state: 'dead', finished_at: db.fn.now() },
    retry: {},
  }[verdict.kind];
  const error = verdict.kind === 'delivered' ? {} : { last_error: verdict.error.slice(0, 1_000) };
  const next = verdict.kind === 'retry' ? { next_at: verdict.at } : {};
  await db('deliveries')
    .where({ id: row.id, state: 'queued' })
    .update({ ...common, ...change, ...error, ...next });
}

async function holdHost(db: Db, host: string, until: Date): Promise<void> {
  await db('deliveries')
    .where({ host, state: 'queued' })
    .where('next_at', '<', until)
    .update({ next_at: until });
}

async function nextDue(tx: Tx, host: string): Promise<Date | null> {
  const row = await tx('deliveries').where({ host, state: 'queued' }).min('next_at as at').first();
  return row?.at ?? null;
}
