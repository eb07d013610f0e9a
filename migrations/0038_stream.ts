import type { Knex } from 'knex';

/** What is watched comes through a stream, and leaves no more than it has to. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('stream_marks', (t) => {
    t.text('stream').primary().comment('its key in Redis');
    t.text('epoch').notNullable().comment('another one once Redis has lost the stream');
    t.text('last_id')
      .notNullable()
      .comment('all up to this entry is in PostgreSQL, by the transaction that set it');
    t.bigint('consumed').notNullable().defaultTo(0).comment('events so far, told once or again');
    t.timestamp('moved_at').notNullable().defaultTo(knex.fn.now());
  });

  // Of an event no more is needed than that it was here: its history, its view and its tallies say the rest.
  await knex.schema.createTable('watch_seen', (t) => {
    t.binary('key')
      .primary()
      .comment('keyed hash of who sent an event and of the id that the client gave it');
    t.date('day').notNullable();
  });
  await knex.raw(
    `insert into watch_seen (key, day)
     select id, (received_at at time zone 'utc')::date from watch_events where received_at > now() - interval '3 days'`,
  );
  await knex.schema.dropTable('watch_events');

  // Days come one after the other: a few pages of this index say where they lie, and cost an insert nothing.
  await knex.raw('create index watch_seen_days on watch_seen using brin (day)');
  await knex.raw('drop index view_keys_day_index');
  await knex.raw('create index view_keys_days on view_keys using brin (day)');

  // Rows come by the thousand, and each check of a foreign key costs twice what the row does. Whoever writes one holds the rows that it
  // names (`for key share`), so that none can go meanwhile; when one goes, this takes its history along.
  await knex.schema.alterTable('watch_history', (t) => {
    t.dropForeign('account_id');
    t.dropForeign('video_id');
  });
  for (const [table, column] of [
    ['accounts', 'account_id'],
    ['videos', 'video_id'],
  ]) {
    await knex.raw(`
      create function forget_watched_of_${table}() returns trigger language plpgsql as $$
      begin delete from watch_history where ${column} = old.id; return null; end $$`);
    await knex.raw(`
      create trigger ${table}_watched_forgotten after delete on ${table}
        for each row execute function forget_watched_of_${table}()`);
  }
}
