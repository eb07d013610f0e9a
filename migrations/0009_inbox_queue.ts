import type { Knex } from 'knex';

/** Received activities wait by host, with their own tries, and one job per host works them off (ADR 0008). */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('inbox_activities', (t) => {
    t.text('host').notNullable().defaultTo('').comment('of the sender, with the port where there is one');
    t.integer('attempts').notNullable().defaultTo(0);
    t.timestamp('next_at').notNullable().defaultTo(knex.fn.now());
    t.text('last_error');
  });
  await knex.raw(
    `update inbox_activities set host = lower(split_part(split_part(actor_uri, '//', 2), '/', 1))
      where state = 'queued'`,
  );
  await knex.raw('alter table inbox_activities alter column host drop default');
  await knex.raw(`create index inbox_queued on inbox_activities (host, id) where state = 'queued'`);
  await knex.raw(
    `update inbox_activities set state = 'failed', last_error = jobs.last_error, processed_at = jobs.died_at
       from jobs
      where jobs.name = 'inbox.process' and jobs.state = 'dead'
        and inbox_activities.state = 'queued' and inbox_activities.id = (jobs.payload->>'inboxId')::bigint`,
  );
  // The oldest job of each host becomes the one that works off all of them.
  await knex.raw(
    `with first as (
       select min(jobs.id) as id, inbox_activities.host
         from jobs join inbox_activities on inbox_activities.id = (jobs.payload->>'inboxId')::bigint
        where jobs.name = 'inbox.process' and jobs.state = 'pending' and inbox_activities.state = 'queued'
        group by inbox_activities.host)
     update jobs
        set name = 'inbox.drain', payload = jsonb_build_object('host', host), key = 'inbox:' || host,
            attempts = 0, run = run + 1, run_at = now(), lease_owner = null, lease_until = null
       from first where jobs.id = first.id`,
  );
  await knex.raw(`delete from jobs where name = 'inbox.process'`);
}
