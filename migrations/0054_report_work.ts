import type { Knex } from 'knex';

/** How the staff works through reports: who has which, how each ended, and what was noted on the way. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('reports', (t) => {
    t.bigint('assigned_to').references('accounts.id').onDelete('set null').comment('of the staff');
    t.bigint('closed_by')
      .references('accounts.id')
      .onDelete('set null')
      .comment('null: the command line or a rule');
    t.timestamp('closed_at');
    t.integer('version')
      .notNullable()
      .defaultTo(1)
      .comment('one more with each change, so that nobody changes what somebody else just did');
    t.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.raw(`comment on column reports.state is 'open | resolved | dismissed; resolved: it was right'`);
  await knex.raw(`create index reports_open_of_target on reports (target_id, id) where state = 'open'`);
  await knex.raw('create index reports_of_reporter on reports (reporter_id, id)');
  await knex.raw('create index reports_assigned on reports (assigned_to) where assigned_to is not null');

  await knex.schema.createTable('report_notes', (t) => {
    t.bigint('id').primary();
    t.bigint('report_id').references('reports.id').onDelete('cascade');
    t.bigint('target_id')
      .notNullable()
      .references('accounts.id')
      .onDelete('cascade')
      .comment('the account that is spoken of; of a report, its target');
    t.bigint('written_by')
      .references('accounts.id')
      .onDelete('set null')
      .comment('null: at the command line');
    t.text('text').notNullable();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('removed_at').comment('taken back');
    t.index(['target_id', 'id']);
    t.index('report_id');
    t.index('written_by');
  });
}
