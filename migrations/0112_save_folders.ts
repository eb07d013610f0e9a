import type { Knex } from 'knex';

/** Folders for what somebody saved. What is in none stands in the list alone, as all that was saved before. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('save_folders', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('title').notNullable();
    t.boolean('is_default').notNullable().comment('what is saved without a word goes here');
    t.index(['account_id', 'id']);
  });
  await knex.raw('create unique index save_folders_default on save_folders (account_id) where is_default');
  await knex.schema.alterTable('bookmarks', (t) => {
    t.bigint('folder_id').references('save_folders.id').onDelete('set null');
  });
  await knex.raw('create index bookmarks_of_folder on bookmarks (folder_id, id) where folder_id is not null');
}
