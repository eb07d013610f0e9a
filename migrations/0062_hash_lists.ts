import type { Knex } from 'knex';

/** Files and videos that must not be posted again, and what was found of them. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.text('original_sha256').comment('of the file as it was uploaded here');
  });
  await knex.schema.createTable('listed_media', (t) => {
    t.bigint('id').primary();
    t.text('sha256').unique().comment('of a file, lower-case hex');
    t.binary('phash').comment('of the picture, two a second: 64 bits each');
    t.integer('distance').notNullable().comment('bits of 64 by which a frame may differ');
    t.text('label').notNullable().defaultTo('');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.check('sha256 is not null or phash is not null');
  });
  await knex.schema.createTable('listed_media_matches', (t) => {
    t.bigint('id').primary();
    t.bigint('listed_id').references('listed_media.id').onDelete('SET NULL');
    // No references: evidence outlives the post and the account.
    t.bigint('video_id').notNullable();
    t.bigint('account_id').notNullable();
    t.text('found_by').notNullable().comment('file | picture');
    t.text('sha256').notNullable();
    t.text('evidence_key').comment('object outside of what is served; null once it was discarded');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.index('listed_id');
  });
}
