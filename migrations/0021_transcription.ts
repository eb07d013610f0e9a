import type { Knex } from 'knex';

/** Captions may be made by a service; which they are, and for which videos it has answered, is remembered. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('video_assets', (t) => {
    t.boolean('automatic').notNullable().defaultTo(false).comment('of captions: made by a service');
  });
  await knex.schema.alterTable('videos', (t) => {
    t.timestamp('transcribed_at').comment(
      'when a service told what is said in it; it is not asked again, though the author removes the captions',
    );
  });
}
