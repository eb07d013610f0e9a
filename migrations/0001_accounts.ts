import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('create sequence id_nodes');

  await knex.schema.createTable('instance_settings', (t) => {
    t.text('key').primary();
    t.jsonb('value').notNullable();
  });

  await knex.schema.createTable('accounts', (t) => {
    t.bigint('id').primary();
    t.text('username').notNullable();
    t.text('username_key').notNullable();
    t.text('domain').notNullable().defaultTo('').comment('empty for accounts of this server');
    t.text('actor_uri').notNullable().unique();
    t.text('actor_type').notNullable();
    t.text('display_name').notNullable().defaultTo('');
    t.text('bio_html').notNullable().defaultTo('');
    t.text('url');
    t.text('inbox_uri').notNullable();
    t.text('shared_inbox_uri');
    t.boolean('locked').notNullable().defaultTo(false);
    t.boolean('discoverable').notNullable().defaultTo(false);
    t.boolean('indexable').notNullable().defaultTo(false);
    t.text('state').notNullable().defaultTo('active').comment('active | pending | suspended | deleted');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('fetched_at').comment('when a remote account was last read from its server');
    t.unique(['username_key', 'domain']);
  });

  await knex.schema.createTable('users', (t) => {
    t.bigint('account_id').primary().references('accounts.id').onDelete('cascade');
    t.text('email');
    t.text('email_key').unique();
    t.text('password_hash').notNullable();
    t.text('role').notNullable().comment('owner | admin | moderator | user');
    t.text('approval').notNullable().comment('approved | pending | rejected');
    t.text('reason').comment('why a person asked to join');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('last_seen_at');
  });
  await knex.raw(`create index users_pending on users (created_at) where approval = 'pending'`);

  await knex.schema.createTable('sessions', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('kind').notNullable().comment('cookie | bearer');
    t.binary('token_hash').notNullable().unique();
    t.specificType('scopes', 'text[]').notNullable();
    t.text('user_agent').notNullable().defaultTo('');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('last_used_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('expires_at').notNullable();
    t.index('account_id');
  });

  await knex.schema.createTable('actor_keys', (t) => {
    t.text('key_uri').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('public_key_pem').notNullable();
    t.text('private_key_sealed').notNullable().comment('encrypted with the secret key of the instance');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.index('account_id');
  });
}
