import type { Knex } from 'knex';

/** Copyright claims: what rights holders ask to have removed, what was removed for it, and what uploaders answer. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('claims', (t) => {
    t.bigint('id').primary();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.text('state').notNullable().comment('unconfirmed | open | upheld | rejected | withdrawn | restored');
    t.text('name').notNullable();
    t.text('email').notNullable();
    t.text('organisation').notNullable().defaultTo('');
    t.text('address').notNullable().defaultTo('');
    t.text('country').notNullable().comment('ISO 3166-1, two letters');
    t.text('acts_as').notNullable().comment('owner | agent');
    t.text('work').notNullable();
    t.specificType('originals', 'text[]').notNullable().defaultTo('{}');
    t.text('signature').notNullable();
    t.timestamp('confirmed_at').comment('when the address was shown to be theirs');
    t.timestamp('decided_at');
    t.bigint('decided_by_id').references('accounts.id').onDelete('set null');
    t.text('answer').notNullable().defaultTo('');
    t.bigint('audit_id').comment('of the last decision');
    t.specificType('suspensions', 'bigint[]')
      .notNullable()
      .defaultTo('{}')
      .comment('measures that were taken since it was one too many');
    t.index(['state', 'id']);
  });
  await knex.raw('create index claims_email on claims (lower(email))');

  await knex.schema.createTable('claim_videos', (t) => {
    t.bigint('id').primary();
    t.bigint('claim_id').notNullable().references('claims.id').onDelete('cascade');
    // No references: what was claimed is on record also when it is gone.
    t.bigint('video_id').notNullable();
    t.bigint('account_id').notNullable();
    t.text('url').notNullable();
    t.text('via').notNullable().comment('claimed | file | picture | remix');
    t.bigint('via_video_id').comment('the one whose copy or remix it is; null where it was claimed itself');
    t.bigint('measure_id').references('measures.id').onDelete('set null');
    t.boolean('owns_measure')
      .notNullable()
      .defaultTo(false)
      .comment('false: it was removed for another reason before');
    t.bigint('listed_id').references('listed_media.id').onDelete('set null');
    t.timestamp('removed_at');
    t.timestamp('restored_at');
    t.unique(['claim_id', 'video_id']);
    t.index('video_id');
    t.index('account_id');
    t.index('measure_id');
    t.index('listed_id');
  });

  await knex.schema.createTable('claim_counters', (t) => {
    t.bigint('id').primary();
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.bigint('claim_id').notNullable().references('claims.id').onDelete('cascade');
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('name').notNullable();
    t.text('address').notNullable();
    t.text('country').notNullable();
    t.text('text').notNullable();
    t.text('signature').notNullable();
    t.text('state').notNullable().defaultTo('waiting').comment('waiting | sued | accepted | rejected');
    t.timestamp('due_at')
      .notNullable()
      .comment('when the videos come back, unless the claimant went to court');
    t.text('court').notNullable().defaultTo('').comment('where the claimant went, in their words');
    t.timestamp('decided_at');
    t.bigint('decided_by_id').references('accounts.id').onDelete('set null');
    t.text('answer').notNullable().defaultTo('');
    t.bigint('audit_id').comment('of the last decision');
    t.unique(['claim_id', 'account_id']);
    t.index('account_id');
  });
  await knex.raw(`create index claim_counters_due on claim_counters (due_at) where state = 'waiting'`);
}
