import type { Knex } from 'knex';

/** What an account has stored is summed up when it begins an upload, and uploads may go past this server. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('videos', (t) => {
    t.bigint('original_bytes').comment('size of the object at original_key; null where it is not known');
  });
  await knex.schema.alterTable('uploads', (t) => {
    t.text('multipart_id').comment('what the object storage calls an upload that goes straight to it');
    t.index('account_id');
  });
}
