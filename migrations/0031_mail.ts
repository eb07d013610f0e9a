import type { Knex } from 'knex';

/** Messages that leave by mail, the links that they carry, and what people want to be told that way. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('mails', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id')
      .references('accounts.id')
      .onDelete('cascade')
      .index()
      .comment('whom it is for; null where that account is gone, or was never there');
    t.text('kind').notNullable();
    t.text('sealed').notNullable().comment('address and text, encrypted with the secret key of the instance');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('expires_at').notNullable().comment('after this, it is of no use to anybody');
  });

  await knex.schema.createTable('mail_links', (t) => {
    t.binary('token_hash').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('purpose').notNullable().comment('confirm | change | reset');
    t.text('email').notNullable().comment('the address it was sent to');
    t.bigint('session_id').comment('which asked for it, and stays when the others end');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('expires_at').notNullable().index();
    t.index(['account_id', 'purpose', 'created_at']);
  });

  await knex.schema.alterTable('users', (t) => {
    // Whoever signed up before there was mail has confirmed what there was to confirm.
    t.boolean('unconfirmed').notNullable().defaultTo(false).comment('the address has to be confirmed first');
  });
  await knex.raw('create index users_unconfirmed on users (created_at) where unconfirmed');

  await knex.schema.createTable('mail_preferences', (t) => {
    t.bigint('account_id').primary().references('accounts.id').onDelete('cascade');
    t.text('digest').notNullable().comment('never | daily | weekly');
    t.specificType('types', 'text[]').notNullable().comment('types of notifications');
    t.text('time_zone').notNullable().comment('of the IANA database');
    t.bigint('last_id')
      .notNullable()
      .comment('the newest notification that was mailed, or there at the start');
    t.timestamp('next_at').comment('when the next digest is due; null: never');
  });
  await knex.raw('create index mail_preferences_due on mail_preferences (next_at) where next_at is not null');
}
