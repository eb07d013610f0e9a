import type { Knex } from 'knex';

/** Which video another one was made from, and how copies of a file are found. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.bigint('remix_of_id').references('videos.id').onDelete('set null');
    t.text('remix_kind').comment('duet | stitch; null where it is no remix');
  });
  await knex.raw(
    `alter table videos add constraint videos_remix_kind check (remix_kind in ('duet', 'stitch')) not valid`,
  );
  await knex.raw('create index videos_remixes on videos (remix_of_id) where remix_of_id is not null');
  await knex.raw(
    'create index videos_original_file on videos (original_sha256) where original_sha256 is not null',
  );
  await knex.raw('create index videos_url on videos using hash (url) where not local');
}
