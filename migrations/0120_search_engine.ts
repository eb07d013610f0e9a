import type { Knex } from 'knex';

/**
 * What a search engine beside PostgreSQL has to be told (ADR 0082). `search_engine` has a row while there is one; then whatever becomes of
 * a document leaves a line in `search_engine_changes`, one for each video at most, in the same transaction. Versions only go up, so that
 * what is older never overwrites what is newer.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create sequence search_versions as bigint');
  await knex.schema.createTable('search_engine', (t) => {
    t.smallint('id').primary().comment('1: there is one row at most');
    t.text('prefix').notNullable();
    t.text('building').comment('the index that is being filled; null: none; empty: nothing was begun');
    t.bigint('filled_to').notNullable().defaultTo(0).comment('the last video that it has');
    t.text('held_by').comment('the process that tells it what changed, until then');
    t.timestamp('held_until');
    t.timestamp('failing_since');
    t.text('failure');
    t.check('id = 1');
  });
  await knex.schema.createTable('search_engine_changes', (t) => {
    t.bigint('video_id').primary();
    t.bigint('version').notNullable();
  });
  await knex.schema.alterTable('search_documents', (t) => {
    t.bigint('version').comment('null: as it was before there were versions');
  });
  const parts = ['document', 'account_id', 'published_at', 'duration_seconds', 'popularity'];
  const row = (name: string) => `(${parts.map((part) => `${name}.${part}`).join(', ')})`;
  await knex.raw(`
    create function search_document_version() returns trigger language plpgsql as $$ begin
      if tg_op = 'INSERT' or ${row('new')} is distinct from ${row('old')} then new.version := nextval('search_versions'); end if;
      return new;
    end $$;
    create trigger search_document_version before insert or update of ${parts.join(', ')} on search_documents
      for each row execute function search_document_version()`);
  await knex.raw(`
    create function search_engine_told() returns trigger language plpgsql as $$ begin
      if tg_op = 'UPDATE' and new.version is not distinct from old.version then return null; end if;
      if not exists (select from search_engine) then return null; end if;
      insert into search_engine_changes (video_id, version)
        values (case tg_op when 'DELETE' then old.video_id else new.video_id end,
                case tg_op when 'DELETE' then nextval('search_versions') else new.version end)
        on conflict (video_id) do update set version = excluded.version;
      return null;
    end $$;
    create trigger search_engine_told after insert or update or delete on search_documents
      for each row execute function search_engine_told()`);
}
