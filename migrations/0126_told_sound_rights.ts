import type { Knex } from 'knex';

/** What other servers say of the rights to the sounds of their videos. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.jsonb('sound_rights').comment(
      'as its server says of its own sound: licence, holder, isrc, sourceUrl; null: nothing. What counts is in sound_rights',
    );
  });
}
