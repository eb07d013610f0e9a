import type { Knex } from 'knex';

/** Comments, likes, shares, blocks, reports, and what a post says beyond its video. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('accounts', (t) => {
    t.text('followers_uri').comment('of a remote account: how it addresses its followers');
    t.text('outbox_uri');
    t.text('featured_uri').comment('collection of pinned posts');
    t.specificType('also_known_as', 'text[]').notNullable().defaultTo('{}');
    t.bigint('moved_to_id').references('accounts.id').onDelete('set null');
    t.timestamp('moved_at');
  });

  await knex.schema.alterTable('videos', (t) => {
    t.timestamp('edited_at');
    t.specificType('attributed_to', 'text[]')
      .notNullable()
      .defaultTo('{}')
      .comment('actor ids beside the author that may change a remote video: a channel and its owner');
    t.boolean('comments_open').notNullable().defaultTo(true);
  });

  await knex.schema.createTable('comments', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id')
      .notNullable()
      .references('videos.id')
      .onDelete('cascade')
      .comment('root of the thread');
    t.bigint('parent_id').references('comments.id').onDelete('set null');
    t.boolean('local').notNullable();
    t.text('uri').notNullable().unique();
    t.text('url').notNullable();
    t.text('visibility').notNullable().comment('public | unlisted | followers | direct');
    t.text('text').notNullable().defaultTo('').comment('as written; empty for remote comments');
    t.text('content_html').notNullable();
    t.text('content_warning').notNullable().defaultTo('');
    t.boolean('sensitive').notNullable().defaultTo(false);
    t.text('language');
    t.timestamp('published_at').notNullable();
    t.timestamp('edited_at');
    t.index(['video_id', 'id']);
    t.index(['account_id', 'id']);
  });
  await knex.raw('create index comments_of_parent on comments (parent_id, id) where parent_id is not null');

  await knex.schema.createTable('mentions', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').references('videos.id').onDelete('cascade');
    t.bigint('comment_id').references('comments.id').onDelete('cascade');
    t.check('num_nonnulls(video_id, comment_id) = 1');
    t.unique(['video_id', 'account_id']);
    t.unique(['comment_id', 'account_id']);
    t.index('account_id');
  });

  await knex.schema.createTable('likes', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').references('videos.id').onDelete('cascade');
    t.bigint('comment_id').references('comments.id').onDelete('cascade');
    t.text('uri').notNullable().comment('id of the Like activity');
    t.text('emoji').comment('a reaction other than a plain like');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.check('num_nonnulls(video_id, comment_id) = 1');
    t.unique(['account_id', 'video_id']);
    t.unique(['account_id', 'comment_id']);
    t.index(['video_id', 'id']);
    t.index(['comment_id', 'id']);
    t.index('uri');
  });

  await knex.schema.createTable('dislikes', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.text('uri').notNullable();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['account_id', 'video_id']);
    t.index('video_id');
    t.index('uri');
  });

  await knex.schema.createTable('shares', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.text('uri').notNullable().comment('id of the Announce activity');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['account_id', 'video_id']);
    t.index(['video_id', 'id']);
    t.index('uri');
  });

  await knex.schema.createTable('video_stats', (t) => {
    t.bigint('video_id').primary().references('videos.id').onDelete('cascade');
    t.integer('likes').notNullable().defaultTo(0);
    t.integer('comments').notNullable().defaultTo(0);
    t.integer('shares').notNullable().defaultTo(0);
  });

  await knex.schema.createTable('remote_views', (t) => {
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.text('host').notNullable().comment('server that told of them');
    t.date('day').notNullable();
    t.integer('views').notNullable();
    t.primary(['video_id', 'host', 'day']);
    t.index('day');
  });

  await knex.schema.createTable('pins', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.primary(['account_id', 'video_id']);
    t.index('video_id');
  });

  await knex.schema.createTable('account_blocks', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('target_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('uri').notNullable().comment('id of the Block activity');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['account_id', 'target_id']);
    t.index(['target_id', 'account_id']);
    t.index('uri');
  });

  await knex.schema.createTable('reports', (t) => {
    t.bigint('id').primary();
    t.bigint('reporter_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('target_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('uri').notNullable().unique().comment('id of the Flag activity');
    t.specificType('video_ids', 'bigint[]').notNullable().defaultTo('{}');
    t.specificType('comment_ids', 'bigint[]').notNullable().defaultTo('{}');
    t.text('comment').notNullable().defaultTo('');
    t.boolean('forwarded').notNullable().defaultTo(false);
    t.text('state').notNullable().defaultTo('open').comment('open | resolved');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.index('target_id');
  });
  await knex.raw(`create index reports_open on reports (id) where state = 'open'`);

  await knex.schema.renameTable('video_tombstones', 'tombstones');

  await knex.schema.createTable('undone_activities', (t) => {
    t.text('actor_uri').notNullable();
    t.text('activity_uri').notNullable();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now()).index();
    t.primary(['actor_uri', 'activity_uri']);
  });

  await knex.schema.createTable('quote_authorizations', (t) => {
    t.bigint('id').primary();
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade').comment('who quotes');
    t.text('instrument_uri').notNullable().comment('the post that quotes the video');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['video_id', 'instrument_uri']);
    t.index('account_id');
  });
}
