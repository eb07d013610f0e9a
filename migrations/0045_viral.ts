import type { Knex } from 'knex';

/** Videos that spread fast: their files stay at hand. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('viral_videos', (t) => {
    t.bigint('video_id').primary().references('videos.id').onDelete('cascade');
    t.timestamp('since').notNullable();
    t.timestamp('until')
      .notNullable()
      .index()
      .comment('until then its copy is not evicted, nor its files cooled');
  });
}
