import type { Knex } from 'knex';

const IS_COUNTED = (row: string) =>
  `${row}.sound_id is not null and ${row}.state = 'published' and ${row}.visibility in ('public', 'unlisted')`;

/** Sounds that videos share, and how one is found by what is heard. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('sounds', (t) => {
    t.bigint('id').primary();
    t.text('title').notNullable().defaultTo('').comment('empty: it has no name');
    t.bigint('author_id')
      .references('accounts.id')
      .onDelete('set null')
      .index()
      .comment('who posted it first, as far as this server knows');
    t.bigint('original_id')
      .references('videos.id')
      .onDelete('set null')
      .onUpdate('cascade')
      .comment('the video it was heard in first');
    t.binary('print').comment(
      'Chromaprint of the band of a telephone: 32-bit words, low byte first; null: it cannot be told from others',
    );
    t.boolean('is_open')
      .notNullable()
      .defaultTo(false)
      .comment('its original is or was for everybody: so is what it is called');
    t.integer('uses').notNullable().defaultTo(0).comment('videos with it that are public or unlisted');
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.raw('create index sounds_original on sounds (original_id) where original_id is not null');
  await knex.raw('create index sounds_unused on sounds (created_at) where uses = 0');

  // Without a reference to its sound, which would ask for an index as large as this one: both go in one transaction.
  await knex.schema.createTable('sound_keys', (t) => {
    t.integer('key').notNullable().comment('the upper 20 bits of a value of the print');
    t.bigint('sound_id').notNullable();
    t.smallint('position').notNullable().comment('of that value');
    t.primary(['key', 'sound_id', 'position']);
  });

  await knex.schema.alterTable('videos', (t) => {
    t.bigint('sound_id').references('sounds.id').onDelete('set null');
    t.boolean('sound_heard').notNullable().defaultTo(false).comment('it was looked for what its sound is');
  });
  await knex.raw('create index videos_sound on videos (sound_id, id) where sound_id is not null');
  await knex.raw(
    `create index videos_unheard on videos (id) where not sound_heard and state = 'published' and media_state = 'ready'`,
  );
  await countUses(knex);
}

/** Kept by the database itself, whichever of the many ways a video comes and goes by. */
async function countUses(knex: Knex): Promise<void> {
  await knex.raw(`
    create function count_sound_uses() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' and ${IS_COUNTED('old')} then
        update sounds set uses = uses - 1 where id = old.sound_id;
      end if;
      if tg_op <> 'DELETE' and ${IS_COUNTED('new')} then
        update sounds set uses = uses + 1, is_open = is_open or original_id is not distinct from new.id where id = new.sound_id;
      end if;
      return null;
    end $$`);
  await knex.raw(`
    create trigger sound_uses_counted after insert on videos
    for each row when (${IS_COUNTED('new')}) execute function count_sound_uses()`);
  await knex.raw(`
    create trigger sound_uses_counted_on_delete after delete on videos
    for each row when (${IS_COUNTED('old')}) execute function count_sound_uses()`);
  await knex.raw(`
    create trigger sound_uses_counted_on_update after update of state, visibility, sound_id on videos
    for each row when ((${IS_COUNTED('old')}) is distinct from (${IS_COUNTED('new')}) or old.sound_id is distinct from new.sound_id)
    execute function count_sound_uses()`);
}
