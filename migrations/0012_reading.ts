import type { Knex } from 'knex';

/** Relays, and what was read of other servers when. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('relays', (t) => {
    t.bigint('id').primary();
    t.text('kind')
      .notNullable()
      .comment('mastodon: follows the public collection | litepub: follows the relay');
    t.text('inbox_uri').notNullable().unique();
    t.text('actor_uri').unique().comment('of a relay of kind mastodon known only once it has answered');
    t.text('follow_uri').notNullable().unique().comment('id of our Follow activity');
    t.text('state').notNullable().comment('pending | accepted | rejected');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.date('day').comment('day that the count is of');
    t.integer('videos_of_day').notNullable().defaultTo(0);
  });

  await knex.schema.alterTable('videos', (t) => {
    t.boolean('discovery')
      .notNullable()
      .defaultTo(false)
      .comment('a relay told of it, and nobody here had asked for its author');
    t.timestamp('replies_asked_at').comment('when its server was last asked for the comments');
    t.timestamp('missing_since').comment('since when its server answers 404');
  });

  await knex.schema.alterTable('accounts', (t) => {
    t.timestamp('outbox_read_at').comment('when older videos of a remote account were last imported');
  });
}
