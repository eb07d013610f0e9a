import { counterLimits } from '../../../config/counter-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { VideoId } from '../../lib/ids.ts';

/** A counter that did not say what its rows say. */
export interface Miscount {
  readonly of: 'video' | 'account';
  readonly id: string;
  readonly counter: string;
  readonly stored: number;
  readonly counted: number;
}

export interface Recount {
  readonly videos: number;
  readonly accounts: number;
  /** How many counters were wrong; of these, the first are listed. */
  readonly wrong: number;
  readonly miscounts: readonly Miscount[];
}

/** A table of counters: what each counts, as SQL over the id of its row. */
interface Counted {
  readonly of: Miscount['of'];
  readonly table: string;
  readonly id: string;
  readonly counters: Readonly<Record<string, string>>;
}

const rowsOf = (table: string, id: string, more = '') =>
  `(select count(*) from ${table} where video_id = ${id}${more})`;
const summed = (column: string) =>
  `coalesce((select sum(${column}) from video_view_days where video_id = video_views.video_id), 0)`;

const STATS: Counted = {
  ...{ of: 'video', table: 'video_stats', id: 'video_id' },
  counters: {
    likes: rowsOf('likes', 'video_stats.video_id'),
    comments: rowsOf(
      'comments',
      'video_stats.video_id',
      ' and hidden_root_id is null and removed_at is null',
    ),
    shares: rowsOf('shares', 'video_stats.video_id'),
    outward_shares: rowsOf('outward_shares', 'video_stats.video_id'),
    saves: rowsOf('bookmarks', 'video_stats.video_id'),
    remixes: `(select count(*) from videos as remix where remix_of_id = video_stats.video_id and remix_consent = 'given'
                 and state = 'published' and visibility in ('public', 'unlisted'))`,
  },
};

const VIEWS: Counted = {
  ...{ of: 'video', table: 'video_views', id: 'video_id' },
  counters: {
    views: summed('views'),
    completions: summed('completions'),
    skips: summed('skips'),
    watched_ms: summed('watched_ms'),
  },
};

const followsOf = (column: string) =>
  `(select count(*) from follows where ${column} = accounts.id and state = 'accepted')`;

const ACCOUNTS: Counted = {
  ...{ of: 'account', table: 'accounts', id: 'id' },
  counters: {
    followers_count: followsOf('target_id'),
    following_count: followsOf('follower_id'),
    statuses_count: `(select count(*) from videos where account_id = accounts.id and state = 'published'
                        and visibility in ('public', 'unlisted'))`,
  },
};

/** Videos that have something to count and no row to count it in: they get one. */
const MISSING = [
  `insert into video_stats (video_id)
   select asked.id from unnest(:ids::bigint[]) as asked (id)
    where exists (select from likes where video_id = asked.id)
       or exists (select from comments where video_id = asked.id)
       or exists (select from shares where video_id = asked.id)
       or exists (select from bookmarks where video_id = asked.id)
       or exists (select from outward_shares where video_id = asked.id)
       or exists (select from videos where remix_of_id = asked.id)
    order by asked.id on conflict do nothing`,
  `insert into video_views (video_id, views, completions, skips, watched_ms)
   select asked.id, 0, 0, 0, 0 from unnest(:ids::bigint[]) as asked (id)
    where exists (select from video_view_days where video_id = asked.id)
    order by asked.id on conflict do nothing`,
];

/**
 * Counts the rows of some counters anew, and sets those right that are wrong. Whoever changes a counter holds its row, so that it is
 * locked before anything is counted: what somebody has written by then and not counted yet is not seen here, and is added by them.
 */
async function recountRows(tx: Tx, { of, table, id, counters }: Counted, ids: string[]): Promise<Miscount[]> {
  const names = Object.keys(counters);
  const key = `${table}.${id}`;
  await tx.raw(`select ${id} from ${table} where ${id} = any(?::bigint[]) order by ${id} for no key update`, [
    ids,
  ]);
  const { rows } = await tx.raw<{ rows: Record<string, string>[] }>(
    `with counted as materialized (
       select ${key} as id, ${names.map((name) => `${table}.${name} as was_${name}, ${counters[name]} as is_${name}`).join(', ')}
         from ${table} where ${key} = any(?::bigint[]))
     update ${table} set ${names.map((name) => `${name} = counted.is_${name}`).join(', ')}
       from counted
      where ${key} = counted.id and (${names.map((name) => `was_${name} <> is_${name}`).join(' or ')})
     returning counted.*`,
    [ids],
  );
  return rows.flatMap((row) =>
    names.flatMap((counter) => {
      const [stored, counted] = [Number(row[`was_${counter}`]), Number(row[`is_${counter}`])];
      return stored === counted ? [] : [{ of, id: String(row.id), counter, stored, counted }];
    }),
  );
}

/** Counts anew how often these videos were liked, commented on, passed on and saved. */
export async function recountReactions(tx: Tx, videoIds: readonly VideoId[]): Promise<void> {
  if (videoIds.length > 0) await recountRows(tx, STATS, [...videoIds]);
}

/**
 * Counts everything anew from its rows, some hundred rows at a time, each in a transaction of its own, beside a running server. With
 * `isDry` nothing is changed.
 */
export async function recount(db: Db, isDry: boolean): Promise<Recount> {
  const miscounts: Miscount[] = [];
  let wrong = 0;
  const walk = async (table: 'videos' | 'accounts', step: (tx: Tx, ids: string[]) => Promise<Miscount[]>) => {
    let seen = 0;
    for (let last = '0'; ; ) {
      const ids: string[] = await db(table)
        .where('id', '>', last)
        .orderBy('id')
        .limit(counterLimits.recountAtOnce)
        .pluck('id');
      const newest = ids.at(-1);
      if (newest === undefined) return seen;
      const tx = await db.transaction();
      try {
        const found = await step(tx, ids);
        wrong += found.length;
        miscounts.push(...found.slice(0, counterLimits.listed - miscounts.length));
        await (isDry ? tx.rollback() : tx.commit());
      } catch (error) {
        await tx.rollback();
        throw error;
      }
      seen += ids.length;
      last = newest;
    }
  };
  const videos = await walk('videos', async (tx, found) => {
    // Videos first, as whoever deletes one does: those that are going are waited for, and the others stay until this is done.
    const ids: string[] = await tx('videos')
      .whereRaw('id = any(?::bigint[])', [found])
      .orderBy('id')
      .forKeyShare()
      .pluck('id');
    for (const sql of MISSING) await tx.raw(sql, { ids });
    return [...(await recountRows(tx, STATS, ids)), ...(await recountRows(tx, VIEWS, ids))];
  });
  const accounts = await walk('accounts', (tx, ids) => recountRows(tx, ACCOUNTS, ids));
  return { videos, accounts, wrong, miscounts };
}
