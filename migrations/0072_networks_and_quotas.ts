import type { Knex } from 'knex';

/** Whoever changes the blocks of networks, all web processes read them anew; and how much one account may store. */
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
  await knex.schema.alterTable('users', (t) => {
    t.bigint('quota_bytes').comment(
      'what its videos may take, whatever its role; 0: no limit; null: as its role',
    );
  });
}
