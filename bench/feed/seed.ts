import pg from 'pg';
import type { Context } from '../../src/context.ts';
import type { Tx } from '../../src/db/database.ts';
import { signUp } from '../sign-up.ts';

/** How much there is. */
export interface FeedSizes {
  readonly accounts: number;
  readonly videos: number;
  readonly likes: number;
  readonly watched: number;
  readonly viewers: number;
}

/** Ids of rows that are written here; those that the server gives are far above. */
const ACCOUNT = 1_000;
const DAYS = 90;

/** Evenly from 0 to 1, other for each `n`, and the same in every run. */
const even = (n: string) => `((((${n})::bigint * 7919) % 100003)::float8 / 100003)`;
/** The same, with most of it near 0: a few videos have most of what there is. */
const skewed = (n: string) => `power(${even(n)}, 3)`;
/** The id of something that happened so long ago, as the server makes them. */
const idAt = (age: string, n: string) =>
  `((((extract(epoch from now()) * 1000)::bigint - 1704067200000 - (${age})::bigint) << 22) | ((${n}) % 4194304))`;

/** Rows as the server leaves them, written by SQL; returns tokens of people who watch, with what they did. */
export async function seedFeed(context: Context, sizes: FeedSizes): Promise<{ readonly tokens: string[] }> {
  const { db } = context;
  const viewers = await signUp(context, sizes.viewers);
  await db.transaction(async (tx) => {
    // A million rows with all their indexes take longer than any request may.
    await tx.raw('set local statement_timeout = 0');
    await tx.raw(`set local maintenance_work_mem = '512MB'`);
    const indexes = await dropIndexes(tx);
    await addPeople(tx, sizes);
    await addVideos(tx, sizes);
    await addActions(
      tx,
      sizes,
      viewers.map(({ id }) => id),
    );
    for (const index of indexes) await tx.raw(index);
  });
  await vacuum(context.databaseUrl);
  return { tokens: viewers.map(({ token }) => token) };
}

/** On a connection of its own: it takes longer than any request may. */
async function vacuum(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('set statement_timeout = 0');
  await client.query('vacuum analyze');
  await client.end();
}

/** Rows go in several times as fast without them; returns the statements that make them again. Those that forbid doubles stay. */
async function dropIndexes(tx: Tx): Promise<string[]> {
  const { rows } = await tx.raw<{ rows: { name: string; made: string }[] }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made from pg_index
      where not indisunique and indrelid in ('accounts'::regclass, 'videos'::regclass, 'video_assets'::regclass,
        'video_tags'::regclass, 'likes'::regclass, 'watch_history'::regclass, 'follows'::regclass)`,
  );
  for (const { name } of rows) await tx.raw(`drop index ${name}`);
  return rows.map(({ made }) => made);
}

async function addPeople(tx: Tx, { accounts }: FeedSizes): Promise<void> {
  await tx.raw(
    `insert into accounts (id, username, username_key, domain, actor_uri, actor_type, inbox_uri, url, display_name)
     select ${ACCOUNT} + n, 'person' || n, 'person' || n, case when n % 2 = 0 then '' else 'm' || n % 50 || '.test' end,
            'https://m' || n % 50 || '.test/users/' || n, 'Person', 'https://m' || n % 50 || '.test/inbox',
            'https://m' || n % 50 || '.test/@person' || n, 'Person number ' || n
       from generate_series(1, ?::int) n`,
    [accounts],
  );
  // Every second of them is of this server.
  await tx.raw(
    `insert into users (account_id, password_hash, role, approval)
     select ${ACCOUNT} + n, 'none', 'user', 'approved' from generate_series(2, ?::int, 2) n`,
    [accounts],
  );
}

async function addVideos(tx: Tx, { accounts, videos }: FeedSizes): Promise<void> {
  await tx.raw(
    `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, caption, caption_html, language,
                         width, height, duration_seconds, published_at)
     select ${idAt(`(?::int - n) * (${DAYS} * 86400000.0 / ?::int)`, 'n')}, ${ACCOUNT} + 1 + (n * 7919::bigint) % ?::int, true,
            'https://m.test/v/' || n, 'https://m.test/v/' || n, 'published', 'public', 'ready',
            'Clip number ' || n || ' of topic ' || n % 997, '<p>Clip number ' || n || '</p>',
            (array['en', 'en', 'de', 'fr'])[1 + n % 4], 720, 1280, 5 + n % 50,
            now() - (?::int - n) * (${DAYS} * interval '1 day' / ?::int)
       from generate_series(1, ?::int) n`,
    [videos, videos, accounts, videos, videos, videos],
  );
  await tx.raw(`create temporary table seeded on commit drop as
    select id, row_number() over (order by id desc) as place from videos`);
  await tx.raw('create unique index on seeded (place)');
  // Pages show few of them: what is to be shown has its files.
  await tx.raw(
    `insert into video_assets (key, video_id, role, content_type, bytes, sha256, width, height)
     select 'media/' || id || '/' || role || suffix, id, role, type, 1000000, md5(id || role), 720, 1280
       from seeded, (values ('mp4', '.mp4', 'video/mp4'), ('poster', '.jpg', 'image/jpeg')) as kinds (role, suffix, type)`,
  );
  await tx.raw(
    `insert into video_tags (tag, video_id)
     select 't' || place % 997, id from seeded union all select 'u' || place % 89, id from seeded where place % 3 = 0`,
  );
}

async function addActions(tx: Tx, sizes: FeedSizes, viewers: string[]): Promise<void> {
  const { accounts, videos, likes, watched } = sizes;
  /** Of every second account, which are those of this server: what each does is about a few topics. */
  const actor = `${ACCOUNT} + 2 * (1 + n % (?::int / 2 - 1))`;
  const place = `1 + (floor(${skewed('n')} * (?::int / 997)) * 997 + (n % (?::int / 2 - 1)) % 997)::int % ?::int`;
  await tx.raw(
    `insert into likes (id, account_id, video_id, uri)
     select ${idAt(`${even('n * 31')} * 30 * 86400000`, 'n')}, ${actor}, seeded.id, 'urn:l:' || n
       from generate_series(1, ?::int) n join seeded on seeded.place = ${place}
     on conflict do nothing`,
    [accounts, likes, videos, accounts, videos],
  );
  const history = (who: string) =>
    `insert into watch_history (id, account_id, video_id, first_at, watched_at, watched_ms, times, viewed, completed)
     select ${idAt(`${even('n * 17')} * 30 * 86400000`, 'n')}, ${who}, seeded.id, now(), now(), 4000 + n % 9000, 1, true, n % 3 = 0`;
  await tx.raw(
    `${history(actor)} from generate_series(1, ?::int) n join seeded on seeded.place = ${place} on conflict do nothing`,
    [accounts, watched, videos, accounts, videos],
  );
  await tx.raw(
    `${history('viewer')}
       from unnest(?::bigint[]) with ordinality as viewers (viewer, nth) cross join lateral (
         select (nth * 1000 + k) as n, k from generate_series(1, 60) k) as own
       join seeded on seeded.place = 1 + ((own.k * 997 * (1 + own.k % 7)) + nth % 97)::int % ?::int
     on conflict do nothing`,
    [viewers, videos],
  );
  await tx.raw(
    `insert into follows (id, follower_id, target_id, uri, state)
     select 70000000 + nth * 1000 + n, viewer, ${ACCOUNT} + 1 + floor(${skewed('nth * 1000 + n')} * ?::int)::int,
            'urn:w:' || nth || ':' || n, 'accepted'
       from unnest(?::bigint[]) with ordinality as viewers (viewer, nth), generate_series(1, 100) n
     on conflict do nothing`,
    [accounts, viewers],
  );
}
