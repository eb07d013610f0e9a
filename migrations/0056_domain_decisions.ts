import type { Knex } from 'knex';

/** Where a policy comes from, what each decision changed so that it can be taken back, and follows that a suspension ended. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('domain_policies', (t) => {
    t.boolean('obfuscate')
      .notNullable()
      .defaultTo(false)
      .comment('lists for everybody hide part of the name');
    t.text('origin').notNullable().defaultTo('hand').comment('hand | import | subscription');
  });

  await knex.schema.createTable('domain_changes', (t) => {
    t.bigint('audit_id').notNullable().references('audit_log.id').comment('the deed that it belongs to');
    t.text('domain').notNullable();
    t.jsonb('before').comment('the policy as it was; null: there was none');
    t.jsonb('after').comment('the policy as it was set; null: it was removed');
    t.primary(['audit_id', 'domain']);
    t.index(['domain', 'audit_id']);
  });

  // What suspending a domain ended: kept for a while, so that lifting it can bring the follows back.
  await knex.schema.createTable('ended_follows', (t) => {
    t.bigint('follower_id').notNullable().references('accounts.id').onDelete('cascade');
    t.bigint('target_id').notNullable().references('accounts.id').onDelete('cascade').index();
    t.text('uri').notNullable();
    t.boolean('reblogs').notNullable();
    t.boolean('notify').notNullable();
    t.specificType('languages', 'text[]');
    t.timestamp('ended_at').notNullable().defaultTo(knex.fn.now()).index();
    t.primary(['follower_id', 'target_id']);
  });
}
