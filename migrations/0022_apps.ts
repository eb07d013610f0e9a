import type { Knex } from 'knex';

/** Apps that sign in by OAuth 2, their tokens among the sessions, and second factors. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('apps', (t) => {
    t.bigint('id').primary();
    t.text('client_id').notNullable().unique();
    t.binary('secret_hash').notNullable();
    t.text('name').notNullable();
    t.text('website');
    t.specificType('redirect_uris', 'text[]').notNullable();
    t.specificType('scopes', 'text[]').notNullable();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('token_at').comment('when it got its first token; apps that never do are swept');
  });
  await knex.raw('create index apps_unused on apps (created_at) where token_at is null');

  await knex.schema.createTable('oauth_codes', (t) => {
    t.binary('code_hash').primary();
    t.bigint('app_id').notNullable().references('apps.id').onDelete('cascade').index();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade').index();
    t.text('redirect_uri').notNullable();
    t.specificType('scopes', 'text[]').notNullable();
    t.text('challenge').comment('S256 of RFC 7636');
    t.timestamp('expires_at').notNullable().index();
    t.timestamp('used_at');
    t.bigint('session_id').comment('what it gave: ended when the code comes again');
  });

  await knex.schema.alterTable('sessions', (t) => {
    t.bigint('app_id').references('apps.id').onDelete('cascade').index();
    t.setNullable('account_id');
    t.setNullable('expires_at');
  });
  await knex.raw(
    'alter table sessions add constraint sessions_of_somebody check (account_id is not null or app_id is not null)',
  );
  await knex.raw('create index sessions_ending on sessions (expires_at) where expires_at is not null');

  await knex.schema.createTable('second_factors', (t) => {
    t.bigint('account_id').primary().references('accounts.id').onDelete('cascade');
    t.text('secret_sealed').notNullable().comment('encrypted with the secret key of the instance');
    t.timestamp('confirmed_at').comment('null: begun, and not asked for yet');
    t.bigint('last_step').notNullable().defaultTo(0).comment('of RFC 6238: a code counts once');
  });
  await knex.schema.createTable('recovery_codes', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.binary('code_hash').notNullable();
    t.primary(['account_id', 'code_hash']);
  });
}
