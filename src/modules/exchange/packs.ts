import { packLimits } from '../../../config/exchange-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AuditId, DiscoveryPackId, IdSource } from '../../lib/ids.ts';
import type { AddressPolicy } from '../../lib/net/ip-policy.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted, type Watch } from '../staff/index.ts';
import { addressOf } from './asking.ts';
import { hostOf } from './peers.ts';
import { type ToldPost, writeTold } from './told-posts.ts';

/** What the staff wants to begin with. */
export interface PackInput {
  /** Hashtags, with or without their sign. */
  readonly topics: readonly string[];
  /** Servers whose trends, and whose posts with these hashtags, are read. */
  readonly hosts: readonly string[];
  /** Handles of accounts whose newest videos are brought. */
  readonly accounts: readonly string[];
  readonly maxVideos: number;
}

/** A pack, and how far it is. */
export interface DiscoveryPack extends PackInput {
  readonly id: DiscoveryPackId;
  readonly state: 'running' | 'stopped' | 'done';
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  /** Lists and posts whose server is still to be asked. */
  readonly waiting: number;
  /** Videos that were found, and those of them that can be played here. */
  readonly found: number;
  readonly playable: number;
  /** By reason, the most frequent first. */
  readonly refused: readonly { readonly reason: string; readonly count: number }[];
}

interface PackDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly policy: AddressPolicy;
  readonly ownHost: string;
}

const COLUMNS = [
  ...['id', 'state', 'topics', 'hosts', 'accounts', 'max_videos as maxVideos'],
  ...['created_at as createdAt', 'ended_at as endedAt'],
];

const rowOf = (id: string): Watch => ({ table: 'discovery_packs', where: (query) => query.where({ id }) });
const target = (id: string) => ({ kind: 'domain', id: `pack ${id}` }) as const;

/** Tags as addresses name them; null where one is none. */
function tagsOf(topics: readonly string[]): string[] | null {
  const tags = topics.map((topic) => topic.trim().replace(/^#/, '').toLowerCase());
  return tags.every((tag) => /^[\p{L}\p{N}\p{M}_]{1,100}$/u.test(tag)) ? [...new Set(tags)] : null;
}

/**
 * Packs of what a new server begins with. What is to be read of each is a row of its own, so that a server that was killed goes on where it was,
 * and one that is told to stop does after the post at hand.
 */
export function discoveryPacks({ db, ids, clock, audit, policy, ownHost }: PackDeps) {
  /** What is read first: lists of servers, and outboxes of accounts. */
  function beginnings({ topics, hosts, accounts }: PackInput): ToldPost[] {
    const limit = String(packLimits.perPage);
    const lists = hosts.flatMap((host) => {
      const at = (path: string, query: Record<string, string>): ToldPost => {
        const url = addressOf(policy, host, path);
        url.search = new URLSearchParams({ limit, ...query }).toString();
        return { kind: 'list', uri: url.href, host, rank: 100 };
      };
      return [
        ...topics.map((tag) =>
          at(`/api/v1/timelines/tag/${encodeURIComponent(tag)}`, { only_media: 'true' }),
        ),
        at('/api/v1/trends/statuses', { own: 'true' }),
      ];
    });
    const outboxes = accounts.map(
      (handle): ToldPost => ({ kind: 'outbox', uri: handle, host: handle.split('@').at(-1) ?? '', rank: 99 }),
    );
    return [...lists, ...outboxes];
  }

  function checked(input: PackInput): Result<{ pack: PackInput }, 'pack-invalid'> {
    const no = (detail: string) => fail('pack-invalid', detail);
    const topics = tagsOf(input.topics);
    if (topics === null) return no('A topic is one hashtag: letters and numbers, without spaces.');
    const hosts: string[] = [];
    for (const text of input.hosts) {
      const host = hostOf(text);
      if (host === null) return no(`“${text}” is not the name of a server.`);
      if (host === ownHost) return no('One of these servers is this server itself.');
      hosts.push(host);
    }
    const accounts = input.accounts.map((text) => text.trim().replace(/^@/, ''));
    for (const handle of accounts) {
      const [user = '', host, ...rest] = handle.split('@');
      if (!/^[\w.-]{1,100}$/.test(user) || !host || rest.length > 0 || hostOf(host) === null)
        return no(`“${handle}” is no handle: write it as @name@server.`);
    }
    if (hosts.length + accounts.length === 0)
      return no('Name at least one server to read from, or an account.');
    if (
      topics.length > packLimits.maxTopics ||
      hosts.length > packLimits.maxHosts ||
      accounts.length > packLimits.maxAccounts
    ) {
      const { maxTopics, maxHosts, maxAccounts } = packLimits;
      return no(`At most ${maxTopics} topics, ${maxHosts} servers and ${maxAccounts} accounts at once.`);
    }
    const maxVideos = Math.min(Math.max(1, input.maxVideos), packLimits.maxVideos);
    return ok({
      pack: { topics, hosts: [...new Set(hosts)], accounts: [...new Set(accounts)], maxVideos },
    });
  }

  return {
    /** The newest packs first. */
    async list(): Promise<DiscoveryPack[]> {
      const packs: Omit<DiscoveryPack, 'waiting' | 'found' | 'playable' | 'refused'>[] = await db(
        'discovery_packs',
      )
        .orderBy('id', 'desc')
        .limit(packLimits.shown)
        .select(...COLUMNS);
      const counts: { id: string; state: string; reason: string | null; videos: number; count: number }[] =
        await db('told_posts')
          .where({ source: 'pack' })
          .whereIn(
            'source_id',
            packs.map(({ id }) => id),
          )
          .groupBy('source_id', 'state', 'reason')
          .orderBy('count', 'desc')
          .select(
            ...['source_id as id', 'state', 'reason', db.raw('count(*)::int as count')],
            db.raw('count(distinct video_id)::int as videos'),
          );
      const playable: { id: string; count: number }[] = await db('told_posts')
        .join('videos', 'videos.id', 'told_posts.video_id')
        .where({ source: 'pack', 'told_posts.state': 'accepted' })
        .where((able) => able.where({ media_state: 'ready' }).orWhere({ media_reason: 'proxied' }))
        .groupBy('source_id')
        .select('source_id as id', db.raw('count(distinct video_id)::int as count'));
      return packs.map((pack) => {
        const own = counts.filter(({ id }) => id === pack.id);
        const of = (state: string) => own.filter((one) => one.state === state);
        return {
          ...pack,
          waiting: of('waiting').reduce((sum, { count }) => sum + count, 0),
          found: of('accepted').reduce((sum, { videos }) => sum + videos, 0),
          playable: playable.find(({ id }) => id === pack.id)?.count ?? 0,
          refused: of('refused').map(({ reason, count }) => ({ reason: reason ?? 'unknown', count })),
        };
      });
    },

    /** Begins to bring what was chosen. */
    async start(
      tx: Tx,
      by: Actor,
      input: PackInput,
    ): Promise<
      Result<
        { id: DiscoveryPackId; auditId: AuditId },
        'permission-missing' | 'pack-invalid' | 'too-many-beginnings'
      >
    > {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const found = checked(input);
      if (!found.ok) return found;
      const { pack } = found;
      const running = await tx('discovery_packs').where({ state: 'running' }).count('* as count').first();
      if (Number(running?.count) >= packLimits.atOnce)
        return fail('too-many-beginnings', 'Wait until what was begun before is here, or stop it.');
      const id = ids.next<'discovery-pack'>();
      const detail = { topics: pack.topics.join(' '), from: [...pack.hosts, ...pack.accounts].join(' ') };
      const said = { action: 'exchange.start-pack', target: target(id), detail } as const;
      const { topics, hosts, accounts, maxVideos: max_videos } = pack;
      const auditId = await audit.recordRows(tx, by, said, {
        watch: rowOf(id),
        write: () =>
          tx('discovery_packs').insert({ id, state: 'running', topics, hosts, accounts, max_videos }),
      });
      if (auditId === null) throw new Error('A pack was begun without a row.');
      await writeTold({ ids, now: new Date(clock.now()) }, tx, { source: 'pack', id }, beginnings(pack));
      return ok({ id, auditId });
    },

    /** Stops after the post at hand, or goes on with what waits. What is here stays. */
    async stop(
      tx: Tx,
      by: Actor,
      id: string,
      { isStopped = true }: { readonly isStopped?: boolean } = {},
    ): Promise<Result<{ auditId: AuditId }, 'permission-missing' | 'not-found' | 'conflict'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const row = await tx('discovery_packs').where({ id }).forUpdate().first('state');
      if (!row) return fail('not-found', 'There is no such pack.');
      if (row.state !== (isStopped ? 'running' : 'stopped'))
        return fail('conflict', isStopped ? 'It does not run any more.' : 'It was not stopped.');
      const said = {
        action: isStopped ? 'exchange.stop-pack' : 'exchange.resume-pack',
        target: target(id),
      } as const;
      const auditId = await audit.recordRows(tx, by, said, {
        watch: rowOf(id),
        write: () =>
          tx('discovery_packs')
            .where({ id })
            .update(
              isStopped
                ? { state: 'stopped', ended_at: new Date(clock.now()) }
                : { state: 'running', ended_at: null },
            ),
      });
      if (auditId === null) throw new Error('A pack was stopped without a change.');
      return ok({ auditId });
    },

    /** A pack was put back as it was, or taken away: then what waited for it is forgotten. */
    async restored(tx: Tx, id: string): Promise<void> {
      if (await tx('discovery_packs').where({ id }).first('id')) return;
      await tx('told_posts').where({ source: 'pack', source_id: id }).delete();
    },

    /** Packs of which nothing waits any more are done. */
    async endDone(tx: Tx): Promise<void> {
      await tx('discovery_packs')
        .where({ state: 'running' })
        .whereNotExists((waiting) =>
          waiting
            .select('id')
            .from('told_posts')
            .where({ source: 'pack', state: 'waiting' })
            .whereRaw('told_posts.source_id = discovery_packs.id'),
        )
        .update({ state: 'done', ended_at: new Date(clock.now()) });
    },
  };
}
