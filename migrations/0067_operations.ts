import type { Knex } from 'knex';

/** What an admin watches: workers that live, upkeep that ran, queues that are paused, and what caused which work. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('workers', (t) => {
    t.text('id').primary().comment('machine, process and its start');
    t.text('host').notNullable();
    t.specificType('queues', 'text[]').notNullable();
    t.text('version').notNullable();
    t.timestamp('started_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('seen_at').notNullable().defaultTo(knex.fn.now());
  });

  await knex.schema.createTable('upkeep_runs', (t) => {
    t.text('task').primary();
    t.text('worker').notNullable().comment('who ran it last');
    t.timestamp('started_at').notNullable();
    t.timestamp('ended_at').notNullable();
    t.timestamp('ok_at').comment('when it last ended well');
    t.integer('failures').notNullable().defaultTo(0).comment('in a row');
    t.text('last_error');
  });

  await knex.schema.createTable('queue_pauses', (t) => {
    t.text('queue').primary();
    t.timestamp('paused_at').notNullable().defaultTo(knex.fn.now());
  });

  for (const table of ['jobs', 'events']) {
    await knex.schema.alterTable(table, (t) => {
      t.text('traceparent').comment('what caused it, in the form of the W3C; null where traces are off');
    });
  }

  await knex.schema.alterTable('videos', (t) => {
    t.timestamp('received_at').comment('when the whole upload was here; null of other servers');
  });

  await knex.raw(
    `create index jobs_waiting on jobs (queue, run_at) where state = 'pending' and lease_owner is null`,
  );
}
