import type { Knex } from 'knex';

/** What people decide about trends, and what they are shown to decide about. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('trend_decisions', (t) => {
    t.text('of').notNullable().comment('videos | tags | sounds | creators');
    t.text('subject').notNullable().comment('an id, or a hashtag in its plain form');
    t.text('standing').notNullable().comment('held | vetoed | approved | open: as if nobody had decided');
    t.text('reason').comment('why the brake held it: strangers | one-domain; null where a person decided');
    t.float('share').comment('the part of the last hour that strangers, or that domain, did');
    t.text('domain');
    t.text('note').notNullable().defaultTo('').comment('why, in words, by who decided');
    t.bigint('decided_by').references('accounts.id').onDelete('set null').index();
    t.timestamp('decided_at').notNullable().defaultTo(knex.fn.now()).index();
    t.primary(['of', 'subject']);
  });
  await knex.raw(
    `create index trend_decisions_held on trend_decisions (decided_at desc) where standing = 'held'`,
  );

  await knex.schema.createTable('trend_trusts', (t) => {
    t.text('domain').primary();
    t.float('trust').comment('0 to 1, over what it has earned; null: no more');
    t.text('note').notNullable().defaultTo('');
    t.bigint('decided_by').references('accounts.id').onDelete('set null').index();
    t.timestamp('decided_at').notNullable().defaultTo(knex.fn.now());
  });
}
