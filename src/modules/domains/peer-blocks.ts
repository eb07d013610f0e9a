import { z } from 'zod';
import { domainListLimits, peerBlockLimits } from '../../../config/domain-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import { sha256 } from '../../lib/crypto.ts';
import type { Logger } from '../../lib/log.ts';
import type { AddressPolicy } from '../../lib/net/ip-policy.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { normaliseDomain } from '../instances/index.ts';
import { type Actor, type Audit, type Deed, permitted, type Watch } from '../staff/index.ts';

/** A server that is asked whom it blocks. */
export interface BlockWatch {
  readonly host: string;
  /** By hand; else it is one of the most followed. */
  readonly chosen: boolean;
  readonly fetchedAt: Date | null;
  readonly succeededAt: Date | null;
  readonly failure: string | null;
  readonly blocks: number;
}

/** A domain that several servers suspend, some of them newly. */
export interface BlockNotice {
  readonly domain: string;
  readonly peers: number;
  readonly createdAt: Date;
}

/** What one server says of a domain. */
export interface PeerBlock {
  readonly host: string;
  readonly severity: 'silence' | 'suspend';
  readonly comment: string;
  readonly firstSeenAt: Date;
}

interface PeerBlockDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  readonly fetch: Pick<SafeFetch, 'request'>;
  readonly policy: AddressPolicy;
}

const answerSchema = z
  .array(
    z.object({
      domain: z.string().max(300),
      digest: z.string().max(64).nullish(),
      severity: z.enum(['silence', 'suspend']),
      comment: z.string().nullish(),
    }),
  )
  .max(domainListLimits.maxRows);
type Told = z.output<typeof answerSchema>;

/** Whom other servers block, by their own public word. It is shown to the staff, and never applied. */
export function peerBlocks({ db, inTx, clock, log, audit, fetch, policy }: PeerBlockDeps) {
  /** Stars hide part of some names: where the digest is that of a server known here, it is that one. */
  async function named(told: Told): Promise<Map<string, Told[number]>> {
    const hidden = told.filter(({ domain, digest }) => domain.includes('*') && digest);
    const hosts: string[] = hidden.length === 0 ? [] : await db('instances').pluck('host');
    const byDigest = new Map(hosts.map((host) => [sha256(Buffer.from(host)).toString('hex'), host]));
    const blocks = new Map<string, Told[number]>();
    for (const one of told) {
      const domain = one.domain.includes('*') ? byDigest.get(one.digest ?? '') : normaliseDomain(one.domain);
      if (domain) blocks.set(domain, one);
    }
    return blocks;
  }

  async function ask(host: string, signal: AbortSignal): Promise<Told | string> {
    const url = new URL(`https://${host}/api/v1/instance/domain_blocks`);
    if (policy.isAllowedPrivateHost(url.hostname)) url.protocol = 'http:';
    const answer = await fetch.request({
      ...{ method: 'GET', url, signal },
      ...{ accept: 'application/json', maxBytes: peerBlockLimits.maxBytes },
      deadlineMs: peerBlockLimits.deadlineMs,
    });
    if (!answer.ok) return `${answer.reason}: ${answer.detail ?? ''}`;
    if (answer.status !== 200) return `It answered ${answer.status}: its list is not public.`;
    try {
      return answerSchema.parse(JSON.parse(answer.body.toString('utf8')));
    } catch {
      return 'Its answer is no list of blocks.';
    }
  }

  async function store(tx: Tx, host: string, blocks: ReadonlyMap<string, Told[number]>): Promise<void> {
    const watch = await tx('block_watches').where({ host }).forUpdate().first('succeeded_at');
    if (!watch) return;
    const rows = [...blocks].map(([domain, { severity, comment }]) => ({
      ...{ domain, severity, comment: (comment ?? '').slice(0, 500) },
    }));
    await tx('peer_blocks')
      .where({ host })
      .whereRaw('domain <> all(?)', [[...blocks.keys()]])
      .delete();
    // A block that becomes a suspension is news, too.
    await tx.raw(
      `insert into peer_blocks (host, domain, severity, comment, first_seen_at, news)
       select :host, domain, severity, comment, :now, :news
         from jsonb_to_recordset(:rows) as told (domain text, severity text, comment text)
           on conflict (host, domain) do update
              set (severity, comment) = (excluded.severity, excluded.comment),
                  first_seen_at = case when peer_blocks.severity = excluded.severity
                                       then peer_blocks.first_seen_at else excluded.first_seen_at end,
                  news = case when peer_blocks.severity = excluded.severity then peer_blocks.news else true end`,
      {
        ...{ host, now: new Date(clock.now()), rows: JSON.stringify(rows) },
        news: watch.succeeded_at !== null,
      },
    );
    await tx.raw(
      `insert into block_notices (domain, peers, created_at)
       select domain, count(*), :now from peer_blocks
        where severity = 'suspend' and domain = any(:domains)
          and not exists (select from domain_policies
                           where domain_policies.severity = 'suspend'
                             and domain_policies.domain = any (domain_suffixes(peer_blocks.domain)))
        group by domain
       having count(*) >= :least and bool_or(news and first_seen_at > :since)
           on conflict (domain) do update set peers = excluded.peers`,
      {
        ...{ now: new Date(clock.now()), since: new Date(clock.now() - peerBlockLimits.newsMs) },
        ...{ domains: [...blocks.keys()], least: peerBlockLimits.peersToTell },
      } as never,
    );
  }

  const changed = (
    tx: Tx,
    by: Actor,
    { id, watch, ...deed }: Pick<Deed, 'action' | 'detail'> & { readonly id: string; readonly watch: Watch },
    write: () => PromiseLike<unknown>,
  ) => audit.recordRows(tx, by, { ...deed, target: { kind: 'domain', id } }, { watch, write });

  const watchOf = (host: string): Watch => ({
    table: 'block_watches',
    where: (query) => query.where({ host }),
  });

  return {
    /** Servers that are asked. */
    watches: (): Promise<BlockWatch[]> =>
      db('block_watches')
        .orderBy('host')
        .select(
          ...['host', 'chosen', 'fetched_at as fetchedAt', 'succeeded_at as succeededAt', 'failure'],
          db.raw(
            '(select count(*)::int from peer_blocks where peer_blocks.host = block_watches.host) as blocks',
          ),
        ),

    /** Asks a server from now on whom it blocks. */
    async watch(
      tx: Tx,
      by: Actor,
      host: string,
    ): Promise<Result<object, 'permission-missing' | 'domain-invalid' | 'too-many-domains'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      // With its port, where it has one, as in the addresses of its actors.
      const name = host.trim().toLowerCase();
      if (normaliseDomain(name) === null)
        return fail('domain-invalid', `"${host}" is not the name of a server.`);
      if (await isFull(tx, 1)) return tooMany();
      const row = { host: name, chosen: true, next_at: new Date(clock.now()) };
      await changed(tx, by, { action: 'domain.watch', id: name, watch: watchOf(name) }, () =>
        tx('block_watches').insert(row).onConflict('host').merge(['chosen']),
      );
      return ok();
    },

    /** Asks those whom people here follow most, besides those that were chosen by hand. With 0 only these. */
    async watchMostFollowed(
      tx: Tx,
      by: Actor,
      count: number,
    ): Promise<Result<{ hosts: string[] }, 'permission-missing' | 'too-many-domains'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      if (await isFull(tx, count, { chosen: true })) return tooMany();
      const { rows } = await tx.raw<{ rows: { host: string }[] }>(
        `select target.host from follows
           join accounts as target on target.id = follows.target_id and target.domain <> ''
           join accounts as follower on follower.id = follows.follower_id and follower.domain = ''
          where follows.state = 'accepted' group by target.host order by count(*) desc, target.host limit ?`,
        [count],
      );
      const hosts = rows.map(({ host }) => host);
      const made = hosts.map((host) => ({ host, chosen: false, next_at: new Date(clock.now()) }));
      const all: Watch = { table: 'block_watches', where: () => undefined };
      const deed = { action: 'domain.watch', id: 'most-followed', watch: all, detail: { count } } as const;
      await changed(tx, by, deed, async () => {
        await tx('block_watches').where({ chosen: false }).delete();
        if (made.length > 0) await tx('block_watches').insert(made).onConflict('host').ignore();
      });
      return ok({ hosts });
    },

    /** Asks a server no more, and forgets what it said. */
    async unwatch(
      tx: Tx,
      by: Actor,
      host: string,
    ): Promise<Result<object, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const removed = await changed(
        tx,
        by,
        { action: 'domain.unwatch', id: host, watch: watchOf(host) },
        () => tx('block_watches').where({ host }).delete(),
      );
      return removed === null ? fail('not-found') : ok();
    },

    /** Domains that several of them suspend, some newly, and that this server does not. */
    notices: (): Promise<BlockNotice[]> =>
      db('block_notices')
        .whereNull('dismissed_at')
        .orderBy([{ column: 'peers', order: 'desc' }, 'domain'])
        .select('domain', 'peers', 'created_at as createdAt'),

    /** Puts a notice away for good. */
    async dismiss(
      tx: Tx,
      by: Actor,
      domain: string,
    ): Promise<Result<object, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const watch: Watch = { table: 'block_notices', where: (query) => query.where({ domain }) };
      const dismissed = await changed(tx, by, { action: 'domain.dismiss-notice', id: domain, watch }, () =>
        tx('block_notices')
          .where({ domain })
          .whereNull('dismissed_at')
          .update({ dismissed_at: new Date(clock.now()) }),
      );
      return dismissed === null ? fail('not-found') : ok();
    },

    /** What the servers that are asked say of a domain. */
    saidOf: (domain: string): Promise<PeerBlock[]> =>
      db('peer_blocks')
        .where({ domain })
        .orderBy('host')
        .select('host', 'severity', 'comment', 'first_seen_at as firstSeenAt'),

    /** Asks servers whose time has come. Returns how many. */
    async askDue(signal: AbortSignal): Promise<number> {
      const due: { host: string; failures: number }[] = await db('block_watches')
        .where('next_at', '<=', new Date(clock.now()))
        .orderBy('next_at')
        .limit(peerBlockLimits.perRound)
        .select('host', 'failures');
      for (const { host, failures } of due) {
        signal.throwIfAborted();
        const told = await ask(host, signal);
        const now = clock.now();
        const asked = { fetched_at: new Date(now), next_at: new Date(now + peerBlockLimits.everyMs) };
        if (typeof told === 'string') {
          log.info({ host, why: told }, 'a server did not tell whom it blocks');
          const failed = { failure: told.slice(0, 300), failures: failures + 1 };
          await db('block_watches')
            .where({ host })
            .update({ ...asked, ...failed });
          continue;
        }
        const blocks = await named(told);
        await inTx(async (tx) => {
          await store(tx, host, blocks);
          const succeeded = { failure: null, failures: 0, succeeded_at: new Date(now) };
          await tx('block_watches')
            .where({ host })
            .update({ ...asked, ...succeeded });
        });
      }
      return due.length;
    },
  };
}

async function isFull(tx: Tx, more: number, among: { readonly chosen?: true } = {}): Promise<boolean> {
  const row = await tx('block_watches').where(among).count('* as count').first();
  return Number(row?.count) + more > peerBlockLimits.maxWatched;
}

function tooMany() {
  return fail('too-many-domains', `At most ${peerBlockLimits.maxWatched} servers can be asked.`);
}
