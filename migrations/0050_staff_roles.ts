import type { Knex } from 'knex';

/**
 * Roles that a server makes for its staff, and what is refused of those who join. Whoever has such a role is a plain user in `users.role`: a
 * server of the version before, which knows no such roles, lets them do nothing.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('staff_roles', (t) => {
    t.bigint('id').primary();
    t.text('name').notNullable();
    t.text('name_key').notNullable().unique();
    t.specificType('permissions', 'text[]').notNullable();
    t.integer('rank').notNullable().comment('whoever ranks higher may act on whoever ranks lower');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.schema.alterTable('users', (t) => {
    t.bigint('staff_role_id').references('staff_roles.id').onDelete('restrict').index();
  });
  await knex.schema.alterTable('sessions', (t) => {
    t.specificType('ip', 'inet').comment('from where it was opened; forgotten after a while');
  });
  await knex.schema.createTable('email_domain_blocks', (t) => {
    t.bigint('id').primary();
    t.text('domain').notNullable().unique();
    t.boolean('allow_with_approval')
      .notNullable()
      .defaultTo(false)
      .comment('they may ask, and staff decides');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.schema.createTable('ip_blocks', (t) => {
    t.bigint('id').primary();
    t.specificType('network', 'cidr').notNullable().unique();
    t.text('severity').notNullable().comment('sign_up_requires_approval | sign_up_block');
    t.text('comment').notNullable().defaultTo('');
    t.timestamp('expires_at');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.raw('create index ip_blocks_network on ip_blocks using gist (network inet_ops)');
  await knex.schema.createTable('reserved_names', (t) => {
    t.bigint('id').primary();
    t.text('name_key').notNullable().unique();
    t.text('comment').notNullable().defaultTo('');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });
}
