import type { Knex } from 'knex';

/** Sounds are found by what they are called, also where it is written a little differently. */
export async function up(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { schema: string }[] }>(
    `select quote_ident(extnamespace::regnamespace::text) as schema from pg_extension where extname = 'pg_trgm'`,
  );
  const trigrams = rows[0]?.schema;
  if (trigrams === undefined)
    throw new Error('PostgreSQL has no extension pg_trgm; it is in its contrib package.');
  const named = `is_open and title <> ''`;
  await knex.raw(
    `create index sounds_alike on sounds using gin (search_fold(title) ${trigrams}.gin_trgm_ops) where ${named}`,
  );
  await knex.raw(`
    create function search_sounds_like(word text, most int) returns table (sound_id bigint, likeness real)
      language sql stable set pg_trgm.word_similarity_threshold = 0.55 as $$
      select sounds.id, ${trigrams}.word_similarity(word, search_fold(title))
        from sounds where ${named} and word operator(${trigrams}.<%) search_fold(title)
       order by 2 desc, sounds.uses desc, sounds.id limit most
    $$`);
}
