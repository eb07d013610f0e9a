import type { Knex } from 'knex';

/** What the author of an upload keeps of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.jsonb('edit_list').comment(
      'in, out, cuts (seconds) and crop (parts of the picture) of the original; null: all of it',
    );
  });
}
