import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('follows', (t) => {
    t.bigint('id').primary();
    t.bigint('follower_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('target_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('uri').notNullable().comment('id of the Follow activity');
    t.text('state').notNullable().comment('pending | accepted | undone');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['follower_id', 'target_id']);
    t.index('uri');
  });
  await knex.raw(`create index follows_of_target on follows (target_id, id) where state = 'accepted'`);
  await knex.raw(`create index follows_by_follower on follows (follower_id, id) where state = 'accepted'`);
  await knex.raw(`create index follows_pending on follows (target_id, id) where state = 'pending'`);
}
