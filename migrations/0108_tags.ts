import type { Knex } from 'knex';

/** The same as `foldTag`: a Latin letter is compared without its accents. Tags are composed and in small letters already. */
const FOLDED = (column: string) =>
  `normalize(regexp_replace(normalize(${column}, NFD), '([a-z])[\\u0300-\\u036f]+', '\\1', 'g'), NFC)`;

/** Hashtags are one whatever their accents; each person can mute them, and show some on the profile. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('video_tags', (t) => {
    t.text('spelling').comment('as the author wrote it; null where it was not kept yet');
  });
  // One row of those that become the same stays.
  for (const [table, owner] of [
    ['video_tags', 'video_id'],
    ['tag_follows', 'account_id'],
  ] as const) {
    await knex.raw(
      `delete from ${table} as double using ${table} as kept
        where double.tag ~ '[^\\x01-\\x7f]' and kept.${owner} = double.${owner}
          and kept.tag < double.tag and ${FOLDED('kept.tag')} = ${FOLDED('double.tag')}`,
    );
    await knex.raw(
      `update ${table} set tag = ${FOLDED('tag')} where tag ~ '[^\\x01-\\x7f]' and tag <> ${FOLDED('tag')}`,
    );
  }
  await knex.raw(
    `update feed_settings set interests = array(select distinct ${FOLDED('interest')} from unnest(interests) as interest)
      where interests::text ~ '[^\\x01-\\x7f]'`,
  );

  await knex.schema.createTable('tag_mutes', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('tag').notNullable();
    t.unique(['account_id', 'tag']);
  });

  await knex.schema.createTable('featured_tags', (t) => {
    t.bigint('id').primary();
    t.bigint('account_id').notNullable().references('accounts.id').onDelete('cascade');
    t.text('tag').notNullable();
    t.unique(['account_id', 'tag']);
  });
}
