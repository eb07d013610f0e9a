import type { Knex } from 'knex';

/** Rows as they were before and after a deed of the staff, so that it can be taken back; the log itself holds no words of people. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('audit_changes', (t) => {
    t.bigint('audit_id').notNullable().references('audit_log.id');
    t.integer('place').notNullable();
    t.text('row_table').notNullable();
    t.jsonb('before').comment('null: there was none');
    t.jsonb('after').comment('null: there is none any more');
    t.primary(['audit_id', 'place']);
  });
}
