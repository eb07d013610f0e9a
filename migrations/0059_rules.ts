import type { Knex } from 'knex';

/** Rules that look at what is posted, what they found, and the texts that they remember to know duplicates. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('content_rules', (t) => {
    t.bigint('id').primary();
    t.text('name').notNullable();
    t.jsonb('when').notNullable().comment('conditions, all of which must be so');
    t.text('action').notNullable().comment('reject | hold | limit | sensitive | report');
    t.text('scope').notNullable().defaultTo('everybody').comment('everybody | local | federated');
    t.boolean('enabled').notNullable().defaultTo(true);
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.schema.createTable('rules_version', (t) => {
    t.boolean('one').primary().defaultTo(true);
    t.bigint('version').notNullable().comment('rises with every change, so that processes know to read anew');
    t.check('one');
  });
  await knex('rules_version').insert({ version: 1 });
  await knex.schema.createTable('rule_hits', (t) => {
    t.bigint('id').primary();
    t.bigint('rule_id').notNullable().references('content_rules.id').onDelete('CASCADE');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.bigint('account_id').references('accounts.id').onDelete('CASCADE');
    t.text('target_kind').notNullable().comment('video | comment | account | none: it was turned away');
    t.bigint('target_id');
    t.text('field');
    t.text('excerpt').notNullable().defaultTo('');
    t.text('action').notNullable();
    t.index(['rule_id', 'id']);
    t.index('account_id');
    t.index('created_at');
  });
  await knex.schema.createTable('recent_texts', (t) => {
    t.bigIncrements('id');
    t.binary('digest').notNullable().comment('SHA-256 of the text as rules read it');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('CASCADE');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.index(['digest', 'created_at']);
    t.index(['account_id', 'created_at']);
    t.index('created_at');
  });
}
