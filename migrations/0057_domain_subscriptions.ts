import type { Knex } from 'knex';

/** Lists of domains that others keep and this server follows. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('domain_subscriptions', (t) => {
    t.bigint('id').primary();
    t.text('url').notNullable().unique();
    t.text('title').notNullable().defaultTo('');
    t.smallint('priority')
      .notNullable()
      .defaultTo(0)
      .comment('0 to 255: where lists disagree, the highest counts');
    t.boolean('drafts').notNullable().defaultTo(true).comment('propose to the staff, do not apply');
    t.boolean('adopt_orphans').notNullable().defaultTo(false);
    t.text('on_retraction').notNullable().defaultTo('remove').comment('remove | orphan');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('next_at').notNullable().defaultTo(knex.fn.now()).index();
    t.timestamp('fetched_at').comment('when it was asked for last, whatever came of it');
    t.timestamp('succeeded_at');
    t.text('etag');
    t.text('failure').comment('why the last try gave nothing; null where it did');
    t.integer('failures').notNullable().defaultTo(0).comment('in a row');
    t.integer('bad_lines').notNullable().defaultTo(0);
  });

  await knex.schema.createTable('domain_subscription_entries', (t) => {
    t.bigint('subscription_id').notNullable().references('domain_subscriptions.id').onDelete('cascade');
    t.text('domain').notNullable().index();
    t.jsonb('decision').notNullable();
    t.primary(['subscription_id', 'domain']);
  });

  await knex.schema.createTable('domain_drafts', (t) => {
    t.bigint('id').primary();
    t.bigint('subscription_id').notNullable().references('domain_subscriptions.id').onDelete('cascade');
    t.text('domain').notNullable();
    t.jsonb('decision').notNullable();
    t.text('state').notNullable().defaultTo('open').comment('open | accepted | rejected');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.unique(['subscription_id', 'domain']);
  });
  await knex.raw(`create index domain_drafts_open on domain_drafts (id) where state = 'open'`);

  await knex.schema.createTable('domain_excludes', (t) => {
    t.text('domain').primary().comment('no list decides about it nor about its subdomains');
    t.text('note').notNullable().defaultTo('');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });

  await knex.schema.alterTable('domain_policies', (t) => {
    t.bigint('subscription_id')
      .references('domain_subscriptions.id')
      .onDelete('set null')
      .index()
      .comment('the list that set it; null: a person, or a list that is followed no more');
  });
}
