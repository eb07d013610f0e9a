import { trendUpkeep } from '../../../config/trend-limits.ts';
import type { Db } from '../../db/database.ts';
import { isOpenHost, type UnlistedDomains } from '../../db/visibility.ts';
import { type AccountId, type Id, lowestIdAt, momentOf, type VideoId } from '../../lib/ids.ts';
import { toldByProviders } from '../fasp/index.ts';
import { accountSignals, type Signal, videoSignals } from '../signals/index.ts';
import type { KnownDomain, Trends } from './aggregator.ts';
import { shareAmong } from './priors.ts';

interface ActRow {
  readonly id: string;
  readonly kind: 'post' | 'like' | 'share' | 'save' | 'comment' | 'watch';
  readonly account_id: string;
  readonly video_id: string;
  readonly viewed: boolean;
  readonly completed: boolean;
}

/**
 * What people did since a moment, as signals in the order in which it was stored: videos that they posted, likes, shares, bookmarks,
 * comments that anybody may see, and who watched what last. Accounts and videos are told of before what they are named in. Reads a page at
 * a time; what nobody signed in watched left no trace, and is not here.
 */
export async function loadActs(
  db: Db,
  { since, tell, signal }: { since: number; tell: (signal: Signal) => void; signal: AbortSignal },
): Promise<void> {
  const told = new Set<string>();
  let mark = lowestIdAt(since);
  for (;;) {
    signal.throwIfAborted();
    const rows = await nextActs(db, mark);
    const last = rows.at(-1);
    if (!last) return;
    mark = last.id;
    await tellFacts(db, rows, told, tell);
    // A video that was posted is told of with the facts: what is heard of it later counts, if nobody did anything yet.
    for (const row of rows) if (row.kind !== 'post') tell(signalOf(row, row.kind));
  }
}

async function nextActs(db: Db, mark: string): Promise<ActRow[]> {
  const branch = (
    table: string,
    kind: ActRow['kind'],
    columns = 'false as viewed, false as completed',
    where = 'true',
  ) =>
    `(select id, '${kind}' as kind, account_id, video_id, ${columns} from ${table}
       where id > :mark::bigint and video_id is not null and ${where} order by id limit :most)`;
  const posted = `(select id, account_id, id as video_id from videos
    where state = 'published' and visibility = 'public') as posted`;
  const { rows } = await db.raw<{ rows: ActRow[] }>(
    `select * from (
       ${branch(posted, 'post')} union all ${branch('likes', 'like')} union all ${branch('shares', 'share')}
       union all ${branch('bookmarks', 'save')} union all ${branch('comments', 'comment', undefined, `visibility in ('public', 'unlisted')`)}
       union all ${branch('watch_history', 'watch', 'viewed, completed')}) as acts
     order by id limit :most`,
    { mark, most: trendUpkeep.rowsAtOnce },
  );
  return rows;
}

/** Tells of accounts and videos that were not told of yet, with who made those. */
async function tellFacts(
  db: Db,
  rows: readonly { readonly video_id: string; readonly account_id?: string }[],
  told: Set<string>,
  tell: (signal: Signal) => void,
): Promise<void> {
  const fresh = (kind: string, ids: readonly string[]): string[] => {
    const wanted = [...new Set(ids)].filter((id) => !told.has(`${kind}${id}`));
    for (const id of wanted) told.add(`${kind}${id}`);
    return wanted;
  };
  const wantedVideos = fresh(
    'v',
    rows.map((row) => row.video_id),
  );
  const videos = await videoSignals(db, wantedVideos as VideoId[]);
  const authors = videos.flatMap((video) => (video.kind === 'video' ? [video.authorId] : []));
  await tellAccounts(db, fresh('a', [...authors, ...rows.flatMap((row) => row.account_id ?? [])]), tell);
  for (const video of videos) {
    if (video.kind === 'video') tell({ ...video, at: momentOf(video.id as Id<string>) });
  }
}

/** As of when they were made, or this server got to know them; those that are gone are left out. */
async function tellAccounts(db: Db, ids: readonly string[], tell: (signal: Signal) => void): Promise<void> {
  for (const account of await accountSignals(db, ids as AccountId[])) {
    if (account.kind === 'account') tell({ ...account, at: account.createdAt });
  }
}

function signalOf(row: ActRow, kind: Exclude<ActRow['kind'], 'post'>): Signal {
  const { id, account_id: actorId, video_id: videoId, viewed, completed } = row;
  const act = { at: momentOf(id as Id<string>), actorId, videoId };
  switch (kind) {
    case 'comment':
      return { kind, ...act, commentId: id, on: true };
    case 'watch': {
      const seen = { watchedMs: 0, isView: viewed, isComplete: completed, network: null };
      return { kind, ...act, ...seen, source: 'other' };
    }
    default:
      return { kind, ...act, on: true };
  }
}

/** Whom accounts of this server follow elsewhere, told as of one moment: what gives other servers a standing. */
export async function loadFollows(
  db: Db,
  { at, tell, signal }: { at: number; tell: (signal: Signal) => void; signal: AbortSignal },
): Promise<void> {
  let mark = '0';
  for (;;) {
    signal.throwIfAborted();
    const rows: { id: string; follower_id: string; target_id: string }[] = await db('follows')
      .join('accounts as followers', 'followers.id', 'follows.follower_id')
      .join('accounts as targets', 'targets.id', 'follows.target_id')
      .where({ 'follows.state': 'accepted', 'followers.domain': '' })
      .whereNot('targets.domain', '')
      .where('follows.id', '>', mark)
      .orderBy('follows.id')
      .limit(trendUpkeep.rowsAtOnce)
      .select('follows.id', 'follows.follower_id', 'follows.target_id');
    const last = rows.at(-1);
    if (!last) return;
    mark = last.id;
    const ids = new Set(rows.flatMap((row) => [row.follower_id, row.target_id]));
    await tellAccounts(db, [...ids], tell);
    for (const row of rows) {
      tell({ kind: 'follow', at, actorId: row.follower_id, targetId: row.target_id, on: true });
    }
  }
}

/** Views that other servers told of since a moment, by day. */
export async function loadRemoteViews(db: Db, since: number, tell: (signal: Signal) => void): Promise<void> {
  const rows: { video_id: string; host: string; day: string; views: number }[] = await db('remote_views')
    .where('day', '>=', new Date(since))
    .orderBy(['day', 'video_id', 'host'])
    .select('video_id', 'host', db.raw(`to_char(day, 'YYYY-MM-DD') as day`), 'views');
  for (const row of rows) {
    const at = Math.max(since, Date.parse(`${row.day}T12:00:00Z`));
    for (let view = 0; view < Math.min(row.views, trendUpkeep.remoteViewsPerRow); view += 1) {
      tell({ kind: 'remote-view', at, domain: row.host, actorId: null, videoId: row.video_id });
    }
  }
}

/** Servers as this one knows them, with what an admin decided of them. */
export async function loadDomains(db: Db): Promise<KnownDomain[]> {
  const { rows } = await db.raw<{ rows: { host: string; since: Date; trust: number | null }[] }>(
    `select coalesce(host, domain) as host, coalesce(first_seen_at, decided_at) as since, trust
       from instances full join trend_trusts on trend_trusts.domain = instances.host`,
  );
  return rows.map(({ host, since, trust }) => ({
    ...{ domain: host, since: since.getTime(), population: null, override: trust },
  }));
}

/**
 * Tells what servers and auxiliary services that were asked say that trends, as far as it counts now: of videos whose files were looked
 * at here, on the word of those that are listened to (paused or suspended is none), of people who want to be found. Returns the videos that
 * were told of.
 */
export async function loadTold(
  db: Db,
  trends: Pick<Trends, 'ingest' | 'knowTold'>,
  options: {
    readonly before: ReadonlySet<string>;
    readonly now: number;
    readonly unlistedDomains: UnlistedDomains;
  },
): Promise<ReadonlySet<string>> {
  const ranksOf = (source: 'peer' | 'fasp', as: string) =>
    db.raw(
      `coalesce(array_agg(told_posts.rank) filter (where told_posts.source = ?), '{}') as ${as}`,
      source,
    );
  // Whoever names one video by many addresses says it once.
  const once = db('told_posts')
    .where({ state: 'accepted' })
    .where('counts_until', '>', db.fn.now())
    .groupBy('source', 'source_id', 'video_id')
    .select('source', 'source_id', 'video_id', db.raw('max(rank)::int as rank'))
    .as('told_posts');
  const rows: { video_id: VideoId; servers: number[]; services: number[] }[] = await db
    .from(once)
    .leftJoin('exchange_peers', (on) =>
      on.onVal('told_posts.source', 'peer').on('exchange_peers.id', 'told_posts.source_id'),
    )
    .join('videos', 'videos.id', 'told_posts.video_id')
    .join('accounts', 'accounts.id', 'videos.account_id')
    .where({ 'accounts.discoverable': true })
    .where((heard) =>
      heard
        .where((named) =>
          named
            .whereNotNull('exchange_peers.id')
            .whereNull('exchange_peers.paused_at')
            .whereRaw(isOpenHost('exchange_peers.host', options.unlistedDomains)),
        )
        .orWhere(toldByProviders),
    )
    .where((looked) => looked.where({ media_state: 'ready' }).orWhere({ media_reason: 'proxied' }))
    .groupBy('told_posts.video_id')
    .orderByRaw('max(told_posts.rank) desc, told_posts.video_id')
    .limit(trendUpkeep.maxTold)
    .select('told_posts.video_id', ranksOf('peer', 'servers'), ranksOf('fasp', 'services'));
  const shares = new Map(rows.map(({ video_id, ...ranks }) => [video_id as string, shareAmong(ranks)]));
  const fresh = rows.filter(({ video_id }) => !options.before.has(video_id));
  if (fresh.length > 0) {
    // As of now: that they were published long ago gives nobody a standing here.
    await tellFacts(db, fresh, new Set(), (signal) => trends.ingest({ ...signal, at: options.now }));
  }
  trends.knowTold(shares);
  return new Set(shares.keys());
}
