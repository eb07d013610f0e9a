import type { Knex } from 'knex';

/** What the staff decides about sounds, and what that does to videos. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('sound_rules', (t) => {
    t.bigint('sound_id').primary().references('sounds.id').onDelete('cascade');
    t.text('action').notNullable().comment('mute | refuse | allow');
    t.text('reason').notNullable().defaultTo('').comment('as the authors of videos with it read it');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.check(`action in ('mute', 'refuse', 'allow')`);
  });

  await knex.schema.alterTable('listed_media', (t) => {
    t.binary('sound_print').comment(
      'of what must not be heard, as sounds.print; null: it is not listed by its sound',
    );
    t.text('sound_action').comment('mute | refuse, where there is a sound_print');
    t.dropChecks('listed_media_check');
    t.check('sha256 is not null or phash is not null or sound_print is not null', {}, 'listed_media_says');
    t.check(`(sound_print is null) = (sound_action is null)`, {}, 'listed_media_acts');
    t.check(`sound_action in ('mute', 'refuse')`, {}, 'listed_media_action');
  });
  await knex.schema.createTable('listed_sound_keys', (t) => {
    t.integer('key').notNullable().comment('as sound_keys.key');
    t.bigint('listed_id').notNullable().references('listed_media.id').onDelete('cascade').index();
    t.smallint('position').notNullable();
    t.primary(['key', 'listed_id', 'position']);
  });

  await knex.schema.alterTable('sounds', (t) => {
    // Without a reference: whoever takes something from the list has to know which sounds it stood for.
    t.bigint('listed_id').comment('what is listed and heard in it; it may be on the list no more');
  });
  await knex.raw('create index sounds_listed on sounds (listed_id) where listed_id is not null');

  await knex.schema.alterTable('videos', (t) => {
    t.boolean('staff_muted').notNullable().defaultTo(false).comment('by its own measure alone');
    t.boolean('silent')
      .notNullable()
      .defaultTo(false)
      .comment('what is played of it was made without its sound');
  });
  await knex.raw('create index videos_silenced on videos (id) where staff_muted is distinct from silent');

  // Which measures a rule took: what else mutes a video stays when the rule goes.
  await knex.schema.createTable('sound_rule_measures', (t) => {
    t.bigint('measure_id').primary().references('measures.id').onDelete('cascade');
    t.bigint('video_id')
      .notNullable()
      .references('videos.id')
      .onDelete('cascade')
      .onUpdate('cascade')
      .index();
    t.bigint('sound_id').notNullable().references('sounds.id').onDelete('cascade').index();
  });
}
