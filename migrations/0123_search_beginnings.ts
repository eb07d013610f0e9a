import type { Knex } from 'knex';

/** Letters of a beginning that has indexes of its own. */
const LETTERS = [1, 2, 3];

/**
 * Of what begins with one letter there may be more than can be looked at: hashtags that several videos have, and sounds, stand in the order of
 * how much they are used, by their first letters (ADR 0083).
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function search_step(uses int) returns smallint language sql immutable strict parallel safe as $$
      select case when uses >= 4 then floor(4 * ln(uses) / ln(2))::smallint end
    $$`);
  await knex.schema.createTable('search_common_tags', (t) => {
    t.text('tag').primary();
    t.specificType('step', 'smallint')
      .notNullable()
      .comment('how many videos have it: 4 more are twice as many');
  });
  for (const letters of LETTERS) {
    await knex.raw(
      `create index search_common_tags_${letters} on search_common_tags (left(tag, ${letters}), step desc, tag)`,
    );
    await knex.raw(
      `create index sounds_begin_${letters} on sounds (left(search_fold(title), ${letters}), uses desc, id) where is_open and title <> ''`,
    );
  }
  // Before the copy: what a server counts meanwhile waits, and is not missed.
  await keepCommonTags(knex);
  await knex.raw(`insert into search_common_tags (tag, step)
    select term, search_step(uses) from search_terms where kind = 'tag' and search_step(uses) is not null`);
}

/** Written a few times for each doubling of the videos: the row that is counted itself is written with every one, and stays out of these indexes. */
async function keepCommonTags(knex: Knex): Promise<void> {
  await knex.raw(`
    create function search_tag_counted() returns trigger language plpgsql as $$ begin
      if tg_op = 'DELETE' or search_step(new.uses) is null then
        delete from search_common_tags where tag = old.term;
      else
        insert into search_common_tags (tag, step) values (new.term, search_step(new.uses))
        on conflict (tag) do update set step = excluded.step;
      end if;
      return null;
    end $$`);
  const isCommon = (row: string) => `${row}.kind = 'tag' and search_step(${row}.uses) is not null`;
  const on = {
    insert: ['insert', isCommon('new')],
    update: [
      'update of uses',
      `new.kind = 'tag' and search_step(old.uses) is distinct from search_step(new.uses)`,
    ],
    delete: ['delete', isCommon('old')],
  } as const;
  for (const [name, [event, when]] of Object.entries(on)) {
    await knex.raw(`create trigger search_tag_counted_on_${name} after ${event} on search_terms
      for each row when (${when}) execute function search_tag_counted()`);
  }
}
