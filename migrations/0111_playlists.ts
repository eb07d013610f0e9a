import type { Knex } from 'knex';

/** Playlists: videos that somebody put in an order, for others to watch through. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('playlists', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('title').notNullable();
    t.text('description').notNullable();
    t.text('visibility').notNullable().comment('public | unlisted | followers | private');
    t.bigint('cover_video_id').references('videos.id').onDelete('set null').comment('null: the first one');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    t.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
    t.index(['account_id', 'id']);
    t.check(`visibility in ('public', 'unlisted', 'followers', 'private')`);
  });
  await knex.raw(
    'create index playlists_by_cover on playlists (cover_video_id) where cover_video_id is not null',
  );
  await knex.schema.createTable('playlist_items', (t) => {
    t.bigint('playlist_id').notNullable().references('playlists.id').onDelete('cascade');
    t.bigint('video_id').notNullable().references('videos.id').onDelete('cascade');
    t.integer('position').notNullable().comment('rises in the order of the list; may have gaps');
    t.primary(['playlist_id', 'video_id']);
    t.index(['playlist_id', 'position']);
    t.index('video_id');
  });
}
