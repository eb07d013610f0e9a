import type { Knex } from 'knex';

/** What people watch, what it adds to the counts of videos, and where their feeds stand. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('watch_events', (t) => {
    t.binary('id').primary().comment('keyed hash of who sent it and of the id that the client gave it');
    t.bigint('account_id')
      .references('accounts.id')
      .onDelete('cascade')
      .comment('null: nobody signed in, or somebody who keeps no history');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.text('kind').notNullable().comment('view | watch | complete | skip');
    t.integer('watched_ms').notNullable();
    t.text('source').notNullable().comment('where the video was shown');
    t.timestamp('happened_at').notNullable().comment('by the clock of the client, within a day of ours');
    t.timestamp('received_at').notNullable().index();
    t.index('video_id');
  });
  await knex.raw(
    'create index watch_events_of_account on watch_events (account_id, video_id) where account_id is not null',
  );
  await knex.raw(
    'create index watch_events_of_nobody on watch_events (received_at) where account_id is null',
  );

  await knex.schema.createTable('watch_history', (t) => {
    t.bigint('id').primary().comment('a new one each time, so that it sorts by when it was last watched');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.timestamp('first_at').notNullable();
    t.timestamp('watched_at').notNullable();
    t.bigint('watched_ms').notNullable();
    t.integer('times').notNullable().comment('views that were counted');
    t.boolean('viewed').notNullable().comment('false: shown, and left at once');
    t.boolean('completed').notNullable();
    t.unique(['account_id', 'video_id']);
    t.index('video_id');
  });
  await knex.raw('create index watch_history_viewed on watch_history (account_id, id) where viewed');

  await knex.schema.createTable('view_salts', (t) => {
    t.date('day').primary();
    t.binary('salt').notNullable();
  });
  await knex.schema.createTable('view_keys', (t) => {
    t.binary('key').primary().comment('salted hash of who, which video and which hour');
    t.date('day').notNullable().index();
  });

  const counts = (t: Knex.CreateTableBuilder) => {
    for (const column of ['views', 'completions', 'skips', 'watched_ms']) t.bigint(column).notNullable();
  };
  await knex.schema.createTable('view_tallies', (t) => {
    t.bigIncrements('id').comment('each row is added to the counts below once, and then gone');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade').index();
    t.date('day').notNullable();
    counts(t);
  });
  await knex.schema.createTable('video_views', (t) => {
    t.bigint('video_id').primary().references('videos.id').onDelete('cascade');
    counts(t);
  });
  await knex.schema.createTable('video_view_days', (t) => {
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.date('day').notNullable();
    counts(t);
    t.primary(['video_id', 'day']);
  });
  // Rows that change all the time: room beside each, so that its next version needs no new entry in an index.
  for (const table of ['video_views', 'video_view_days']) {
    await knex.raw('alter table ?? set (fillfactor = 70)', [table]);
  }

  await knex.schema.createTable('not_interested', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['account_id', 'video_id']);
    t.index(['account_id', 'id']);
    t.index('video_id');
  });

  await knex.schema.createTable('feed_settings', (t) => {
    t.bigint('account_id').primary().references('accounts.id').onDelete('cascade');
    t.boolean('history_paused').notNullable().defaultTo(false);
    t.boolean('for_you_list').notNullable().defaultTo(true).comment('shown among the lists of apps');
  });
  await knex.schema.createTable('feed_places', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('last_id').notNullable().comment('the last video of a page');
    t.binary('state').notNullable().comment('how the feed goes on behind it');
    t.timestamp('served_at').notNullable().index();
    t.primary(['account_id', 'last_id']);
  });

  await knex.raw(
    `create index videos_public_local on videos (id) where state = 'published' and visibility = 'public' and local`,
  );
}
