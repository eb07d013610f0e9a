import type { Knex } from 'knex';

/** Videos that are made with the sound of another one, and whether its author lets others make them. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.boolean('allows_sound')
      .defaultTo(true)
      .comment('others may make videos with its sound; null: its server does not say');
    t.bigint('sound_of_id')
      .references('videos.id')
      .onDelete('set null')
      .onUpdate('cascade')
      .comment('the video whose sound it was made with, where that was chosen and not only heard');
    t.text('sound_of_uri').comment('ActivityPub id of that; stays when that goes');
  });
  await knex.raw('update videos set allows_sound = null where not local');
  await knex.raw('create index videos_made_with on videos (sound_of_id) where sound_of_id is not null');

  await knex.schema.alterTable('users', (t) => {
    t.boolean('default_allows_sound').notNullable().defaultTo(true);
  });
}
