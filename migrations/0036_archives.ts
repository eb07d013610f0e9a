import type { Knex } from 'knex';

/** Archives of accounts, moves that take their followers along in portions, and more that an import says. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('archives', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('state').notNullable().comment('waiting | working | ready | failed | expired');
    t.text('stage').comment('what a worker does now: posts | lists | media | storing');
    t.smallint('percent').notNullable().defaultTo(0);
    t.text('object_key').unique().comment('where it lies while it is ready');
    t.bigint('bytes').comment('of the archive');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('finished_at');
    t.timestamp('expires_at');
    t.index(['account_id', 'id']);
  });
  await knex.raw(`create index archives_ready on archives (expires_at) where state = 'ready'`);
  // Two requests at one moment make one archive, whatever else they overlook.
  await knex.raw(
    `create unique index archives_under_way on archives (account_id) where state in ('waiting', 'working')`,
  );

  await knex.schema.createTable('account_moves', (t) => {
    t.bigint('account_id').primary().references('accounts.id').onDelete('cascade');
    t.bigint('target_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('stage').notNullable().defaultTo('blocks').comment('blocks | follows: what is being carried over');
    t.bigint('after_id').notNullable().defaultTo(0).comment('the last block or follow that was looked at');
    t.index('target_id');
  });
  // Those of an account that are left are asked for again and again while it is emptied.
  await knex.raw('create index follows_naming_target on follows (target_id)');
  // Handlers of these changed their places; what is done twice has no second effect.
  await knex('events').whereIn('name', ['account.gone', 'account.deleted', 'account.moved']).update({
    handled: '{}',
  });

  await knex.schema.alterTable('imports', (t) => {
    t.text('mode').notNullable().defaultTo('merge').comment('merge | overwrite');
    t.timestamp('cancelled_at').comment('its owner left before it was done');
  });
  await knex.schema.createTable('import_outcomes', (t) => {
    t.bigint('import_id').notNullable().references('imports.id').onDelete('cascade');
    t.integer('line').notNullable().comment('from 0');
    t.jsonb('row').comment('of a line that failed');
    t.text('reason').comment('why it failed');
    t.text('names').comment('what a line that overwrites stands for, until the import is done');
    t.primary(['import_id', 'line']);
  });
}
