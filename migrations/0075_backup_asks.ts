import type { Knex } from 'knex';

/** What the staff asked for about backups from the page, and how far each work is. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('backup_runs', (t) => {
    t.text('step').comment('how far it is, in words of the program; null: nothing was told yet');
    t.timestamp('seen_at').comment('when its process last said that it lives');
    t.jsonb('detail').comment('numbers of what came of it');
  });

  // Not in backups: what was asked of one server is not asked of the one that is made of it.
  await knex.schema.createTable('backup_asks', (t) => {
    t.text('kind').primary().comment('create | verify | rehearse; one of each waits at a time');
    t.text('name').comment('of the backup; null: the newest');
    t.timestamp('asked_at').notNullable();
  });
}
