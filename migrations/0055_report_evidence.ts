import type { Knex } from 'knex';

/**
 * What was reported, as it was then. It outlives the post: nothing here refers to one, and the sheet of frames lies
 * outside of what is served.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('report_evidence', (t) => {
    t.bigint('id').primary();
    t.bigint('report_id').notNullable().references('reports.id').onDelete('cascade');
    t.text('post_kind').notNullable().comment('video | comment');
    t.bigint('post_id').notNullable().comment('no reference: the post may go');
    t.text('post_uri').notNullable();
    t.timestamp('post_created_at').notNullable();
    t.text('text').notNullable().defaultTo('').comment('title and caption, or the comment');
    t.double('duration_seconds').comment('of a video');
    t.timestamp('captured_at').notNullable().defaultTo(knex.fn.now());
    t.text('frames_state').notNullable().defaultTo('none').comment('none | waiting | kept | missing');
    t.text('sheet_key').comment('object with the frames');
    t.jsonb('frames').comment('how they lie on the sheet, and its hash');
    t.jsonb('files').notNullable().defaultTo('[]').comment('SHA-256, role and size of each file of the post');
    t.text('transcript').notNullable().defaultTo('').comment('captions as plain text');
    t.unique(['report_id', 'post_kind', 'post_id']);
    t.index('post_id');
  });
}
