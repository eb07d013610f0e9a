import type { Knex } from 'knex';

/** People can delete their accounts: hidden at once, gone after a while in which they may come back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`comment on column accounts.state is 'active | pending | suspended | leaving | deleted'`);
  await knex.schema.alterTable('accounts', (t) => {
    t.timestamp('deleted_at').comment('of an account of this server: when it was deleted for good');
  });
  await knex.raw('create index accounts_deleted on accounts (deleted_at) where deleted_at is not null');
  await knex.schema.alterTable('users', (t) => {
    t.timestamp('delete_at').comment('when the account is deleted, unless its owner signs in before');
  });
  await knex.raw('create index users_leaving on users (delete_at) where delete_at is not null');
  // Whoever heard anything of an account is told that it is gone.
  await knex.raw('create index activities_of_account on activities (account_id)');
}
