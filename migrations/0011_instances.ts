import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('instances', (t) => {
    t.text('host').primary().comment('as in the addresses of its actors, with the port where it has one');
    t.text('software').comment('name by NodeInfo, in lower case');
    t.text('software_version');
    t.boolean('open_registrations');
    t.text('node_name');
    t.text('actor_uri').comment('its own actor, where its NodeInfo page links it');
    t.timestamp('first_seen_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('last_inbound_at').comment('of some minutes ago at worst');
    t.timestamp('last_outbound_ok_at').comment('of some minutes ago at worst');
    t.timestamp('nodeinfo_checked_at');
    t.text('nodeinfo_failure').comment('why the last check gave nothing; null where it did');
    t.integer('nodeinfo_failures').notNullable().defaultTo(0).comment('checks in a row that gave nothing');
    t.timestamp('nodeinfo_next_at').notNullable().defaultTo(knex.fn.now()).index();
    t.index('software');
  });
  // Servers known already are asked one after the other over a day.
  await knex.raw(
    `insert into instances (host, first_seen_at, nodeinfo_next_at)
     select domain, min(created_at), now() + random() * interval '1 day' from accounts
      where domain <> '' group by domain`,
  );
}
