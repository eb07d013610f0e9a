import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('domain_blocks', (t) => {
    t.text('domain').primary().comment('covers its subdomains');
    t.text('comment').notNullable().defaultTo('');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });

  await knex.schema.createTable('remote_keys', (t) => {
    t.text('key_uri').primary();
    t.text('actor_uri');
    t.text('public_key_pem');
    t.text('failure').comment('why there is no key; set where the two above are not');
    t.timestamp('checked_at').notNullable().index();
  });

  await knex.schema.createTable('inbox_activities', (t) => {
    t.bigint('id').primary();
    t.text('actor_uri').notNullable();
    t.text('activity_uri').notNullable();
    t.text('type').notNullable();
    t.text('body').notNullable().comment('exactly as received');
    t.text('state')
      .notNullable()
      .defaultTo('queued')
      .comment('queued | applied | ignored | refused | failed');
    t.text('reason');
    t.timestamp('received_at').notNullable().defaultTo(knex.fn.now()).index();
    t.timestamp('processed_at');
    t.unique(['actor_uri', 'activity_uri']);
    t.index('activity_uri');
  });

  await knex.schema.createTable('activities', (t) => {
    t.bigint('id').primary();
    t.text('uri').notNullable().unique();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('type').notNullable();
    t.text('object_uri').notNullable().index();
    t.text('body').notNullable().comment('serialised once; every delivery sends these bytes');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });

  await knex.schema.createTable('deliveries', (t) => {
    t.specificType('id', 'bigint generated always as identity').primary();
    t.bigint('activity_id').notNullable().references('activities.id').onDelete('cascade');
    t.text('inbox_uri').notNullable();
    t.text('host').notNullable();
    t.text('state').notNullable().defaultTo('queued').comment('queued | delivered | dead');
    t.integer('attempts').notNullable().defaultTo(0);
    t.timestamp('next_at').notNullable().defaultTo(knex.fn.now());
    t.integer('last_status');
    t.text('last_error');
    t.timestamp('finished_at');
    t.unique(['activity_id', 'inbox_uri']);
  });
  await knex.raw(`create index deliveries_due on deliveries (host, next_at) where state = 'queued'`);
  await knex.raw(`create index deliveries_finished on deliveries (finished_at) where state <> 'queued'`);
}
