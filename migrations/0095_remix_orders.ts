import type { Knex } from 'knex';

/** How the author of a duet or a stitch wants it to be put together. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.jsonb('remix_order').comment('RemixOrder of media/remix-plan.ts; null where it is no remix');
    t.timestamp('composed_at').comment(
      'from then on the uploaded file is the one that both were put together in; null: not yet, or no remix',
    );
  });
}
