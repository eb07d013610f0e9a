import { exchangeLimits } from '../../../config/exchange-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { isOpenHost, type UnlistedDomains } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AuditId, ExchangePeerId, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { normaliseDomain } from '../instances/index.ts';
import { type Actor, type Audit, type Deed, permitted, type Watch } from '../staff/index.ts';

/** A server that is asked what trends there. */
export interface ExchangePeer {
  readonly id: ExchangePeerId;
  /** With its port, where it has one. */
  readonly host: string;
  readonly createdAt: Date;
  /** Since when it is not asked, and what it told counts for nothing; so it is as well while its domain is suspended. */
  readonly pausedAt: Date | null;
  readonly fetchedAt: Date | null;
  readonly succeededAt: Date | null;
  readonly nextAt: Date;
  readonly failures: number;
  readonly failure: string | null;
  /** Of what it told in the last days. */
  readonly waiting: number;
  readonly accepted: number;
  /** Accepted, and counting in trends now. */
  readonly counting: number;
  /** By reason, the most frequent first. */
  readonly refused: readonly { readonly reason: string; readonly count: number }[];
}

interface PeerDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly ownHost: string;
  readonly unlistedDomains: UnlistedDomains;
}

type Why = Pick<Deed, 'reason'>;

const COLUMNS = [
  ...['id', 'host', 'created_at as createdAt', 'paused_at as pausedAt', 'fetched_at as fetchedAt'],
  ...['succeeded_at as succeededAt', 'next_at as nextAt', 'failures', 'failure'],
];

const rowOf = (host: string): Watch => ({
  table: 'exchange_peers',
  where: (query) => query.where({ host }),
});

/** The name of a server as it stands in its addresses, of a name or an address; null where it is neither. */
export function hostOf(text: string): string | null {
  const trimmed = text.trim();
  const url = URL.parse(/^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (url?.username !== '' || url.pathname !== '/' || url.search !== '') return null;
  return normaliseDomain(url.host) === null ? null : url.host;
}

const forget = (tx: Tx, id: string) => tx('told_posts').where({ source: 'peer', source_id: id }).delete();

/** The servers that the staff named, to be asked what trends there. */
export function exchangePeers({ db, ids, clock, audit, ownHost, unlistedDomains }: PeerDeps) {
  const target = (host: string) => ({ kind: 'domain', id: host }) as const;

  /** Runs what changes the row of a server, and records it; taken back as all that is kept row by row. */
  async function change(
    tx: Tx,
    by: Actor,
    deed: { readonly host: string; readonly verb: 'remove' | 'pause' | 'resume' } & Why,
    write: () => PromiseLike<unknown>,
  ): Promise<Result<{ auditId: AuditId }, 'permission-missing' | 'not-found' | 'conflict'>> {
    const allowed = permitted(by, 'domains');
    if (!allowed.ok) return allowed;
    const { host, verb, reason } = deed;
    const known = await tx('exchange_peers').where({ host }).forUpdate().first('paused_at');
    if (!known) return fail('not-found', `${host} is not asked what trends there.`);
    if (verb === 'pause' && known.paused_at !== null) return fail('conflict', 'It is paused already.');
    if (verb === 'resume' && known.paused_at === null) return fail('conflict', 'It is not paused.');
    const said = { action: `exchange.${verb}`, target: target(host), ...(reason && { reason }) } as const;
    const auditId = await audit.recordRows(tx, by, said, { watch: rowOf(host), write });
    if (auditId === null) throw new Error('A row that was there has not changed.');
    return ok({ auditId });
  }

  return {
    async list(): Promise<ExchangePeer[]> {
      const peers: (Omit<ExchangePeer, 'waiting' | 'accepted' | 'counting' | 'refused'> & {
        readonly isHeard: boolean;
      })[] = await db('exchange_peers')
        .orderBy('host')
        .select(
          ...COLUMNS,
          db.raw(`paused_at is null and ${isOpenHost('exchange_peers.host', unlistedDomains)} as "isHeard"`),
        );
      const counts: { id: string; state: string; reason: string | null; count: number; counting: number }[] =
        await db('told_posts')
          .where({ source: 'peer' })
          .groupBy('source_id', 'state', 'reason')
          .orderBy('count', 'desc')
          .select(
            ...['source_id as id', 'state', 'reason', db.raw('count(*)::int as count')],
            db.raw('(count(video_id) filter (where counts_until > now()))::int as counting'),
          );
      return peers.map(({ isHeard, ...peer }) => {
        const own = counts.filter(({ id }) => id === peer.id);
        const of = (state: string) => own.filter((one) => one.state === state);
        const sum = (state: string) => of(state).reduce((all, { count }) => all + count, 0);
        return {
          ...peer,
          ...{ waiting: sum('waiting'), accepted: sum('accepted') },
          counting: isHeard ? of('accepted').reduce((all, one) => all + one.counting, 0) : 0,
          refused: of('refused').map(({ reason, count }) => ({ reason: reason ?? 'unknown', count })),
        };
      });
    },

    /** One by its number. */
    async hostOfId(id: ExchangePeerId): Promise<string | null> {
      return (await db('exchange_peers').where({ id }).first('host'))?.host ?? null;
    },

    /** From now on a server is asked what trends there. */
    async add(
      tx: Tx,
      by: Actor,
      input: { readonly address: string },
    ): Promise<
      Result<
        { host: string; auditId: AuditId },
        'permission-missing' | 'domain-invalid' | 'known' | 'too-many-peers'
      >
    > {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const host = hostOf(input.address);
      if (host === null) return fail('domain-invalid', `“${input.address}” is not the name of a server.`);
      if (host === ownHost) return fail('domain-invalid', 'This is this server itself.');
      const { count } = (await tx('exchange_peers').count('* as count').first()) ?? { count: 0 };
      if (Number(count) >= exchangeLimits.maxPeers)
        return fail('too-many-peers', `At most ${exchangeLimits.maxPeers} servers can be asked.`);
      const id = ids.next<'exchange-peer'>();
      const said = { action: 'exchange.add', target: target(host) } as const;
      const auditId = await audit.recordRows(tx, by, said, {
        watch: rowOf(host),
        write: () =>
          tx('exchange_peers')
            .insert({ id, host, next_at: new Date(clock.now()) })
            .onConflict('host')
            .ignore(),
      });
      return auditId === null ? fail('known', `${host} is asked already.`) : ok({ host, auditId });
    },

    /** A server was put back, or taken away again: what it told before is forgotten, and it is asked anew. */
    async restored(tx: Tx, id: string): Promise<void> {
      await forget(tx, id);
      await tx('exchange_peers')
        .where({ id })
        .update({ etag: null, next_at: new Date(clock.now()) });
    },

    /** Asks it no more; what it told is forgotten. */
    remove: (tx: Tx, by: Actor, host: string, why: Why = {}) =>
      change(tx, by, { host, verb: 'remove', ...why }, async () => {
        const [row] = await tx('exchange_peers').where({ host }).delete().returning('id');
        await forget(tx, row?.id);
      }),

    /** Does not ask it for a while, or does again, at once. */
    pause: (tx: Tx, by: Actor, host: string, { isPaused, ...why }: Why & { readonly isPaused: boolean }) =>
      change(tx, by, { host, verb: isPaused ? 'pause' : 'resume', ...why }, () =>
        tx('exchange_peers')
          .where({ host })
          .update({
            paused_at: isPaused ? tx.fn.now() : null,
            ...(!isPaused && { next_at: new Date(clock.now()), failures: 0, etag: null }),
          }),
      ),
  };
}
