import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function domain_suffixes(host text) returns text[]
    language sql immutable strict parallel safe as $$
      select array_agg(array_to_string(labels[n:], '.') order by n)
        from (select string_to_array(regexp_replace(host, ':[0-9]+$', ''), '.') as labels) as split,
             generate_subscripts(labels, 1) as n
    $$`);
  await knex.raw(
    `comment on function domain_suffixes is 'a host without its port, and every domain above it; longest first'`,
  );

  await knex.schema.renameTable('domain_blocks', 'domain_policies');
  await knex.schema.alterTable('domain_policies', (t) => {
    t.renameColumn('comment', 'private_comment');
    t.specificType('id', 'bigint generated always as identity').unique();
    // What stood here before stopped all traffic, and goes on to do so.
    t.text('severity').notNullable().defaultTo('suspend').comment('allow | noop | silence | suspend');
    t.boolean('reject_media').notNullable().defaultTo(false);
    t.boolean('reject_reports').notNullable().defaultTo(false);
    t.text('public_comment').notNullable().defaultTo('');
    t.timestamp('expires_at').comment('the policy counts until then; null: for good');
  });
  await knex.raw('alter table domain_policies alter column severity drop default');
  await knex.raw('alter table domain_policies rename constraint domain_blocks_pkey to domain_policies_pkey');

  // Finds the accounts below a domain when a policy changes.
  await knex.raw(
    `create index accounts_domain_suffixes on accounts using gin (domain_suffixes(domain)) where domain <> ''`,
  );

  await knex.schema.createTable('account_domain_blocks', (t) => {
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('domain').notNullable().comment('covers its subdomains; nothing of it is shown to the account');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.primary(['account_id', 'domain']);
  });
}
