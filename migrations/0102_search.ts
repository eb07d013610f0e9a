import type { Knex } from 'knex';

/**
 * What search looks in. A document says of one video what it is found by; it is there for videos alone that search may show to
 * anybody. Whatever changes a video leaves a line in `search_changes`, in the same transaction, and the document follows (ADR 0069).
 */
export async function up(knex: Knex): Promise<void> {
  const trigrams = await extension(knex, 'pg_trgm');
  await addFunctions(knex, await extension(knex, 'unaccent'));
  await addTables(knex, trigrams);
  await addLikeness(knex, trigrams);
  await addTriggers(knex);
  await knex.raw(`insert into search_changes (video_id) select videos.id from videos
    where state = 'published' and visibility = 'public' order by videos.id`);
}

/**
 * The schema that an extension is in. Where it is not there yet it comes into one of its own: `public` is emptied when a backup is
 * put back. Both are trusted extensions, which the owner of a database may add.
 */
async function extension(knex: Knex, name: string): Promise<string> {
  const find = async (): Promise<string | undefined> => {
    const { rows } = await knex.raw<{ rows: { schema: string }[] }>(
      'select quote_ident(extnamespace::regnamespace::text) as schema from pg_extension where extname = ?',
      [name],
    );
    return rows[0]?.schema;
  };
  const found = await find();
  if (found !== undefined) return found;
  await knex.raw('create schema if not exists extensions');
  await knex.raw(`create extension if not exists ${name} schema extensions`);
  const made = await find();
  if (made === undefined)
    throw new Error(`PostgreSQL has no extension ${name}; it is in its contrib package.`);
  return made;
}

/** By the codes of ISO 639-1: the languages that PostgreSQL 15 knows the endings of. */
const STEMMED = {
  ...{ ar: 'arabic', hy: 'armenian', eu: 'basque', ca: 'catalan', da: 'danish', nl: 'dutch', en: 'english' },
  ...{
    fi: 'finnish',
    fr: 'french',
    de: 'german',
    el: 'greek',
    hi: 'hindi',
    hu: 'hungarian',
    id: 'indonesian',
  },
  ...{ ga: 'irish', it: 'italian', lt: 'lithuanian', ne: 'nepali', no: 'norwegian', nb: 'norwegian' },
  ...{ nn: 'norwegian', pt: 'portuguese', ro: 'romanian', ru: 'russian', sr: 'serbian', es: 'spanish' },
  ...{ sv: 'swedish', ta: 'tamil', tr: 'turkish', yi: 'yiddish' },
};

async function addFunctions(knex: Knex, unaccent: string): Promise<void> {
  const cases = Object.entries(STEMMED).map(
    ([code, name]) => `when '${code}' then 'pg_catalog.${name}'::regconfig`,
  );
  await knex.raw(`
    create function search_config(language text) returns regconfig language sql immutable parallel safe as $$
      select case lower(split_part(language, '-', 1)) ${cases.join(' ')} else 'pg_catalog.simple'::regconfig end
    $$`);
  await knex.raw(`
    create function search_fold(words text) returns text language sql immutable strict parallel safe as $$
      select lower(${unaccent}.unaccent('${unaccent}.unaccent'::regdictionary, normalize(words, nfkc)))
    $$`);
  // As they are written and without their endings: who searches may write in another language than the video. A place is left free
  // between the parts, or the last word of one and the first of the next would be a phrase.
  await knex.raw(`
    create function search_document(language text, caption text, aside text, spoken text, marks text[]) returns tsvector
      language sql immutable parallel safe as $$
      select setweight(to_tsvector('pg_catalog.simple', search_fold(caption)), 'A')
          || gap || setweight(to_tsvector(search_config(language), search_fold(caption)), 'A')
          || gap || setweight(to_tsvector('pg_catalog.simple', search_fold(aside)), 'B')
          || gap || setweight(to_tsvector(search_config(language), search_fold(aside)), 'B')
          || gap || setweight(to_tsvector('pg_catalog.simple', search_fold(spoken)), 'C')
          || gap || setweight(to_tsvector(search_config(language), search_fold(spoken)), 'C')
          || array_to_tsvector(marks)
        from (values ('''@'':2'::tsvector)) as between_parts (gap)
    $$`);
  // From 0 to 20: twice as much of it is one more.
  await knex.raw(`
    create function search_popularity(likes int, comments int, shares int) returns smallint
      language sql immutable parallel safe as $$
      select least(20, floor(log(2, 1 + greatest(0, likes::bigint + comments + 2 * shares::bigint))))::smallint
    $$`);
}

async function addTables(knex: Knex, trigrams: string): Promise<void> {
  await knex.schema.createTable('search_documents', (t) => {
    t.bigint('video_id').primary().references('videos.id').onDelete('cascade').onUpdate('cascade');
    t.bigint('account_id').notNullable();
    t.timestamp('published_at').notNullable();
    t.specificType('duration_seconds', 'real');
    t.specificType('popularity', 'smallint').notNullable().defaultTo(0);
    t.text('spoken').notNullable().defaultTo('').comment('what its captions say');
    t.text('spoken_from')
      .notNullable()
      .defaultTo('')
      .comment('object keys of the captions that it was read from');
    t.boolean('counted').notNullable().defaultTo(false).comment('its words are in search_terms');
    t.specificType('document', 'tsvector').notNullable();
  });
  // Without a list of what is not sorted in yet: every search would read it from end to end.
  await knex.raw(
    'create index search_documents_words on search_documents using gin (document) with (fastupdate = off)',
  );
  // There is one way to read the table, whatever a word is; to weigh it against thousands of common words took longer than to go it.
  await knex.raw('alter table search_documents alter column document set statistics 10');

  await knex.schema.createTable('search_changes', (t) => {
    t.bigIncrements('id');
    t.bigint('video_id').notNullable();
  });

  await knex.schema.createTable('search_terms', (t) => {
    t.text('kind').notNullable().comment('word | tag | language');
    t.text('term').notNullable().comment('in the form that it is searched by');
    t.integer('uses')
      .notNullable()
      .comment('documents that had it; those that went are counted until all is read anew');
    t.primary(['kind', 'term']);
  });
  await knex.raw('create index search_terms_begin on search_terms (kind, term text_pattern_ops)');
  await knex.raw(
    `create index search_terms_alike on search_terms using gin (term ${trigrams}.gin_trgm_ops) where kind <> 'language'`,
  );
  const shown = `owner_id is null and state = 'active'`;
  await knex.raw(
    `create index accounts_alike on accounts
       using gin (search_fold(username_key || ' ' || display_name) ${trigrams}.gin_trgm_ops) where ${shown}`,
  );
}

/** Operators of the extension have to be named with its schema, which is not the same everywhere: here alone. */
async function addLikeness(knex: Knex, trigrams: string): Promise<void> {
  await knex.raw(`
    create function search_terms_like(wanted text, word text, most int) returns table (term text, uses int, likeness real)
      language sql stable set pg_trgm.similarity_threshold = 0.3 as $$
      select search_terms.term, search_terms.uses, ${trigrams}.similarity(search_terms.term, word)
        from search_terms
       where kind <> 'language' and kind = wanted and search_terms.term operator(${trigrams}.%) word
       order by 3 desc, 2 desc limit most
    $$`);
  await knex.raw(`
    create function search_accounts_like(word text, most int) returns table (account_id bigint, likeness real)
      language sql stable set pg_trgm.word_similarity_threshold = 0.55 as $$
      select accounts.id, ${trigrams}.word_similarity(word, search_fold(username_key || ' ' || display_name))
        from accounts
       where owner_id is null and state = 'active'
         and word operator(${trigrams}.<%) search_fold(username_key || ' ' || display_name)
       order by 2 desc, accounts.followers_count desc, accounts.id limit most
    $$`);
}

/** Whichever of the many ways a video, its files, hashtags and author change by. */
async function addTriggers(knex: Knex): Promise<void> {
  const trigger = (name: string, on: string, body: string) =>
    knex.raw(`
      create function ${name}() returns trigger language plpgsql as $$ begin ${body} return null; end $$;
      create trigger ${name} after ${on} execute function ${name}()`);
  const note = (row: string) => `insert into search_changes (video_id) values (${row});`;
  const shown = (row: string) => `${row}.state = 'published' and ${row}.visibility = 'public'`;
  await trigger('search_video_added', `insert on videos for each row when (${shown('new')})`, note('new.id'));
  const said = [
    'state',
    'visibility',
    'account_id',
    'caption',
    'caption_html',
    'content_warning',
    'alt_text',
  ];
  const told = [...said, 'language', 'duration_seconds', 'published_at', 'local'];
  const row = (name: string) => `(${told.map((column) => `${name}.${column}`).join(', ')})`;
  await trigger(
    'search_video_changed',
    `update of ${told.join(', ')} on videos for each row
       when (((${shown('old')}) or (${shown('new')})) and ${row('old')} is distinct from ${row('new')})`,
    note('new.id'),
  );
  await trigger('search_tag_added', 'insert on video_tags for each row', note('new.video_id'));
  await trigger('search_tag_removed', 'delete on video_tags for each row', note('old.video_id'));
  await trigger(
    'search_captions_added',
    `insert on video_assets for each row when (new.role = 'captions')`,
    note('new.video_id'),
  );
  await trigger(
    'search_captions_removed',
    `delete on video_assets for each row when (old.role = 'captions')`,
    note('old.video_id'),
  );
  const popularity = (name: string) => `search_popularity(${name}.likes, ${name}.comments, ${name}.shares)`;
  await trigger(
    'search_popularity_changed',
    `update of likes, comments, shares on video_stats for each row
       when (${popularity('old')} <> ${popularity('new')})`,
    note('new.video_id'),
  );
  await trigger(
    'search_author_changed',
    `update of indexable, state on accounts for each row
       when ((old.indexable and old.state = 'active') <> (new.indexable and new.state = 'active'))`,
    `insert into search_changes (video_id)
       select id from videos where account_id = new.id and ${shown('videos')};`,
  );
}
