import type { Knex } from 'knex';

/** Invites, who came by which, and what people said of their age. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('invites', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade').comment('who invites');
    t.text('code').notNullable().unique();
    t.integer('max_uses').comment('null: no limit');
    t.integer('uses').notNullable().defaultTo(0);
    t.boolean('autofollow').notNullable().defaultTo(false).comment('whoever comes follows who invited them');
    t.timestamp('expires_at');
    t.timestamp('revoked_at');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.index(['account_id', 'id']);
  });
  await knex.schema.alterTable('users', (t) => {
    t.bigint('invite_id').references('invites.id').onDelete('set null').index();
    t.smallint('stated_age').comment(
      'years the person said to have at least, when signing up; no date is kept',
    );
  });
}
