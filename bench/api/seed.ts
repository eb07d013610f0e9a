import type { Context } from '../../src/context.ts';
import type { Tx } from '../../src/db/database.ts';
import { signUp } from '../sign-up.ts';

/** How much there is: as of a community that has been there for a while, or enough to see that everything runs. */
export interface Sizes {
  readonly accounts: number;
  readonly videos: number;
  readonly likes: number;
  readonly viewers: number;
}

/** What is asked for, by those who ask. */
export interface Seeded {
  readonly viewers: readonly { readonly token: string; readonly listId: string }[];
  /** The most followed account, and one that hardly anybody follows. */
  readonly accounts: readonly [string, string];
  /** A video with many likes and comments, and one with few, both of this server. */
  readonly videos: readonly [string, string];
  readonly counted: Readonly<Record<string, number>>;
}

/** Ids of rows that are written here; those that the server gives are far above. */
const ACCOUNT = 1_000;
const VIDEO = 10_000_000;
const NOTIFIED = 60;

/** Evenly from 0 to 1, other for each `n`, and the same in every run. */
const even = (n: string) => `((((${n})::bigint * 7919) % 100003)::float8 / 100003)`;
/** The same, with most of it near 0: a few accounts and videos have most of what there is. */
const skewed = (n: string) => `power(${even(n)}, 3)`;

/** Rows as the server leaves them, written by SQL: nothing here runs through a command. */
export async function seed(context: Context, sizes: Sizes): Promise<Seeded> {
  const { db } = context;
  const viewers = await signUp(context, sizes.viewers);
  const ids = viewers.map(({ id }) => id);
  await db.transaction(async (tx) => {
    // A million rows with all their indexes take longer than any request may.
    await tx.raw('set local statement_timeout = 0');
    await addPeople(tx, sizes);
    await addVideos(tx, sizes);
    await addReactions(tx, sizes);
    await addOfViewers(tx, ids, sizes);
  });
  await db.raw('vacuum analyze');
  const counted: Record<string, number> = {};
  for (const table of ['accounts', 'videos', 'likes', 'follows', 'comments', 'shares', 'notifications']) {
    counted[table] = Number((await db(table).count('* as n').first())?.n);
  }
  const lists = new Map<string, string>(
    (await db('lists').select('account_id', 'id')).map((row) => [row.account_id, row.id]),
  );
  return {
    viewers: viewers.map(({ id, token }) => ({ token, listId: lists.get(id) ?? '' })),
    accounts: [`${ACCOUNT + 1}`, `${ACCOUNT + sizes.accounts}`],
    videos: [`${VIDEO + 1}`, `${VIDEO + sizes.videos - 1}`],
    counted,
  };
}

async function addPeople(db: Tx, { accounts }: Sizes): Promise<void> {
  await db.raw(
    `insert into accounts (id, username, username_key, domain, actor_uri, actor_type, inbox_uri, url, display_name)
     select ${ACCOUNT} + n, 'person' || n, 'person' || n, case when n % 2 = 0 then '' else 'm' || n % 50 || '.test' end,
            'https://m' || n % 50 || '.test/users/' || n, 'Person', 'https://m' || n % 50 || '.test/inbox',
            'https://m' || n % 50 || '.test/@person' || n, 'Person number ' || n
       from generate_series(1, ?::int) n`,
    [accounts],
  );
  await db.raw(
    `insert into follows (id, follower_id, target_id, uri, state)
     select 100000 + n, ${ACCOUNT} + 1 + n % ?::int, ${ACCOUNT} + 1 + floor(${skewed('n')} * ?::int)::int, 'urn:f:' || n, 'accepted'
       from generate_series(1, ?::int * 30) n
     on conflict do nothing`,
    [accounts, accounts, accounts],
  );
}

async function addVideos(db: Tx, { accounts, videos }: Sizes): Promise<void> {
  await db.raw(
    `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, caption_html, language,
                         width, height, duration_seconds, published_at)
     select ${VIDEO} + n, ${ACCOUNT} + 1 + (n * 7919) % ?::int, (n * 7919) % ?::int % 2 = 1,
            'https://m.test/v/' || n, 'https://m.test/v/' || n, 'published',
            (array['public', 'public', 'public', 'public', 'unlisted', 'followers'])[1 + n % 6], 'ready',
            '<p>Clip number ' || n || '</p>', 'en', 720, 1280, 12, now() - (?::int - n) * interval '1 minute'
       from generate_series(1, ?::int) n`,
    [accounts, accounts, videos, videos],
  );
  await db.raw(
    `insert into video_assets (key, video_id, role, content_type, bytes, sha256, width, height)
     select 'media/' || id || '/' || role || suffix, id, role, type, 1000000, md5(id || role), 720, 1280
       from videos,
            (values ('mp4', '.mp4', 'video/mp4'), ('poster', '.jpg', 'image/jpeg')) as kinds (role, suffix, type)`,
  );
  await db.raw(
    `insert into video_tags (tag, video_id)
     select tag, id from videos,
            lateral (values ('birds', 10), ('t' || id % 1000, 1)) as tags (tag, every)
      where id % every = 0`,
  );
}

async function addReactions(db: Tx, { accounts, videos, likes }: Sizes): Promise<void> {
  await db.raw(
    `insert into likes (id, account_id, video_id, uri)
     select 30000000 + n, ${ACCOUNT} + 1 + n % ?::int, ${VIDEO} + 1 + floor(${skewed('n / 7')} * ?::int)::int, 'urn:l:' || n
       from generate_series(1, (?::int * 1.1)::int) n
     on conflict do nothing`,
    [accounts, videos, likes],
  );
  await db.raw(
    `insert into shares (id, account_id, video_id, uri)
     select 50000000 + n, ${ACCOUNT} + 1 + n % ?::int, ${VIDEO} + 1 + floor(${skewed('n')} * ?::int)::int, 'urn:s:' || n
       from generate_series(1, ?::int / 4) n
     on conflict do nothing`,
    [accounts, videos, videos],
  );
  await db.raw(
    `insert into comments (id, account_id, video_id, local, uri, url, visibility, content_html, published_at)
     select 60000000 + n, ${ACCOUNT} + 1 + n % ?::int,
            ${VIDEO} + case when n <= 60 then 1 when n <= 65 then ?::int - 1
                            else 2 + floor(${skewed('n')} * (?::int - 2))::int end,
            true, 'urn:c:' || n, 'urn:c:' || n, 'public', '<p>Comment number ' || n || '</p>', now()
       from generate_series(1, ?::int) n`,
    [accounts, videos, videos, videos],
  );
  await db.raw(
    `insert into video_stats (video_id, likes, comments, shares)
     select videos.id, coalesce(likes.n, 0), coalesce(comments.n, 0), coalesce(shares.n, 0)
       from videos
       left join (select video_id, count(*) as n from likes group by 1) as likes on likes.video_id = videos.id
       left join (select video_id, count(*) as n from comments group by 1) as comments on comments.video_id = videos.id
       left join (select video_id, count(*) as n from shares group by 1) as shares on shares.video_id = videos.id`,
  );
}

/** Viewers follow two hundred people each, put thirty of them into a list, and are told of likes. */
async function addOfViewers(db: Tx, ids: string[], sizes: Sizes): Promise<void> {
  const { accounts, videos } = sizes;
  await db.raw(
    `insert into follows (id, follower_id, target_id, uri, state)
     select 70000000 + at * 1000 + n, viewer, ${ACCOUNT} + 1 + floor(${skewed('at * 1000 + n')} * ?::int)::int,
            'urn:w:' || at || ':' || n, 'accepted'
       from unnest(?::bigint[]) with ordinality as viewers (viewer, at), generate_series(1, 200) n
     on conflict do nothing`,
    [accounts, ids],
  );
  await db.raw(
    `insert into lists (id, account_id, title, replies_policy, exclusive)
     select 80000000 + at, viewer, 'Friends', 'list', false
       from unnest(?::bigint[]) with ordinality as viewers (viewer, at)`,
    [ids],
  );
  await db.raw(
    `insert into list_accounts (id, list_id, account_id, follow_id)
     select 81000000 + row_number() over (), lists.id, target_id, follows.id
       from lists, lateral (select id, target_id from follows where follower_id = lists.account_id order by id limit 30) follows`,
  );
  await db.raw(
    `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, published_at)
     select ${VIDEO} + ?::int + at, viewer, true, 'urn:v:' || at, 'urn:v:' || at, 'published', 'public', 'ready', now()
       from unnest(?::bigint[]) with ordinality as viewers (viewer, at)`,
    [videos, ids],
  );
  await db.raw(
    `insert into notifications (account_id, type, from_account_id, video_id, subject, group_key)
     select viewer, 'favourite', ${ACCOUNT} + n, ${VIDEO} + ?::int + at, 'favourite:' || n, 'favourite-' || at || '-' || n / 3
       from unnest(?::bigint[]) with ordinality as viewers (viewer, at), generate_series(1, ${NOTIFIED} * 3) n`,
    [videos, ids],
  );
}
