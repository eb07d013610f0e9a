import type { Knex } from 'knex';

/** Passkeys (WebAuthn), the challenges that were answered, and apps that a document tells of. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('passkeys', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('credential_id').notNullable().unique().comment('base64url, made by the authenticator');
    t.binary('public_key').notNullable().comment('COSE');
    t.bigint('counter').notNullable().comment('signatures, where the authenticator counts; it only rises');
    t.specificType('transports', 'text[]').notNullable();
    t.boolean('synced').notNullable().comment('the maker of the authenticator keeps a copy');
    t.text('name').notNullable();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('last_used_at');
    t.index(['account_id', 'id']);
  });
  await knex.schema.createTable('passkey_challenges', (t) => {
    t.binary('challenge_hash').primary().comment('answered once: another answer is refused');
    t.timestamp('expires_at').notNullable().index();
  });
  await knex.schema.alterTable('apps', (t) => {
    t.timestamp('document_at').comment('when the document was read whose address the client id is');
  });
  await knex.schema.alterTable('users', (t) => {
    t.binary('passkey_handle').unique().comment('by which authenticators know the account; random');
  });
}
