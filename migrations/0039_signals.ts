import type { Knex } from 'knex';

/** What followers of the log in Redis have yet to be told of; and how often videos are saved. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('signals_waiting', (t) => {
    t.specificType('id', 'bigint generated always as identity').primary();
    t.jsonb('signal').notNullable().comment('as src/modules/signals/events.ts has them');
  });
  await knex.schema.alterTable('video_stats', (t) => {
    t.integer('saves').notNullable().defaultTo(0);
  });
  await knex.raw(
    `insert into video_stats as kept (video_id, saves)
     select video_id, count(*) from bookmarks where video_id is not null group by video_id order by video_id
     on conflict (video_id) do update set saves = excluded.saves`,
  );
}
