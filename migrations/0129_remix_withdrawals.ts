import type { Knex } from 'knex';

/** Authors who deleted a video and take back every duet and stitch of it: what of that is still to be done; and who was refused so long ago that it is forgotten. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('remix_withdrawals', (t) => {
    t.bigint('video_id').primary().comment('the original, which is gone');
    t.text('original_uri').notNullable();
    t.bigint('account_id')
      .notNullable()
      .references('accounts.id')
      .onDelete('cascade')
      .index()
      .comment('whose it was');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.schema.createTable('withdrawn_stamps', (t) => {
    t.bigint('id').primary().comment('of the stamp, which went with the original');
    t.bigint('video_id').notNullable().references('remix_withdrawals.video_id').onDelete('cascade');
    t.bigint('account_id')
      .notNullable()
      .references('accounts.id')
      .onDelete('cascade')
      .index()
      .comment('whose remix it is');
    t.text('instrument_uri').notNullable().comment('the remix');
    t.index(['video_id', 'id']);
  });
  await knex.raw(
    `create index remix_requests_refused on remix_requests (created_at) where state = 'refused'`,
  );
}
