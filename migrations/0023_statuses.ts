import type { Knex } from 'knex';

/** Videos that wait for their post, posts that wait for their time, and what people keep, mute and look back at. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.boolean('awaits_post')
      .notNullable()
      .defaultTo(false)
      .comment(
        'uploaded as media: its author has not posted it yet; its state is draft once it can be played',
      );
    t.bigint('media_id')
      .unique()
      .comment('the id of its upload, by which its objects are named, where the post got another');
    t.float('focus_x', 24).comment('what matters in the picture: -1 is the left, 1 the right');
    t.float('focus_y', 24).comment('-1 is the bottom, 1 the top');
  });
  for (const table of ['videos', 'comments']) {
    await knex.schema.alterTable(table, (t) => {
      t.text('app_name').comment('of the app it was posted with, as that was called then');
      t.text('app_website');
    });
  }
  // What belongs to a video before it is posted goes with it when the post gets its id.
  for (const table of ['video_assets', 'video_fingerprints']) {
    await knex.schema.alterTable(table, (t) => {
      t.dropForeign('video_id');
      t.foreign('video_id').references('videos.id').onDelete('cascade').onUpdate('cascade');
    });
  }
  await knex.raw('create index videos_awaiting_post on videos (created_at) where awaits_post');
  await knex.raw('create index videos_drafts_of on videos (account_id) where awaits_post');

  await knex.schema.createTable('idempotency_keys', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('key').notNullable();
    t.jsonb('result').comment('what the request made; null while it runs');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now()).index();
    t.primary(['account_id', 'key']);
  });

  await knex.schema.createTable('scheduled_posts', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').unique().references('videos.id').onDelete('cascade').comment('null for a comment');
    t.timestamp('scheduled_at').notNullable().index();
    t.jsonb('post').notNullable().comment('what it will say');
    t.index(['account_id', 'id']);
  });

  await knex.schema.createTable('bookmarks', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id').references('videos.id').onDelete('cascade');
    t.bigint('comment_id').references('comments.id').onDelete('cascade');
    t.check('num_nonnulls(video_id, comment_id) = 1');
    t.unique(['account_id', 'video_id']);
    t.unique(['account_id', 'comment_id']);
    t.index(['account_id', 'id']);
    t.index('video_id');
    t.index('comment_id');
  });

  await knex.schema.createTable('thread_mutes', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('video_id')
      .notNullable()
      .references('videos.id')
      .onDelete('cascade')
      .comment('root of the thread');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.primary(['account_id', 'video_id']);
    t.index('video_id');
  });

  await knex.schema.createTable('post_versions', (t) => {
    t.bigint('id').primary();
    t.bigint('video_id').references('videos.id').onDelete('cascade');
    t.bigint('comment_id').references('comments.id').onDelete('cascade');
    t.check('num_nonnulls(video_id, comment_id) = 1');
    t.text('content_html').notNullable();
    t.text('content_warning').notNullable();
    t.boolean('sensitive').notNullable();
    t.timestamp('written_at').notNullable().comment('when the post began to say this');
    t.index(['video_id', 'id']);
    t.index(['comment_id', 'id']);
  });

  await knex.schema.createTable('video_tags', (t) => {
    t.text('tag').notNullable().comment('folded, without #');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.primary(['tag', 'video_id']);
    t.index('video_id');
  });
  // The tags of what is here already; of remote videos, their links say them.
  await knex.raw(
    `insert into video_tags (tag, video_id)
     select distinct lower(found[1]), id
       from videos, regexp_matches(caption, '(?:^|[^[:alnum:]_&/#])#([[:alnum:]_]{1,100})', 'g') as found
      where local and found[1] ~ '[[:alpha:]]'
     on conflict do nothing`,
  );
  await knex.raw(
    `insert into video_tags (tag, video_id)
     select distinct lower(found[1]), id
       from videos, regexp_matches(regexp_replace(caption_html, '<[^>]*>', '', 'g'),
              '(?:^|[^[:alnum:]_&/#])#([[:alnum:]_]{1,100})', 'g') as found
      where not local and found[1] ~ '[[:alpha:]]'
     on conflict do nothing`,
  );

  await knex.schema.createTable('tag_follows', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('tag').notNullable().comment('folded, without #');
    t.unique(['account_id', 'tag']);
    t.index(['account_id', 'id']);
  });

  await knex.schema.alterTable('shares', (t) => t.index(['account_id', 'id']));
  await knex.schema.alterTable('likes', (t) => t.index(['account_id', 'id']));
}
