import type { Knex } from 'knex';

/** Playlists can be reported as what they are, and the staff can take one from everybody but its owner. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('reports', (t) => {
    t.specificType('playlist_ids', 'bigint[]')
      .notNullable()
      .defaultTo('{}')
      .comment('of the reported account');
  });
  await knex.schema.alterTable('playlists', (t) => {
    t.timestamp('taken_down_at').comment('since when its owner alone sees it; null: nobody took it down');
  });
}
