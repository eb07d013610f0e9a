import type { Knex } from 'knex';

/** How long each kind of thing is kept: when that was looked after last, and what came of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('retention_runs', (t) => {
    t.text('class').primary();
    t.timestamp('counts_from')
      .notNullable()
      .defaultTo(knex.fn.now())
      .comment('nothing is taken for older than this: what was there before an upgrade has its whole time');
    t.timestamp('running_since').comment('null while nobody runs it');
    t.timestamp('started_at');
    t.timestamp('ok_at').comment('the end of the last run that succeeded');
    t.bigint('freed_rows').notNullable().defaultTo(0).comment('by the last run that freed anything');
    t.bigint('freed_bytes').notNullable().defaultTo(0);
    t.timestamp('freed_at');
    t.timestamp('failed_at').comment('of the last run, where that failed; null since the next success');
    t.text('error');
    t.timestamp('alarmed_at').comment('when the staff was told; null again once all is well');
  });
  // Uploaded files whose time may be over, oldest first.
  await knex.raw(
    `create index videos_originals_kept on videos (published_at)
      where local and state = 'published' and original_key is not null`,
  );
  await knex.schema.alterTable('videos', (t) => {
    t.timestamp('poster_at').comment(
      'of another server: when its poster was copied; null: with the row, or never',
    );
  });
  await knex.raw(
    `create index video_assets_posters on video_assets (video_id) where role in ('poster', 'poster-webp')`,
  );
  await knex.raw(`create index notifications_created on notifications (created_at)`);
}
