import type { Knex } from 'knex';
import type { Db } from '../../db/database.ts';
import { type DomainPolicy, type Instances, normaliseDomain } from '../instances/index.ts';
import { type DomainEffect, effectOf } from './effect.ts';
import type { peerBlocks } from './peer-blocks.ts';
import type { DomainPurge } from './purging.ts';

/** Which servers are asked for; what is left out does not narrow. */
export interface InstanceFilter {
  /** Part of the name. */
  readonly search?: string | undefined;
  readonly software?: string | undefined;
  /** Those that do not answer deliveries. */
  readonly failing?: boolean | undefined;
  readonly limited?: boolean | undefined;
  readonly minAccounts?: number | undefined;
  readonly maxAccounts?: number | undefined;
  /** Met less than so many days ago. */
  readonly newerThanDays?: number | undefined;
  /** Nothing heard or taken for so many days. */
  readonly silentDays?: number | undefined;
}

/** A server known here, as an admin sees it in a list. */
export interface InstanceLine {
  readonly host: string;
  readonly software: string | null;
  readonly version: string | null;
  readonly firstSeenAt: Date;
  readonly lastInboundAt: Date | null;
  readonly lastOutboundOkAt: Date | null;
  readonly accounts: number;
  /** Null while it answers. */
  readonly failingSince: Date | null;
  readonly failures: number;
  /** Nothing is sent before this; null: the circuit is closed. */
  readonly openUntil: Date | null;
  /** The severity of the nearest policy. */
  readonly severity: DomainPolicy['severity'] | null;
}

/** All that is known of one server. */
export interface InstanceDetail extends InstanceLine {
  readonly nodeName: string | null;
  readonly checkedAt: Date | null;
  readonly checkFailure: string | null;
  /** Its own policy, or the one above it that counts. */
  readonly policy: DomainPolicy | null;
  readonly effect: DomainEffect;
  readonly deadLetters: number;
  readonly waitingInbound: number;
  /** What of it was refused in the last 30 days, by reason. */
  readonly refusals: readonly { readonly reason: string; readonly count: number }[];
  /** How far the last purge of its domain has come. */
  readonly purge: DomainPurge | null;
  readonly blockedBy: Awaited<ReturnType<ReturnType<typeof peerBlocks>['saidOf']>>;
}

/** The nearest policy of a server. */
const NEAREST = `
  (select severity from domain_policies
    where domain_policies.domain = any (domain_suffixes(instances.host))
      and (domain_policies.expires_at is null or domain_policies.expires_at > now())
    order by length(domain_policies.domain) desc limit 1)`;

const ACCOUNTS = `
  (select count(*)::int from accounts
    where accounts.domain <> '' and domain_suffixes(accounts.host) @> array[regexp_replace(instances.host, ':[0-9]+$', '')]
      and accounts.host = instances.host)`;

/** Servers known here, with what goes on between them and this one. */
export function overview({
  db,
  instances,
  peers,
  purgeOf,
}: {
  readonly db: Db;
  readonly instances: Instances;
  readonly peers: ReturnType<typeof peerBlocks>;
  readonly purgeOf: (domain: string) => Promise<DomainPurge | null>;
}) {
  const lines = (): Knex.QueryBuilder =>
    db('instances')
      .leftJoin('delivery_hosts', 'delivery_hosts.host', 'instances.host')
      .select(
        ...['instances.host', 'instances.software', 'instances.software_version as version'],
        ...['first_seen_at as firstSeenAt', 'last_inbound_at as lastInboundAt'],
        ...['last_outbound_ok_at as lastOutboundOkAt', 'failing_since as failingSince'],
        ...[db.raw('coalesce(failures, 0) as failures'), 'open_until as openUntil'],
        ...[db.raw(`${NEAREST} as severity`), db.raw(`${ACCOUNTS} as accounts`)],
      );

  return {
    /** Servers by name, after one where that is given. */
    list(
      filter: InstanceFilter,
      page: { readonly after: string | null; readonly limit: number },
    ): Promise<InstanceLine[]> {
      const query = lines().modify(narrowed(filter)).orderBy('instances.host').limit(page.limit);
      return page.after === null ? query : query.where('instances.host', '>', page.after);
    },

    /** What servers here run, and how many of them. */
    async softwares(): Promise<{ software: string; servers: number }[]> {
      return db('instances')
        .whereNotNull('software')
        .groupBy('software')
        .orderBy([{ column: 'servers', order: 'desc' }, 'software'])
        .limit(100)
        .select('software', db.raw('count(*)::int as servers'));
    },

    async isKnown(host: string): Promise<boolean> {
      const row = await db('instances').where({ host: host.trim().toLowerCase() }).first('host');
      return row !== undefined;
    },

    /** All that is known of a server; null where nothing is. */
    async show(host: string): Promise<InstanceDetail | null> {
      const name = host.trim().toLowerCase();
      const line: InstanceLine | undefined = await lines().where('instances.host', name).first();
      if (!line) return null;
      const domain = normaliseDomain(name) ?? name;
      const [record, policy, effect, refusals, blockedBy, purge, counts] = await Promise.all([
        db('instances').where({ host: name }).first('node_name', 'nodeinfo_checked_at', 'nodeinfo_failure'),
        instances.nearestPolicy(domain),
        effectOf(db, [domain]),
        refusalsOf(db, name),
        peers.saidOf(domain),
        purgeOf(domain),
        countsOf(db, name),
      ]);
      return {
        ...line,
        nodeName: record?.node_name ?? null,
        checkedAt: record?.nodeinfo_checked_at ?? null,
        checkFailure: record?.nodeinfo_failure ?? null,
        ...{ policy, effect, refusals, blockedBy, purge },
        ...counts,
      };
    },
  };
}

function narrowed(filter: InstanceFilter) {
  return (query: Knex.QueryBuilder): void => {
    const { search, software, failing, limited, minAccounts, maxAccounts } = filter;
    if (search !== undefined) query.whereRaw('strpos(instances.host, ?) > 0', [search.toLowerCase()]);
    if (software !== undefined) query.where('instances.software', software.toLowerCase());
    if (failing !== undefined) query[failing ? 'whereNotNull' : 'whereNull']('failing_since');
    if (limited !== undefined) {
      query.whereRaw(`coalesce(${NEAREST}, 'allow') ${limited ? '<>' : '='} 'allow'`);
    }
    if (minAccounts !== undefined) query.whereRaw(`${ACCOUNTS} >= ?`, [minAccounts]);
    if (maxAccounts !== undefined) query.whereRaw(`${ACCOUNTS} <= ?`, [maxAccounts]);
    if (filter.newerThanDays !== undefined) {
      query.whereRaw(`first_seen_at > now() - ? * interval '1 day'`, [filter.newerThanDays]);
    }
    if (filter.silentDays !== undefined) {
      query.whereRaw(
        `greatest(last_inbound_at, last_outbound_ok_at, first_seen_at) < now() - ? * interval '1 day'`,
        [filter.silentDays],
      );
    }
  };
}

/** What its senders could not prove, and what was refused of what they could. */
async function refusalsOf(db: Db, host: string): Promise<{ reason: string; count: number }[]> {
  const { rows } = await db.raw<{ rows: { reason: string; count: number }[] }>(
    `select reason, sum(count)::int as count from (
       select reason, count from instance_refusals where host = :host
       union all
       select coalesce(reason, 'failed'), count(*) from inbox_activities
        where host = :host and state in ('refused', 'failed') group by 1) as refused
      group by reason order by 2 desc, 1`,
    { host } as never,
  );
  return rows;
}

async function countsOf(db: Db, host: string): Promise<{ deadLetters: number; waitingInbound: number }> {
  const dead = await db('deliveries').where({ host, state: 'dead' }).count('* as count').first();
  const waiting = await db('inbox_activities').where({ host, state: 'queued' }).count('* as count').first();
  return { deadLetters: Number(dead?.count), waitingInbound: Number(waiting?.count) };
}
