import type { Knex } from 'knex';

/** What came by relays, and which of them are not listened to for a while. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('relays', (t) => {
    t.timestamp('paused_at').comment('what it tells is passed over from then on; it does not hear of that');
    t.timestamp('last_video_at').comment('when a video was last kept on its word');
    t.bigint('videos').notNullable().defaultTo(0).comment('kept on its word, since it is counted');
  });
}
