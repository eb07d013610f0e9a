import type { Knex } from 'knex';

/** Which bucket the media were moved to, where there are two: their names change places, their addresses do not. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('storage_state', (t) => {
    t.text('address').comment(
      'endpoint and bucket of the active store; null: the only object storage there is',
    );
  });
}
