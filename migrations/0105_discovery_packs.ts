import type { Knex } from 'knex';

/** What a new server begins with: topics, servers and accounts that the staff chose, and what is brought of them. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('discovery_packs', (t) => {
    t.bigint('id').primary();
    t.text('state').notNullable().comment('running | stopped | done');
    t.specificType('topics', 'text[]').notNullable();
    t.specificType('hosts', 'text[]').notNullable().comment('servers whose lists are read');
    t.specificType('accounts', 'text[]').notNullable().comment('handles whose outboxes are read');
    t.integer('max_videos').notNullable();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('ended_at');
  });
  await knex.schema.alterTable('told_posts', (t) => {
    t.text('kind')
      .notNullable()
      .defaultTo('video')
      .comment('video | list: of posts, by its address | outbox: of an account, by its handle');
  });
}
