import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { marksOf } from '../../src/modules/search/postgres/marks.ts';
import { createRandom, wordAt, zipf } from './words.ts';

export interface SearchSizes {
  readonly accounts: number;
  readonly videos: number;
  /** Different words in all captions. */
  readonly words: number;
}

/** Ids of rows that are written here; those that the server gives are far above. */
const ACCOUNT = 1_000;
const SOUND = 1_000;
const DAYS = 720;
const DAY_MS = 86_400_000;
const LANGUAGES = ['en', 'en', 'en', 'de', 'fr', 'es', 'ja', null];
const TAGS = 20_000;

/** Rows as the server leaves them, by COPY, on a connection of its own: it takes longer than any request may. */
export async function seedSearch(databaseUrl: string, sizes: SearchSizes): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `set statement_timeout = 0; set maintenance_work_mem = '512MB'; set synchronous_commit = off`,
    );
    await client.query('begin');
    const tables = [
      'accounts',
      'sounds',
      'videos',
      'video_tags',
      'video_stats',
      'search_documents',
      'search_terms',
    ];
    const remake = await dropIndexes(client, tables);
    for (const table of tables) await client.query(`alter table ${table} disable trigger user`);
    await addPeople(client, sizes);
    await addSounds(client, sizes);
    await addVideos(client, sizes);
    for (const table of tables) await client.query(`alter table ${table} enable trigger user`);
    await client.query(
      `insert into search_common_tags (tag, step)
       select term, search_step(uses) from search_terms where kind = 'tag' and search_step(uses) is not null`,
    );
    for (const statement of remake) await client.query(statement);
    await client.query('commit');
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

/** Rows go in several times as fast without them; returns the statements that make them again. */
async function dropIndexes(client: pg.Client, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; made: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made from pg_index
      where not indisunique and indrelid = any($1::regclass[])`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ made }) => made);
}

async function addPeople(client: pg.Client, { accounts, words }: SearchSizes): Promise<void> {
  const random = createRandom(7);
  const lines = function* (): Generator<string> {
    for (let n = 0; n < accounts; n += 1) {
      const name = `${wordAt(zipf(random, words))}${wordAt(Math.floor(random() * words))}${n}`;
      const domain = n % 2 === 0 ? '' : `m${n % 50}.test`;
      const shown = `${wordAt(zipf(random, words))} ${wordAt(Math.floor(random() * words))}`;
      yield row([
        ACCOUNT + n,
        name,
        name,
        domain,
        `https://m.test/users/${n}`,
        'Person',
        'https://m.test/inbox',
        `https://m.test/@${n}`,
        shown,
        't',
        't',
      ]);
    }
  };
  await copy(
    client,
    'accounts (id, username, username_key, domain, actor_uri, actor_type, inbox_uri, url, display_name, discoverable, indexable)',
    lines(),
  );
}

/** One for ten videos. */
const soundsOf = ({ videos }: SearchSizes): number => videos / 10;

async function addSounds(client: pg.Client, sizes: SearchSizes): Promise<void> {
  const random = createRandom(13);
  const lines = function* (): Generator<string> {
    for (let n = 0; n < soundsOf(sizes); n += 1) {
      const title = `${wordAt(zipf(random, sizes.words))} ${wordAt(Math.floor(random() * sizes.words))}`;
      yield row([SOUND + n, title, 't', Math.floor(random() ** -0.9)]);
    }
  };
  await copy(client, 'sounds (id, title, is_open, uses)', lines());
}

async function addVideos(client: pg.Client, sizes: SearchSizes): Promise<void> {
  await client.query(`create temporary table given (id bigint, account_id bigint, local bool, language text, caption text,
    seconds real, published_at timestamptz, likes int, popularity smallint, tags text[], marks text[], sound_id bigint) on commit drop`);
  await copy(client, 'given', videoLines(sizes));
  await client.query(
    `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, caption, caption_html, language,
                         width, height, duration_seconds, published_at, sound_id)
     select id, account_id, local, 'https://m.test/v/' || id, 'https://m.test/v/' || id, 'published', 'public', 'ready',
            caption, '<p>' || caption || '</p>', language, 720, 1280, seconds, published_at, sound_id from given`,
  );
  await client.query('insert into video_stats (video_id, likes) select id, likes from given where likes > 0');
  await client.query('insert into video_tags (tag, video_id) select distinct unnest(tags), id from given');
  await client.query(
    `insert into search_documents (video_id, account_id, published_at, duration_seconds, popularity, counted, document)
     select id, account_id, published_at, seconds, popularity, true, search_document(language, caption, '', '', marks) from given`,
  );
  await client.query(
    `insert into search_terms (kind, term, uses)
     select 'word', word, count(*) from given, regexp_split_to_table(lower(caption), ' ') as word where word ~ '^[a-z]' group by word
     union all select 'tag', tag, count(*) from video_tags group by tag
     union all select 'language', language, count(*) from given where language is not null group by language`,
  );
}

function* videoLines(sizes: SearchSizes): Generator<string> {
  const { videos, accounts, words } = sizes;
  const random = createRandom(11);
  const now = Date.now();
  for (let n = 0; n < videos; n += 1) {
    // As on servers that grow: as many in the last weeks as in the months before.
    const publishedAt = now - Math.floor(DAYS * DAY_MS * (1 - (n + 1) / videos) ** 1.5);
    const id = (BigInt(publishedAt - 1_704_067_200_000) << 22n) | BigInt(n % 4_194_304);
    const accountId = String(ACCOUNT + Math.floor(random() ** 3 * accounts));
    const language = LANGUAGES[Math.floor(random() * LANGUAGES.length)] ?? null;
    const tags = [
      ...new Set(Array.from({ length: Math.floor(random() * 4) }, () => `t${wordAt(zipf(random, TAGS))}`)),
    ];
    const said = Array.from({ length: 6 + Math.floor(random() * 14) }, () => wordAt(zipf(random, words)));
    const likes = Math.floor(random() ** -0.9) - 1;
    const popularity = Math.min(20, Math.floor(Math.log2(1 + likes)));
    const local = random() < 0.5;
    const seconds = 5 + Math.floor(random() * 170);
    const marks = marksOf({
      accountId,
      seconds,
      local,
      language,
      publishedAt,
      popularity,
      tags,
      hasCaptions: false,
      hasAlt: false,
    });
    const caption = [...said, ...tags.map((tag) => `#${tag}`)].join(' ');
    yield row([
      ...[String(id), accountId, local ? 't' : 'f', language, caption, seconds],
      ...[
        new Date(publishedAt).toISOString(),
        Math.min(likes, 2_000_000),
        popularity,
        list(tags),
        list(marks),
        SOUND + Math.floor(random() ** 2 * soundsOf(sizes)),
      ],
    ]);
  }
}

/** Nothing that is written here needs escapes. */
const row = (values: readonly (string | number | null)[]): string =>
  `${values.map((value) => value ?? '\\N').join('\t')}\n`;
const list = (values: readonly string[]): string => `{${values.map((value) => `"${value}"`).join(',')}}`;

async function copy(client: pg.Client, into: string, lines: Iterable<string>): Promise<void> {
  const stream = client.query(copyFrom(`copy ${into} from stdin`));
  await pipeline(Readable.from(chunked(lines)), stream);
}

function* chunked(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < 100_000) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
