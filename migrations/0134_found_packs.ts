import type { Knex } from 'knex';

/** Starter packs are found by the words of their name and description, and by hashtags that people in them show on their profiles. */
export async function up(knex: Knex): Promise<void> {
  // As it is written: people write their packs in any language, and say in none which. What it calls is bound now: where PostgreSQL
  // builds an index, no function is found by its bare name.
  await knex.raw(`
    create function pack_words(title text, description text) returns tsvector
      language sql immutable strict parallel safe
      return setweight(to_tsvector('pg_catalog.simple', search_fold(title)), 'A')
          || setweight(to_tsvector('pg_catalog.simple', search_fold(description)), 'B')`);
  await knex.raw(
    'create index packs_words on packs using gin (pack_words(title, description)) with (fastupdate = off)',
  );
  await knex.raw('create index featured_tags_tag on featured_tags (tag, account_id)');
}
