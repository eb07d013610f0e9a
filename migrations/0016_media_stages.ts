import type { Knex } from 'knex';

/** Videos are made in stages, from sources that are known by their content. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.text('thumbhash');
    t.specificType('planned_rungs', 'integer[]').comment(
      'every size that its source is good for, largest first',
    );
    t.boolean('all_rungs_wanted')
      .notNullable()
      .defaultTo(false)
      .comment('somebody asked for a size that is made at first demand only');
    t.boolean('unannounced')
      .notNullable()
      .defaultTo(false)
      .comment('of this server, played here already; other servers are told once its MP4 is made');
    t.text('source_sha256').comment('of the file it was made from, hex');
    t.float('loudness_lufs', 53).comment('of the source, integrated');
    t.float('true_peak_db', 53);
    t.float('poster_seconds', 53).comment('the frame its author chose');
    t.text('poster_key').comment('object key of the picture its author uploaded as poster');
    t.timestamp('last_watched_at');
  });
  await knex.raw('create index videos_source on videos (source_sha256) where source_sha256 is not null');
  await knex.raw('create index videos_watched on videos ((coalesce(last_watched_at, created_at)), id)');
  await knex.raw(
    `create index videos_unfinished on videos (account_id) where media_state in ('waiting', 'working')`,
  );

  await knex.schema.alterTable('video_assets', (t) => {
    t.text('language').comment('of captions');
    t.text('label').comment('of captions, as people see it');
    t.dropPrimary();
    t.primary(['video_id', 'key']);
    t.index('key');
  });
  await knex.raw('drop index video_assets_video_id_index');
  // By the video that an object was stored for, which is not always the one that it is played by.
  await knex.raw(`create index video_assets_owner on video_assets (split_part(key, '/', 2))`);

  await knex.schema.createTable('video_fingerprints', (t) => {
    t.bigint('video_id').primary().references('videos.id').onDelete('cascade');
    t.binary('chromaprint').comment('of its sound: 32-bit words, low byte first');
    t.binary('phash').comment('of its picture, two a second: 64 bits each');
    t.binary('phash_mirrored');
  });

  // For finding the same recording from another server: a few candidates of the same length.
  await knex.raw(
    `create index videos_length on videos (duration_seconds) where media_state = 'ready' and not local`,
  );

  await knex.schema.alterTable('jobs', (t) => {
    t.integer('priority').notNullable().defaultTo(0).comment('0 goes first; then 1, 2 and so on');
  });
}
