import type { Knex } from 'knex';

/** Auxiliary service providers (FASP) that asked to work for this server, and what the staff uses of them. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('fasp_providers', (t) => {
    t.bigint('id').primary().comment('by which the provider signs');
    t.text('state').notNullable().comment('waiting | accepted | refused | removed');
    t.text('name').notNullable().comment('as it registered');
    t.text('base_url').notNullable();
    t.text('server_id').notNullable().comment('by which this server signs');
    t.text('public_key').notNullable().comment('Ed25519, in base64');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('decided_at').comment('when the staff answered last');
    t.jsonb('info').comment('what it says of itself');
    t.timestamp('info_at');
    t.timestamp('next_at').notNullable().comment('when it is asked or told something next');
    t.integer('failures').notNullable().defaultTo(0).comment('in a row');
    t.text('failure');
    t.index(['state']);
  });
  await knex.schema.createTable('fasp_keys', (t) => {
    t.bigint('provider_id').primary().references('fasp_providers.id').onDelete('cascade');
    t.text('public_key').notNullable().comment('of this server for this provider alone, in base64');
    t.text('private_key_sealed').notNullable();
  });
  await knex.schema.createTable('fasp_capabilities', (t) => {
    t.bigint('provider_id').notNullable().references('fasp_providers.id').onDelete('cascade');
    t.text('capability').notNullable();
    t.text('version').notNullable();
    t.boolean('enabled').notNullable().defaultTo(false);
    t.boolean('told').notNullable().defaultTo(false).comment('what the provider was told last');
    t.primary(['provider_id', 'capability']);
  });
}
