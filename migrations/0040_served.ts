import type { Knex } from 'knex';

/** What was chosen for people, and why: for the people themselves, for a day, and what was tried out on them, to learn from it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('feed_slates', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id')
      .references('accounts.id')
      .onDelete('cascade')
      .comment('null: shared by all who are not signed in');
    t.text('weights_version').notNullable();
    t.specificType('video_ids', 'bigint[]').notNullable();
    t.binary('items').notNullable().comment('deflated JSON: what was chosen, with score and reasons');
    t.timestamp('made_at').notNullable().index();
    t.index(['account_id', 'id']);
  });
  // Compressed already, and read whole.
  await knex.raw('alter table feed_slates alter column items set storage external');

  await knex.schema.createTable('explored_slots', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade').index();
    t.bigint('slate_id').notNullable();
    t.float('propensity', 53).notNullable().comment('how likely this choice was');
    t.text('weights_version').notNullable();
    t.timestamp('served_at').notNullable().index();
    t.primary(['account_id', 'video_id', 'slate_id']);
  });
}
