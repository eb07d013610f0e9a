import type { Knex } from 'knex';

/** What the staff, the command line and rules of the server did. Rows are added and never changed. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('audit_log', (t) => {
    t.bigint('id').primary();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.text('actor_kind').notNullable().comment('person | operator | server');
    // No reference: the entry stays as it is when the account goes.
    t.bigint('account_id').comment('of the person who acted');
    t.text('actor_name').comment('of the rule or upkeep of the server that acted');
    t.text('action').notNullable().comment('AREA.VERB');
    t.text('target_kind').notNullable();
    t.text('target_id').notNullable();
    t.text('reason').notNullable().defaultTo('');
    t.jsonb('detail')
      .notNullable()
      .defaultTo('{}')
      .comment('what changed: ids, numbers and words of the program');
    t.bigint('undoes')
      .unique()
      .references('audit_log.id')
      .comment('the entry whose deed this one takes back');
    t.index(['target_kind', 'target_id', 'id']);
    t.index(['account_id', 'id']);
    t.index(['action', 'id']);
  });
  await knex.raw(`
    create function refuse_change() returns trigger language plpgsql as $$
      begin raise exception '% of % is refused: its rows are only added', tg_op, tg_table_name
        using errcode = 'insufficient_privilege'; end $$`);
  await knex.raw(`
    create trigger audit_log_is_added_to_only before update or delete or truncate on audit_log
      for each statement execute function refuse_change()`);
}
