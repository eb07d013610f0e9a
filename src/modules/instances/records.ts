import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { instanceLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../lib/clock.ts';

/** What a server says of itself in its NodeInfo. */
export interface NodeInfo {
  /** In lower case. */
  readonly software: string;
  readonly version: string;
  readonly openRegistrations: boolean | null;
  readonly nodeName: string | null;
  /** Its own actor, where it links one. */
  readonly actorUri: string | null;
}

/** Another server, as an admin sees it. */
export interface InstanceRecord {
  readonly host: string;
  readonly software: string | null;
  readonly version: string | null;
  readonly nodeName: string | null;
  readonly firstSeenAt: Date;
  readonly lastInboundAt: Date | null;
  readonly lastOutboundOkAt: Date | null;
  readonly checkedAt: Date | null;
  readonly failure: string | null;
}

const DAY_MS = 86_400_000;

interface RecordDeps {
  readonly db: Db;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
}

/** At most one inspection of a host waits. */
const inspection = (host: string) =>
  ({ name: 'instances.inspect', payload: { host }, key: `inspect:${host}` }) as const;

/**
 * Servers that an account of is known here: what they run, and when they were last heard from or reached. A
 * name in a request alone makes no row, and their number is bounded (security.md R6).
 */
export function instanceRecords({ db, enqueue, clock }: RecordDeps) {
  const heard = new LRUCache<string, number>({ max: instanceLimits.hostsInMemory });
  const reached = new LRUCache<string, number>({ max: instanceLimits.hostsInMemory });

  /** True once per host and some minutes: times that are a little old do not need a write per activity. */
  function isDue(memory: LRUCache<string, number>, host: string): boolean {
    const now = clock.now();
    const last = memory.get(host);
    if (last !== undefined && now - last < instanceLimits.noteEveryMs) return false;
    memory.set(host, now);
    return true;
  }

  /** What was refused since it was written down last: host, reason, count. */
  const refusals = new LRUCache<string, { host: string; reason: string; count: number }>({
    max: instanceLimits.hostsInMemory,
  });

  return {
    /** Counts a request that was refused. It is in the name of the host, which proves nothing: only known ones are written down. */
    refusedOf(host: string, reason: string): void {
      const key = `${host} ${reason}`;
      const before = refusals.get(key)?.count ?? 0;
      refusals.set(key, { host, reason, count: before + 1 });
    },

    /** Writes down what was refused of hosts that are known, and forgets what is too old. Returns how many counts were written. */
    async writeRefusals(): Promise<number> {
      const counted = [...refusals.values()];
      refusals.clear();
      await db('instance_refusals')
        .where('day', '<', new Date(clock.now() - instanceLimits.keptSilentMs))
        .delete();
      if (counted.length === 0) return 0;
      const { rowCount } = await db.raw<{ rowCount: number }>(
        `insert into instance_refusals (host, reason, day, count)
         select counted.host, reason, current_date, count
           from jsonb_to_recordset(?) as counted (host text, reason text, count integer)
           join instances on instances.host = counted.host
             on conflict (host, reason, day) do update set count = instance_refusals.count + excluded.count`,
        [JSON.stringify(counted)],
      );
      return rowCount;
    },

    /** Notes the server of an account that was just read from it, and has it inspected when it is new. */
    async met(tx: Tx, host: string): Promise<void> {
      // The inspection that is asked for now sets the next time itself; should it be lost, this one counts.
      const nodeinfo_next_at = new Date(clock.now() + instanceLimits.firstRetryMs);
      const added = await tx('instances')
        .insert({ host, nodeinfo_next_at })
        .onConflict('host')
        .ignore()
        .returning('host');
      if (added.length > 0) await enqueue(tx, inspection(host));
    },

    /** Notes that a proven activity of the host came. */
    async heardFrom(tx: Tx, host: string): Promise<void> {
      if (!isDue(heard, host)) return;
      await tx('instances').where({ host }).update({ last_inbound_at: tx.fn.now() });
    },

    /** Notes that the host took a delivery. */
    async reached(tx: Tx, host: string): Promise<void> {
      if (!isDue(reached, host)) return;
      await tx('instances').where({ host }).update({ last_outbound_ok_at: tx.fn.now() });
    },

    /** Keeps what a host says of itself, until it is asked again. */
    async recordNodeInfo(tx: Tx, host: string, info: NodeInfo): Promise<void> {
      await tx('instances')
        .where({ host })
        .update({
          software: info.software,
          software_version: info.version,
          open_registrations: info.openRegistrations,
          node_name: info.nodeName,
          actor_uri: info.actorUri,
          nodeinfo_checked_at: tx.fn.now(),
          nodeinfo_failure: null,
          nodeinfo_failures: 0,
          nodeinfo_next_at: new Date(clock.now() + instanceLimits.refreshMs),
        });
    },

    /** Notes that a host told nothing of itself. What it told before stays; the pauses grow. */
    async recordNodeInfoFailure(tx: Tx, host: string, reason: string): Promise<void> {
      const row = await tx('instances').where({ host }).forUpdate().first('nodeinfo_failures');
      if (!row) return;
      const pause = Math.min(
        instanceLimits.firstRetryMs * 4 ** row.nodeinfo_failures,
        instanceLimits.longestRetryMs,
      );
      await tx('instances')
        .where({ host })
        .update({
          nodeinfo_checked_at: tx.fn.now(),
          nodeinfo_failure: reason.slice(0, 100),
          nodeinfo_failures: Math.min(row.nodeinfo_failures + 1, 100),
          nodeinfo_next_at: new Date(clock.now() + pause),
        });
    },

    /** Whether a host was asked what it runs, whatever it answered; true for one of which nothing is kept. */
    /** Whether a server became known less than `days` ago, or is not known yet. */
    async isNew(host: string, days: number): Promise<boolean> {
      const row = await db('instances').where({ host }).first('first_seen_at');
      return row === undefined || clock.now() - row.first_seen_at.getTime() < days * DAY_MS;
    },

    async isInspected(host: string): Promise<boolean> {
      const row = await db('instances').where({ host }).first('nodeinfo_checked_at as at');
      return row === undefined || row.at !== null;
    },

    /** Has hosts inspected whose time has come. Returns how many. */
    async inspectDue(tx: Tx): Promise<number> {
      const hosts: string[] = await tx('instances')
        .where('nodeinfo_next_at', '<=', new Date(clock.now()))
        .orderBy('nodeinfo_next_at')
        .limit(instanceLimits.inspectionsPerRound)
        .pluck('host');
      // Until the inspection has set the next time itself.
      await tx('instances')
        .whereIn('host', hosts)
        .update({ nodeinfo_next_at: new Date(clock.now() + instanceLimits.firstRetryMs) });
      await enqueue(tx, hosts.map(inspection));
      return hosts.length;
    },

    /** Forgets hosts that never sent or took anything, and of the rest those above the cap. */
    async sweepInstances(): Promise<number> {
      const silent = await db('instances')
        .whereNull('last_inbound_at')
        .whereNull('last_outbound_ok_at')
        .where('first_seen_at', '<', new Date(clock.now() - instanceLimits.keptSilentMs))
        .delete();
      const above = db('instances')
        .orderByRaw('greatest(last_inbound_at, last_outbound_ok_at, first_seen_at) desc')
        .offset(instanceLimits.maxRows)
        .select('host');
      return silent + (await db('instances').whereIn('host', above).delete());
    },

    /** What each of these hosts runs, by its own word, in lower case; null where that is not known. */
    async softwareOf(hosts: readonly string[]): Promise<(string | null)[]> {
      const rows: { host: string; software: string | null }[] = await db('instances')
        .whereRaw('host = any(?)', [[...hosts]])
        .select('host', 'software');
      const known = new Map(rows.map(({ host, software }) => [host, software]));
      return hosts.map((host) => known.get(host) ?? null);
    },

    /** Hosts that run a software, as a query to be joined or used in another. */
    hostsRunning(tx: Db, software: string): Knex.QueryBuilder {
      return tx('instances').where({ software }).select('host');
    },

    /** Hosts that were reached or heard from, in their order. */
    async peers(limit: number): Promise<string[]> {
      return db('instances')
        .where((met) => met.whereNotNull('last_inbound_at').orWhereNotNull('last_outbound_ok_at'))
        .orderBy('host')
        .limit(limit)
        .pluck('host');
    },

    async peerCount(): Promise<number> {
      const row = await db('instances').count('* as count').first();
      return Number(row?.count ?? 0);
    },

    /** Servers, those heard from or reached last first. */
    async instances(limit: number): Promise<InstanceRecord[]> {
      return db('instances')
        .orderByRaw('greatest(last_inbound_at, last_outbound_ok_at, first_seen_at) desc')
        .limit(limit)
        .select(
          ...['host', 'software', 'software_version as version', 'node_name as nodeName'],
          ...['first_seen_at as firstSeenAt', 'last_inbound_at as lastInboundAt'],
          ...['last_outbound_ok_at as lastOutboundOkAt', 'nodeinfo_checked_at as checkedAt'],
          'nodeinfo_failure as failure',
        );
    },
  };
}
