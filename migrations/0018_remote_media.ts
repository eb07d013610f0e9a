import type { Knex } from 'knex';

/** How videos of other servers are kept: what they must be, for which servers, and for how long. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.text('source_digest').comment('SHA-256 in hex that its server says the file behind source_url has');
  });
  await knex.schema.alterTable('domain_policies', (t) => {
    t.text('media_mode').comment('replicate | on-view | off; null: as everywhere');
  });
  // The copies alone, least recently watched first: for their eviction, and for the sum of their sizes.
  await knex.raw(
    `create index videos_copied on videos ((coalesce(last_watched_at, created_at)), id)
      where not local and media_state in ('ready', 'working')`,
  );
}
