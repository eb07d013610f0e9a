import type { Knex } from 'knex';

/** What an actor signed with before its key was changed, for what was on its way then (docs/adr/0059-keys-that-change.md). */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('actor_keys', (t) => {
    t.text('previous_sealed').comment('the private key before this one, encrypted as this one');
    t.bigInteger('previous_until').comment('the last activity that is signed with it; null: not known yet');
  });
}
