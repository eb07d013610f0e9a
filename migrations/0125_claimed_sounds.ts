import type { Knex } from 'knex';

/** What an upheld claim does to videos that were made with the sound of a claimed one. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('claims', (t) => {
    t.text('sound_policy')
      .notNullable()
      .defaultTo('keep')
      .comment('keep | mute | remove: what becomes of videos that were made with the sound of a claimed one');
    t.check(`sound_policy in ('keep', 'mute', 'remove')`, {}, 'claims_sound_policy');
  });
}
