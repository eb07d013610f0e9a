import type { Knex } from 'knex';

/** Where apps want to be told while they are closed. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('push_subscriptions', (t) => {
    t.bigint('id').primary();
    t.bigint('session_id')
      .notNullable()
      .unique()
      .references('sessions.id')
      .onDelete('cascade')
      .comment('each session has one at most, which ends with it');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('endpoint').notNullable();
    t.text('p256dh').notNullable().comment('public key of the app, base64url');
    t.text('auth').notNullable().comment('secret of the app, base64url');
    t.boolean('standard').notNullable().comment('RFC 8291; else the draft that older apps read');
    t.specificType('alerts', 'text[]').notNullable().comment('types of notifications');
    t.text('policy').notNullable().comment('all | followed | follower | none');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.index(['account_id', 'id']);
  });
}
