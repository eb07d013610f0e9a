import type { Knex } from 'knex';

/** The transactional outbox and the durable job list. Redis only schedules what stands here. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('events', (t) => {
    t.bigint('id').primary();
    t.text('name').notNullable();
    t.jsonb('payload').notNullable();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.integer('attempts').notNullable().defaultTo(0);
    t.timestamp('not_before').notNullable().defaultTo(knex.fn.now());
    t.text('last_error');
    t.index(['not_before', 'id']);
  });

  await knex.schema.createTable('jobs', (t) => {
    t.bigint('id').primary();
    t.text('name').notNullable();
    t.text('queue').notNullable();
    t.jsonb('payload').notNullable();
    t.text('key').comment('at most one pending job per key');
    t.text('state').notNullable().defaultTo('pending').comment('pending | dead; a finished job is deleted');
    t.integer('run').notNullable().defaultTo(0).comment('rises whenever the job is to be scheduled anew');
    t.integer('scheduled_run').comment('the run that Redis was last told of');
    t.timestamp('run_at').notNullable().defaultTo(knex.fn.now());
    t.integer('attempts').notNullable().defaultTo(0);
    t.text('lease_owner');
    t.timestamp('lease_until');
    t.text('last_error');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('died_at');
  });
  await knex.raw(`create unique index jobs_key on jobs (key) where state = 'pending' and key is not null`);
  await knex.raw(
    `create index jobs_unscheduled on jobs (id) where state = 'pending' and scheduled_run is distinct from run`,
  );
  await knex.raw(`create index jobs_leased on jobs (lease_until) where lease_owner is not null`);
  await knex.raw(`create index jobs_dead on jobs (died_at) where state = 'dead'`);
}
