import { exchangeLimits, packLimits } from '../../../config/exchange-limits.ts';
import type { Tx } from '../../db/database.ts';
import { isOpenHost, type UnlistedDomains } from '../../db/visibility.ts';
import { type FaspId, type IdSource, lowestIdAt } from '../../lib/ids.ts';
import { type TrendingPost, toldByProviders } from '../fasp/index.ts';

/** Whose word it is: that of a server or an auxiliary service that was asked what trends, or of what the staff chose to begin with. */
export interface Teller {
  readonly source: 'peer' | 'pack' | 'fasp';
  readonly id: string;
}

/** A post that somebody told of, or where some are to be found. */
export interface ToldPost {
  readonly kind?: 'list' | 'outbox';
  readonly uri: string;
  /** Of the server to ask; that of the address where it is not given. */
  readonly host?: string;
  /** 1 to 100, which is the best. */
  readonly rank: number;
}

export const DAY_MS = 24 * 3_600_000;

const LASTS_MS: Readonly<Record<Teller['source'], number>> = {
  peer: exchangeLimits.countsMs,
  pack: packLimits.countsMs,
  fasp: exchangeLimits.countsMs,
};

/**
 * Writes down what somebody tells, best first: what is new waits for its own server to be asked, what was accepted goes on counting, and what
 * was refused stays refused for as long as that is kept. Returns the hosts of what waits.
 */
export async function writeTold(
  { ids, now }: { readonly ids: IdSource; readonly now: Date },
  tx: Tx,
  { source, id }: Teller,
  posts: readonly ToldPost[],
): Promise<string[]> {
  const counts_until = new Date(now.getTime() + LASTS_MS[source]);
  const rows = [...new Map(posts.map((post) => [post.uri, post])).values()].flatMap((post) => {
    const { uri, rank, kind = 'video', host = URL.parse(uri)?.host } = post;
    if (!host) return [];
    return {
      ...{ id: ids.next<'told-post'>(), source, source_id: id, kind, uri, host, rank },
      ...{ state: 'waiting', next_at: now, told_at: now, counts_until },
    };
  });
  if (rows.length === 0) return [];
  await tx('told_posts')
    .insert(rows)
    .onConflict(['source', 'source_id', 'uri'])
    .merge(['rank', 'told_at', 'counts_until'])
    .where('told_posts.state', '<>', 'refused');
  return tx('told_posts').where({ source, source_id: id, state: 'waiting' }).distinct('host').pluck('host');
}

/** What was told last is told again, as it was. */
export async function tellAgain(tx: Tx, { source, id }: Teller, listedAt: Date, now: Date): Promise<void> {
  await tx('told_posts')
    .where({ source, source_id: id, told_at: listedAt })
    .whereNot({ state: 'refused' })
    .update({ told_at: now, counts_until: new Date(now.getTime() + LASTS_MS[source]) });
}

/**
 * Writes down what an auxiliary service says that trends. It names posts of any kind: of those that it did not name lately, so many are
 * looked at in a day. Returns the hosts of what waits.
 */
export async function writeHeard(
  deps: { readonly ids: IdSource; readonly now: Date },
  tx: Tx,
  id: FaspId,
  posts: readonly TrendingPost[],
): Promise<string[]> {
  const own = () => tx('told_posts').where({ source: 'fasp', source_id: id });
  const uris = posts.map(({ uri }) => uri);
  const known = new Set<string>(await own().whereIn('uri', uris).pluck('uri'));
  const [lately]: { count: number }[] = await own()
    .where('id', '>=', lowestIdAt(deps.now.getTime() - DAY_MS))
    .select(tx.raw('count(*)::int as count'));
  const room = Math.max(0, exchangeLimits.postsPerDay - (lately?.count ?? 0));
  const fresh = posts.filter(({ uri }) => !known.has(uri)).slice(0, room);
  const heard = [...posts.filter(({ uri }) => known.has(uri)), ...fresh];
  return writeTold(deps, tx, { source: 'fasp', id }, heard);
}

/** Narrows a query to what waits of tellers that are listened to. */
export const waitingOfTellers =
  (unlisted: UnlistedDomains) =>
  (query: ReturnType<Tx>): void => {
    query
      .leftJoin('exchange_peers as peers', (on) =>
        on.onVal('told_posts.source', 'peer').on('peers.id', 'told_posts.source_id'),
      )
      .leftJoin('discovery_packs as packs', (on) =>
        on.onVal('told_posts.source', 'pack').on('packs.id', 'told_posts.source_id'),
      )
      .where('told_posts.state', 'waiting')
      .where((heard) =>
        heard
          .where({ 'packs.state': 'running' })
          .orWhere((named) =>
            named
              .whereNotNull('peers.id')
              .whereNull('peers.paused_at')
              .whereRaw(isOpenHost('peers.host', unlisted)),
          )
          .orWhere(toldByProviders),
      );
  };
