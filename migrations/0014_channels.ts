import type { Knex } from 'knex';

/** Channels of people, and what PeerTube wants to know of a video. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('accounts', (t) => {
    t.bigint('owner_id')
      .unique()
      .references('accounts.id')
      .onDelete('cascade')
      .comment('of a channel of this server: whose it is');
  });
  // A channel is never more, or less, than its owner, whoever decides about that.
  await knex.raw(`
    create function channel_follows_owner() returns trigger language plpgsql as $$
    begin
      update accounts set state = new.state where owner_id = new.id and state <> new.state;
      return null;
    end $$`);
  await knex.raw(`
    create trigger channel_follows_owner after update of state on accounts
      for each row when (new.state is distinct from old.state) execute function channel_follows_owner()`);

  await knex.schema.alterTable('videos', (t) => {
    t.uuid('uuid').notNullable().defaultTo(knex.raw('gen_random_uuid()')).unique().comment('version 4');
  });
  await knex.schema.alterTable('video_assets', (t) => {
    t.float('frame_rate', 53).comment('pictures per second, of what has pictures');
  });
}
