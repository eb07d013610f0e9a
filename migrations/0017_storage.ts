import type { Knex } from 'knex';

/** Where media is written to, and which videos have gone to the cheaper store. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('storage_state', (t) => {
    t.boolean('is_only').primary().defaultTo(true).checkIn(['true'], 'storage_state_one_row');
    t.text('active')
      .notNullable()
      .checkIn(['files', 's3'], 'storage_state_active')
      .comment('takes what is written');
    t.timestamp('changed_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.schema.alterTable('videos', (t) => {
    t.timestamp('cold_since').comment('its large files lie in the cheaper store');
  });
  await knex.raw('create index videos_original on videos (original_key) where original_key is not null');
  await knex.raw(
    `create index videos_to_cool on videos ((coalesce(last_watched_at, published_at, created_at)))
      where cold_since is null and media_state = 'ready'`,
  );
}
