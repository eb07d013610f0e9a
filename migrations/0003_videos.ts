import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('videos', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.boolean('local').notNullable();
    t.text('uri').notNullable().unique();
    t.text('url').notNullable();
    t.text('state').notNullable().comment('uploading | received | rejected | published');
    t.text('visibility').notNullable().comment('public | unlisted | followers');
    t.text('caption').notNullable().defaultTo('').comment('as written; empty for remote videos');
    t.text('caption_html').notNullable().defaultTo('');
    t.text('content_warning').notNullable().defaultTo('');
    t.boolean('sensitive').notNullable().defaultTo(false);
    t.text('alt_text').notNullable().defaultTo('');
    t.text('language');
    t.float('duration_seconds', 53);
    t.integer('width');
    t.integer('height');
    t.text('blurhash');
    t.text('media_state').notNullable().comment('waiting | working | ready | failed | none');
    t.text('media_stage').comment('what a worker does now');
    t.smallint('media_percent').notNullable().defaultTo(0);
    t.text('media_reason').comment('why it was refused, for programs');
    t.text('media_detail').comment('why it was refused, for people');
    t.jsonb('chunk_index').comment('byte ranges and times of the fragments of every rung');
    t.text('original_key').comment('object key of the uploaded file');
    t.text('source_url').comment('where a remote video is fetched from');
    t.text('source_poster_url');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('published_at');
    t.index(['account_id', 'id']);
  });
  await knex.raw(
    `create index videos_public on videos (id) where state = 'published' and visibility = 'public'`,
  );

  await knex.schema.createTable('video_assets', (t) => {
    t.text('key').primary().comment('object key');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.text('role').notNullable().comment('mp4 | hls-master | hls-media | cmaf | poster');
    t.integer('rung').comment('short side in pixels');
    t.text('content_type').notNullable();
    t.bigint('bytes').notNullable();
    t.text('sha256').notNullable();
    t.integer('width');
    t.integer('height');
    t.integer('bandwidth').comment('bits per second, peak');
    t.text('codecs');
    t.index('video_id');
  });

  await knex.schema.createTable('uploads', (t) => {
    t.text('id').primary().comment('id of the tus upload');
    t.bigint('video_id').notNullable().unique().references('videos.id').onDelete('cascade');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('filename').notNullable();
    t.bigint('bytes').notNullable();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.index('created_at');
  });

  await knex.schema.createTable('video_tombstones', (t) => {
    t.text('uri').notNullable();
    t.text('actor_uri').notNullable().comment('who deleted it; counts only for posts of the same author');
    t.timestamp('deleted_at').notNullable().defaultTo(knex.fn.now());
    t.primary(['uri', 'actor_uri']);
  });
}
