import { trendUpkeep } from '../../../config/trend-limits.ts';
import type { Db } from '../../db/database.ts';
import { type Id, lowestIdAt, momentOf } from '../../lib/ids.ts';
import type { Signal } from '../signals/index.ts';
import type { KnownDomain } from './aggregator.ts';
import { accountFacts, videoFacts } from './facts.ts';

interface ActRow {
  readonly id: string;
  readonly kind: 'like' | 'share' | 'save' | 'comment' | 'watch';
  readonly account_id: string;
  readonly video_id: string;
  readonly viewed: boolean;
  readonly completed: boolean;
}

/**
 * What people did since a moment, as signals in the order in which it was stored: likes, shares, bookmarks, comments that anybody may
 * see, and who watched what last. Accounts and videos are told of before what they are named in. Reads a page at a time;
 * what nobody signed in watched left no trace, and is not here.
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
    for (const row of rows) tell(signalOf(row));
  }
}

async function nextActs(db: Db, mark: string): Promise<ActRow[]> {
  const branch = (
    table: string,
    kind: string,
    columns = 'false as viewed, false as completed',
    where = 'true',
  ) =>
    `(select id, '${kind}' as kind, account_id, video_id, ${columns} from ${table}
       where id > :mark::bigint and video_id is not null and ${where} order by id limit :most)`;
  const { rows } = await db.raw<{ rows: ActRow[] }>(
    `select * from (
       ${branch('likes', 'like')} union all ${branch('shares', 'share')} union all ${branch('bookmarks', 'save')}
       union all ${branch('comments', 'comment', undefined, `visibility in ('public', 'unlisted')`)}
       union all ${branch('watch_history', 'watch', 'viewed, completed')}) as acts
     order by id limit :most`,
    { mark, most: trendUpkeep.rowsAtOnce },
  );
  return rows;
}

/** Tells of accounts and videos that were not told of yet, with who made those. */
async function tellFacts(
  db: Db,
  rows: readonly ActRow[],
  told: Set<string>,
  tell: (signal: Signal) => void,
): Promise<void> {
  const fresh = (kind: string, ids: readonly string[]): string[] => {
    const wanted = [...new Set(ids)].filter((id) => !told.has(`${kind}${id}`));
    for (const id of wanted) told.add(`${kind}${id}`);
    return wanted;
  };
  const videos = await videoFacts(
    db,
    fresh(
      'v',
      rows.map((row) => row.video_id),
    ),
  );
  const authors = videos.flatMap((video) => (video.kind === 'video' ? [video.authorId] : []));
  const accounts = await accountFacts(db, fresh('a', [...authors, ...rows.map((row) => row.account_id)]));
  for (const known of [...accounts, ...videos]) tell(known);
}

function signalOf({ id, kind, account_id: actorId, video_id: videoId, viewed, completed }: ActRow): Signal {
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
    for (const known of await accountFacts(db, [...ids])) tell(known);
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
