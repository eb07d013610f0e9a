import type { Knex } from 'knex';

/** What auxiliary services are told of what is public here. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('fasp_subscriptions', (t) => {
    t.bigint('id').primary();
    t.bigint('provider_id').notNullable().references('fasp_providers.id').onDelete('cascade');
    t.text('category').notNullable().comment('content | account');
    t.text('kind').notNullable().comment('lifecycle | trends');
    t.integer('max_batch').notNullable();
    t.integer('timeframe').comment('in minutes; of trends');
    t.integer('shares');
    t.integer('likes');
    t.integer('replies');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.index('provider_id');
  });
  await knex.schema.createTable('fasp_backfills', (t) => {
    t.bigint('id').primary();
    t.bigint('provider_id').notNullable().references('fasp_providers.id').onDelete('cascade');
    t.text('category').notNullable();
    t.integer('max_count').notNullable();
    t.integer('remaining').notNullable().comment('until it asks for more');
    t.bigint('before').comment('what was sent last; the newest goes first');
    t.boolean('has_more').notNullable().defaultTo(true);
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.index('provider_id');
  });
  await knex.schema.createTable('fasp_news', (t) => {
    t.bigint('id').primary();
    t.bigint('subscription_id').notNullable().references('fasp_subscriptions.id').onDelete('cascade');
    t.text('event').notNullable().comment('new | update | delete | trending');
    t.bigint('object_id').notNullable();
    t.text('uri').notNullable();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['subscription_id', 'uri']);
    t.index('created_at');
  });
  await knex.schema.createTable('fasp_shared', (t) => {
    t.bigint('provider_id').notNullable().references('fasp_providers.id').onDelete('cascade');
    t.text('category').notNullable();
    // No reference: what is gone is still to be taken back.
    t.bigint('object_id').notNullable();
    t.text('uri').notNullable();
    t.timestamp('checked_at').notNullable().defaultTo(knex.fn.now());
    t.primary(['provider_id', 'category', 'object_id']);
    t.index('checked_at');
  });
  await knex.schema.createTable('fasp_trended', (t) => {
    t.bigint('subscription_id').notNullable().references('fasp_subscriptions.id').onDelete('cascade');
    t.bigint('video_id').notNullable();
    t.timestamp('told_at').notNullable();
    t.primary(['subscription_id', 'video_id']);
  });
  await knex.schema.alterTable('fasp_providers', (t) => {
    t.timestamp('tell_at').comment('when it is told news again, after a failure');
    t.integer('tell_failures').notNullable().defaultTo(0).comment('in a row');
  });
}
