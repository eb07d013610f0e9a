import type { Knex } from 'knex';

/** What an upheld claim takes with it, and what comes back with it, is done in portions: what is still to be done. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('claim_videos', (t) => {
    t.text('awaits').comment('removal | return: decided, and not done yet; null: nothing is to be done');
    t.text('return_reason').comment('what it comes back with, until it is back');
    t.check(`awaits in ('removal', 'return')`, {}, 'claim_videos_awaits');
  });
  await knex.raw('create index claim_videos_awaiting on claim_videos (claim_id) where awaits is not null');
}
