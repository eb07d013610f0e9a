import type { Knex } from 'knex';

/**
 * Deliveries get an order: what one account sends to one host is a lane, and only the head of a lane is due.
 * What is known of a host that fails, or that wants another signature, is a row. See ADR 0007.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('activities', (t) => {
    t.text('digest').comment('SHA-256 of the body in Base64');
    t.specificType('position', 'bigint generated always as identity')
      .notNullable()
      .comment('order of sending');
  });
  await knex.raw(`update activities set digest = encode(sha256(convert_to(body, 'UTF8')), 'base64')`);
  await knex.schema.alterTable('activities', (t) => t.dropNullable('digest'));

  await knex.schema.alterTable('deliveries', (t) => {
    t.bigint('account_id').comment('the sender, as in the activity');
    t.bigint('position').comment('of the activity');
    t.timestamp('queued_at').notNullable().defaultTo(knex.fn.now()).comment('made, or last redelivered');
  });
  await knex.raw(
    `update deliveries set account_id = activities.account_id, position = activities.position, queued_at = activities.created_at
       from activities where activities.id = deliveries.activity_id`,
  );
  await knex.schema.alterTable('deliveries', (t) => {
    t.dropNullable('account_id');
    t.dropNullable('position');
  });

  await knex.schema.createTable('delivery_lanes', (t) => {
    t.text('host').notNullable();
    t.bigint('account_id').notNullable();
    t.timestamp('next_at')
      .notNullable()
      .comment('when its head is to be tried; a lane without queue is deleted');
    t.primary(['host', 'account_id']);
    t.index(['host', 'next_at']);
  });
  await knex.raw(
    `insert into delivery_lanes (host, account_id, next_at)
     select host, account_id, min(next_at) from deliveries where state = 'queued' group by host, account_id`,
  );

  await knex.schema.createTable('delivery_hosts', (t) => {
    t.text('host').primary();
    t.timestamp('failing_since').comment('null while the host answers');
    t.integer('failures').notNullable().defaultTo(0).comment('in a row');
    t.timestamp('open_until').comment('nothing is sent before; from then on, one probe');
    t.text('scheme').comment('of the signature that the host took last; null: draft-cavage');
    t.timestamp('updated_at').notNullable();
  });

  await knex.raw('drop index deliveries_due');
  await knex.schema.alterTable('deliveries', (t) => t.dropColumn('next_at'));
  await knex.raw(
    `create index deliveries_lane on deliveries (host, account_id, position, attempts, id) where state = 'queued'`,
  );
  await knex.raw(`create index deliveries_waiting on deliveries (host, queued_at) where state = 'queued'`);
  await knex.raw(`create index deliveries_dead on deliveries (id) where state = 'dead'`);
  await knex.raw(`create index deliveries_dead_of on deliveries (host, id) where state = 'dead'`);
}
