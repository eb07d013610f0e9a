import type { Knex } from 'knex';

/** What authors decide about their videos and what is said below them, and how often these were sent elsewhere. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('comments', (t) => {
    t.bigint('hidden_root_id').comment(
      'the comment at which the author of the video hid this part of the thread; null: it is shown',
    );
    t.integer('likes').notNullable().defaultTo(0).comment('counted in the transaction of each like');
  });
  await knex.raw(
    `update comments set likes = counted.likes
       from (select comment_id, count(*) as likes from likes where comment_id is not null group by comment_id) as counted
      where counted.comment_id = comments.id`,
  );
  await knex.raw('create index comments_first on comments (video_id, id) where parent_id is null');
  await knex.raw('create index comments_first_top on comments (video_id, likes, id) where parent_id is null');
  await knex.raw(
    'create index comments_answers_top on comments (parent_id, likes, id) where parent_id is not null',
  );

  await knex.schema.alterTable('videos', (t) => {
    t.text('sound_title').notNullable().defaultTo('').comment('what its author calls its own sound');
    t.boolean('keeps_draft')
      .notNullable()
      .defaultTo(false)
      .comment('its author posts it some day: it is not dropped');
    t.bigint('pinned_comment_id').references('comments.id').onDelete('set null');
    for (const what of ['download', 'duet', 'stitch']) {
      t.boolean(`allows_${what}`).notNullable().defaultTo(true);
    }
  });
  await knex.raw(
    'create index videos_pinning on videos (pinned_comment_id) where pinned_comment_id is not null',
  );
  // What a post says that waits for its time, its video says, too. As HTML it does once it is posted.
  await knex.raw(
    `update videos set keeps_draft = true, caption = post ->> 'text', content_warning = post ->> 'contentWarning',
            sensitive = (post ->> 'sensitive')::boolean, language = post ->> 'language', visibility = post ->> 'visibility'
       from scheduled_posts where scheduled_posts.video_id = videos.id and videos.awaits_post`,
  );
  // Nobody elsewhere was ever asked: what is not known to be allowed is not.
  await knex.raw('update videos set allows_duet = false, allows_stitch = false where not local');

  await knex.schema.alterTable('users', (t) => {
    for (const what of ['download', 'duet', 'stitch']) {
      t.boolean(`default_allows_${what}`).notNullable().defaultTo(true);
    }
  });

  await knex.schema.createTable('outward_shares', (t) => {
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.date('day').notNullable().comment('in UTC');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.primary(['video_id', 'account_id', 'day']);
    t.index('account_id');
    t.index(['video_id', 'created_at']);
  });
  await knex.schema.alterTable('bookmarks', (t) => t.index(['video_id', 'id']));
  await knex.schema.alterTable('video_stats', (t) => {
    t.integer('outward_shares').notNullable().defaultTo(0);
  });
}
