import type { Knex } from 'knex';

/** Whoever changes the blocks of networks, all web processes read them anew. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function vireo_networks_changed() returns trigger language plpgsql as $$ begin
      perform pg_notify('vireo_networks', '');
      return null;
    end $$`);
  await knex.raw(`
    create trigger ip_blocks_changed after insert or update or delete on ip_blocks
      for each statement execute function vireo_networks_changed()`);
  await knex.raw(
    `comment on column ip_blocks.severity is 'sign_up_requires_approval | sign_up_block | no_access'`,
  );
}
