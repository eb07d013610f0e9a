import type { Knex } from 'knex';

/** What other servers say publicly about whom they block: asked of those that the staff chose, for its information alone. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('block_watches', (t) => {
    t.text('host').primary();
    t.boolean('chosen').notNullable().comment('by hand; else it is one of the most followed');
    t.timestamp('next_at').notNullable().defaultTo(knex.fn.now()).index();
    t.timestamp('fetched_at');
    t.timestamp('succeeded_at').comment('the first time nothing is news');
    t.text('failure');
    t.integer('failures').notNullable().defaultTo(0);
  });

  await knex.schema.createTable('peer_blocks', (t) => {
    t.text('host').notNullable().references('block_watches.host').onDelete('cascade');
    t.text('domain').notNullable().index();
    t.text('severity').notNullable().comment('silence | suspend');
    t.text('comment').notNullable().defaultTo('');
    t.timestamp('first_seen_at').notNullable().defaultTo(knex.fn.now());
    t.boolean('news')
      .notNullable()
      .comment('false: it stood there when the host was asked for the first time');
    t.primary(['host', 'domain']);
  });

  await knex.schema.createTable('block_notices', (t) => {
    t.text('domain').primary();
    t.integer('peers').notNullable().comment('how many suspend it');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('dismissed_at');
  });

  await knex.schema.createTable('instance_refusals', (t) => {
    t.text('host').notNullable().references('instances.host').onDelete('cascade');
    t.text('reason').notNullable();
    t.date('day').notNullable();
    t.integer('count').notNullable();
    t.primary(['host', 'reason', 'day']);
    t.index('day');
  });
  // Of the few that were refused alone: what is taken, which is nearly all, is not in it.
  await knex.raw(
    `create index inbox_refused on inbox_activities (host, reason) where state in ('refused', 'failed')`,
  );
}
