import type { Knex } from 'knex';

/**
 * Words that follow each other can be looked for in the index of search; words of what is gone are forgotten; sounds are suggested by how
 * their name begins, and people who want to be found stand apart from all others (ADR 0079). All documents are read anew by the upkeep.
 */
export async function up(knex: Knex): Promise<void> {
  await addPairs(knex);
  await addForgetting(knex);
  await knex.raw(
    `create index sounds_begin on sounds (search_fold(title) text_pattern_ops) where is_open and title <> ''`,
  );
  // Of those who begin so, most do not want to be found by it: the indexes of all would be read on and on.
  const found = `discoverable and state = 'active' and owner_id is null`;
  await knex.raw(
    `create index accounts_found_by_handle on accounts (username_key text_pattern_ops) where ${found}`,
  );
  await knex.raw(
    `create index accounts_found_by_name on accounts (lower(display_name) text_pattern_ops) where ${found}`,
  );
  await knex.raw(
    'insert into search_changes (video_id) select video_id from search_documents order by video_id',
  );
}

/**
 * A mark for each word and the next one, by how far it is: one of 262,144, so that there are no more of them than words, however many
 * videos there are. Two pairs of words may share one, and the places of the words are looked at besides.
 */
async function addPairs(knex: Knex): Promise<void> {
  await knex.raw(`
    create function search_pairs(words tsvector) returns text[] language sql immutable strict parallel safe as $$
      select coalesce(array_agg(distinct
               '@w' || left(encode(sha256(convert_to(word || ' ' || distance || ' ' || next, 'UTF8')), 'base64'), 3)), '{}')
        from (select lexeme as word, lead(lexeme) over places as next, lead(place) over places - place as distance
                from unnest(words) as parts (lexeme, positions, weights), unnest(positions) as place
              window places as (order by place, lexeme)) as pairs
       where next is not null and word <> '@' and next <> '@'
    $$`);
  await knex.raw(`
    create or replace function search_document(language text, caption text, aside text, spoken text, marks text[]) returns tsvector
      language sql immutable parallel safe as $$
      select words || array_to_tsvector(marks || search_pairs(words))
        from (select setweight(to_tsvector('pg_catalog.simple', search_fold(caption)), 'A')
                  || gap || setweight(to_tsvector(search_config(language), search_fold(caption)), 'A')
                  || gap || setweight(to_tsvector('pg_catalog.simple', search_fold(aside)), 'B')
                  || gap || setweight(to_tsvector(search_config(language), search_fold(aside)), 'B')
                  || gap || setweight(to_tsvector('pg_catalog.simple', search_fold(spoken)), 'C')
                  || gap || setweight(to_tsvector(search_config(language), search_fold(spoken)), 'C') as words
                from (values ('''@'':2'::tsvector)) as between_parts (gap)) as parts
    $$`);
}

/**
 * What is counted of a document can be read from it: the words of its caption as they are written stand before the first gap, hashtags and
 * language are marks. So a document that goes, by whatever way, leaves what has to be taken off.
 */
async function addForgetting(knex: Knex): Promise<void> {
  await knex.raw(`
    create function search_terms_of(document tsvector) returns table (kind text, term text)
      language sql immutable strict parallel safe as $$
      with parts as materialized (select lexeme, positions[1] as place from unnest(document))
      select 'word', lexeme from parts
       where lexeme ~ '^[[:alpha:]]{2,40}$' and place < (select place from parts where lexeme = '@')
      union all select 'tag', substr(lexeme, 2) from parts where lexeme like '#%'
      union all select 'language', substr(lexeme, 4) from parts where lexeme like '@l:%'
    $$`);
  await knex.schema.createTable('search_forgotten', (t) => {
    t.bigIncrements('id');
    t.specificType('document', 'tsvector').notNullable().comment('its words are not counted any more');
  });
  await knex.raw(`
    create function search_document_left() returns trigger language plpgsql as $$ begin
      if old.counted then insert into search_forgotten (document) values (old.document); end if;
      if tg_op = 'DELETE' then return old; end if;
      new.counted := false;
      return new;
    end $$;
    create trigger search_document_left before delete or update of document on search_documents
      for each row execute function search_document_left()`);
  await knex.raw('delete from search_terms');
  await knex.raw(`
    insert into search_terms (kind, term, uses)
    select kind, term, count(*) from search_documents, search_terms_of(document) where counted group by kind, term`);
}
