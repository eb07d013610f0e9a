import type { Knex } from 'knex';

/** Whose a sound is, and what may be done with it, as its author or the staff says. */
export async function up(knex: Knex): Promise<void> {
  // A row that says nothing stays: what the staff takes back finds it.
  await knex.schema.createTable('sound_rights', (t) => {
    t.bigint('sound_id').primary().references('sounds.id').onDelete('cascade');
    t.text('licence').notNullable().defaultTo('').comment('an id that is known, or words of their own');
    t.text('holder').notNullable().defaultTo('').comment('whose the rights are');
    t.text('isrc').notNullable().defaultTo('').comment('ISO 3901, without hyphens');
    t.text('source_url').notNullable().defaultTo('').comment('where it is from, http(s)');
    t.boolean('by_staff').notNullable().defaultTo(false).comment('its author changes nothing then');
  });
}
