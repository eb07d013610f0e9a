import type { Knex } from 'knex';

/** What a moderator has to see before others do. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.boolean('hold')
      .notNullable()
      .defaultTo(false)
      .comment('a moderator decides before it is seen; its state is held once it can be played');
  });
  await knex.schema.alterTable('comments', (t) => {
    t.timestamp('held_at').comment('waits for a moderator, hidden by itself (hidden_root_id is its own id)');
  });
  await knex.schema.createTable('held_posts', (t) => {
    t.bigint('id').primary();
    t.bigint('video_id').unique().references('videos.id').onDelete('CASCADE').onUpdate('CASCADE');
    t.bigint('comment_id').unique().references('comments.id').onDelete('CASCADE');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('CASCADE');
    t.text('cause').notNullable().comment('rule | hash | classifier');
    t.bigint('rule_id').references('content_rules.id').onDelete('SET NULL');
    t.text('note').notNullable().defaultTo('');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.check('num_nonnulls(video_id, comment_id) = 1');
    t.index('account_id');
    t.index('rule_id');
  });
}
