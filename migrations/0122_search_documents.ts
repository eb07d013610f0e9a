import type { Knex } from 'knex';

/**
 * A document has a mark for each of the durations that it is at least as long as, and for each that it is shorter than; and where its words
 * stand without their endings, those of no meaning keep their places (ADR 0083). All documents are read anew by the upkeep; until it is done,
 * filters by duration and quoted words miss some of those that were not read yet.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function search_lexeme(word text) returns text language sql immutable strict parallel safe as $$
      select '''' || replace(replace(word, '\\', '\\\\'), '''', '''''') || ''''
    $$`);
  await addDurations(knex);
  await keepFillers(knex);
  await knex.raw(
    'insert into search_changes (video_id) select video_id from search_documents order by video_id',
  );
}

/**
 * The marks of durations, from the greatest that a document has: a program of before, which may take in changes beside this one, gives that one alone,
 * and its documents would be missed until their videos change.
 */
async function addDurations(knex: Knex): Promise<void> {
  await knex.raw(`
    create function search_durations(marks text[]) returns text[] language sql immutable strict parallel safe as $$
      select coalesce(array_agg(case when duration <= own then '@s:' else '@t:' end || duration), '{}')
        from unnest('{0,5,10,15,20,30,45,60,90,120,180,300,600,1800}'::int[]) as duration,
             (select max(substr(mark, 4)::int) as own from unnest(marks) as mark where mark ~ '^@s:[0-9]{1,6}$') as longest
       where own is not null
    $$`);
}

/**
 * Words without their endings, and those of no meaning between them ("boat of wood") as they are written: PostgreSQL leaves their places empty,
 * where any word then fits. Those before the first and after the last that means something are kept where the text is taken as a whole.
 */
async function keepFillers(knex: Knex): Promise<void> {
  await knex.raw(`
    create function search_said(config regconfig, folded text, whole boolean) returns tsvector
      language sql immutable strict parallel safe as $$
      with meant as materialized (
        select lexeme, place from unnest(to_tsvector(config, folded)) as words (lexeme, places, weights), unnest(places) as place
      ), said as (
        select lexeme, place from meant
        union all
        select lexeme, place
          from unnest(to_tsvector('pg_catalog.simple', folded)) as words (lexeme, places, weights), unnest(places) as place
         where place not in (select place from meant)
           and (whole or place between (select min(place) from meant) and (select max(place) from meant))
      )
      select coalesce(string_agg(search_lexeme(lexeme) || ':' || places, ' '), '')::tsvector
        from (select lexeme, string_agg(place::text, ',') as places from said group by lexeme) as words
    $$`);
  await knex.raw(`
    create function search_in_a_row(words tsvector) returns tsquery language sql immutable strict parallel safe as $$
      select string_agg(coalesce('<' || place - before || '> ', '') || search_lexeme(lexeme), ' ' order by place, lexeme)::tsquery
        from (select lexeme, place, lag(place) over (order by place, lexeme) as before
                from unnest(words) as words (lexeme, places, weights), unnest(places) as place) as row
    $$`);
  await knex.raw(`
    create or replace function search_document(language text, caption text, aside text, spoken text, marks text[]) returns tsvector
      language sql immutable parallel safe as $$
      select words || array_to_tsvector(marks || search_durations(marks) || search_pairs(words))
        from (select setweight(to_tsvector('pg_catalog.simple', search_fold(caption)), 'A')
                  || gap || setweight(search_said(search_config(language), search_fold(caption), true), 'A')
                  || gap || setweight(to_tsvector('pg_catalog.simple', search_fold(aside)), 'B')
                  || gap || setweight(search_said(search_config(language), search_fold(aside), true), 'B')
                  || gap || setweight(to_tsvector('pg_catalog.simple', search_fold(spoken)), 'C')
                  || gap || setweight(search_said(search_config(language), search_fold(spoken), true), 'C') as words
                from (values ('''@'':2'::tsvector)) as between_parts (gap)) as parts
    $$`);
}
