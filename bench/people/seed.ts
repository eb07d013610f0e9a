import pg from 'pg';

export interface PeopleSizes {
  readonly accounts: number;
  readonly follows: number;
  readonly videos: number;
}

/** Ids of rows that are written here; those that the server gives are far above. */
export const ACCOUNT = 1_000;
const TAGS = 2_000;

/**
 * Rows as the server leaves them. Some are followed by very many, as it is everywhere: of each hundred follows, ten go to the same hundredth of
 * the people. The one of the first id follows more people than anybody, and is followed by a tenth of all.
 */
export async function seedPeople(
  databaseUrl: string,
  { accounts, follows, videos }: PeopleSizes,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const triggers = async (what: 'enable' | 'disable') => {
    for (const table of ['accounts', 'follows', 'videos', 'video_tags'])
      await client.query(`alter table ${table} ${what} trigger user`);
  };
  try {
    await client.query(`set statement_timeout = 0; set synchronous_commit = off; select setseed(0.5)`);
    await triggers('disable');
    await client.query(
      `insert into accounts (id, username, username_key, domain, actor_uri, actor_type, inbox_uri, url, display_name, discoverable, indexable)
       select $1::int + n, 'p' || n, 'p' || n, case when n % 2 = 0 then '' else 'm' || n % 50 || '.test' end, 'https://m.test/users/' || n,
              'Person', 'https://m.test/inbox', 'https://m.test/@' || n, 'P ' || n, n % 3 > 0, true
         from generate_series(0, $2::int - 1) as n`,
      [ACCOUNT, accounts],
    );
    await client.query(
      `insert into follows (id, follower_id, target_id, uri, state)
       select row_number() over (), follower, target, 'https://m.test/f/' || follower || '/' || target, 'accepted'
         from (select $1::int + floor(random() * $2::int)::int as follower, $1::int + floor(random() ^ 3 * $2::int)::int as target
                 from generate_series(1, $3::int)
               union select $1::int, $1::int + n * 7 from generate_series(1, $2::int / 40) as n
               union select $1::int + n * 10, $1::int from generate_series(1, $2::int / 10 - 1) as n) as pairs
        where follower <> target`,
      [ACCOUNT, accounts, follows],
    );
    await client.query(
      `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, caption, caption_html, published_at)
       select n, $1::int + floor(random() ^ 2 * $2::int)::int, false, 'https://m.test/v/' || n, 'https://m.test/v/' || n, 'published', 'public',
              'ready', '', '', now() - ($3::int - n) * interval '10 seconds'
         from generate_series(1, $3::int) as n`,
      [ACCOUNT, accounts, videos],
    );
    await client.query(
      `insert into video_tags (tag, video_id)
       select distinct 't' || floor(random() ^ 3 * $2::int)::int, n from generate_series(1, $1::int) as n, generate_series(1, 2)`,
      [videos, TAGS],
    );
    await triggers('enable');
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}
