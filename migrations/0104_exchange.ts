import type { Knex } from 'knex';

/** Servers that are asked what trends there, and the posts that they and others told of. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('exchange_peers', (t) => {
    t.bigint('id').primary();
    t.text('host').notNullable().unique().comment('with its port, where it has one');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('paused_at').comment('what it tells counts for nothing from then on, and it is not asked');
    t.text('etag').comment('of the list that it told last');
    t.timestamp('listed_at').comment('when it told that list');
    t.timestamp('fetched_at');
    t.timestamp('succeeded_at');
    t.timestamp('next_at').notNullable().comment('when it is asked next');
    t.integer('failures').notNullable().defaultTo(0).comment('in a row');
    t.text('failure');
    t.date('day').comment('day that the count is of');
    t.integer('videos_of_day').notNullable().defaultTo(0).comment('brought here on its word');
  });
  await knex.schema.createTable('told_posts', (t) => {
    t.bigint('id').primary();
    t.text('source').notNullable().comment('peer: a server that was asked what trends there');
    t.bigint('source_id').notNullable();
    t.text('uri').notNullable();
    t.text('host').notNullable().comment('of the server that the post is of, which alone is asked for it');
    t.smallint('rank').notNullable().comment('1 to 100, which is the best');
    t.text('state').notNullable().comment('waiting | accepted | refused');
    t.text('reason').comment('why it was refused');
    t.bigint('video_id').references('videos.id').onDelete('set null');
    t.integer('attempts').notNullable().defaultTo(0);
    t.timestamp('next_at').comment('when its server is asked; null: it was');
    t.timestamp('told_at').notNullable().comment('last');
    t.timestamp('counts_until').notNullable();
    t.unique(['source', 'source_id', 'uri']);
    t.check('rank between 1 and 100');
  });
  await knex.raw(`create index told_posts_waiting on told_posts (next_at) where state = 'waiting'`);
  await knex.raw(
    `create index told_posts_accepted on told_posts (video_id) where state = 'accepted' and video_id is not null`,
  );
  await knex.raw('create index told_posts_told on told_posts (told_at)');
}
